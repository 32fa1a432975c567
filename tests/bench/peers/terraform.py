"""Terraform: a block of ``terraform_data`` for each record, and the state that it would have after an apply."""

import json
import shutil
import subprocess
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.bench import people
from tests.bench.peers.peer import Peer

_QUIET = {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}


def _find(environ: Mapping[str, str]) -> str | None:
    return environ.get("TERRAFORM") or shutil.which("terraform", path=environ.get("PATH", ""))


def _write(folder: Path, size: int, program: str) -> None:
    records = [people.record(number, size) for number in range(size)]
    blocks = (
        f'resource "terraform_data" "p{n}" {{\n  input = {_hcl(record)}\n}}\n' for n, record in enumerate(records)
    )
    (folder / "main.tf").write_text("".join(blocks), "utf-8")
    environ = {"PATH": "/usr/bin:/bin", "HOME": str(folder), **_QUIET}
    subprocess.run([program, "init", "-no-color"], cwd=folder, env=environ, capture_output=True, check=True)
    told = subprocess.run([program, "version", "-json"], env=environ, capture_output=True, check=True)
    (folder / "terraform.tfstate").write_text(_state(records, json.loads(told.stdout)["terraform_version"]), "utf-8")


def _hcl(record: Mapping[str, Any]) -> str:
    rows = "".join(f"    {name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in record.items())
    return f"{{\n{rows}  }}"


def _state(records: list[dict[str, Any]], version: str) -> str:
    """An apply of so many takes an hour; what it leaves is known."""
    state = {
        "version": 4,
        "terraform_version": version,
        "serial": 1,
        "lineage": str(uuid.UUID(int=1)),
        "outputs": {},
        "resources": [_resource(number, record) for number, record in enumerate(records)],
        "check_results": None,
    }
    return json.dumps(state, ensure_ascii=False)


def _resource(number: int, record: dict[str, Any]) -> dict[str, Any]:
    value = {"value": record, "type": _type(record)}
    attributes = {"id": str(uuid.UUID(int=number + 2)), "input": value, "output": value, "triggers_replace": None}
    return {
        "mode": "managed",
        "type": "terraform_data",
        "name": f"p{number}",
        "provider": 'provider["terraform.io/builtin/terraform"]',
        "instances": [{"schema_version": 0, "attributes": attributes, "sensitive_attributes": []}],
    }


def _type(value: Any) -> Any:
    if isinstance(value, dict):
        return ["object", {name: _type(item) for name, item in value.items()}]
    return ["tuple", [_type(item) for item in value]] if isinstance(value, list) else "string"


TERRAFORM = Peer(
    name="Terraform",
    how="`terraform plan`; a block of `terraform_data` a record, and a state in a local file",
    most=10_000,
    often=1_000,
    find=_find,
    write=_write,
    command=lambda folder, program: [program, "plan", "-no-color", "-input=false"],
    version=["version"],
    quiet="No changes.",
    environ=_QUIET,
)
