"""octoDNS: a TXT record with 15 values for each person, in YAML on both sides."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from tests.bench import people
from tests.bench.peers.peer import Peer

_CONFIG = """\
providers:
  declared: {class: octodns.provider.yaml.YamlProvider, directory: declared, enforce_order: false}
  live: {class: octodns.provider.yaml.YamlProvider, directory: live, enforce_order: false}
zones:
  people.example.: {sources: [declared], targets: [live]}
"""


def _find(environ: Mapping[str, str]) -> str | None:
    return environ.get("OCTODNS_SYNC") or shutil.which("octodns-sync", path=environ.get("PATH", ""))


def _write(folder: Path, size: int, program: str) -> None:
    (folder / "config.yaml").write_text(_CONFIG, "utf-8")
    zone = "---\n" + "".join(_record(number, size) for number in range(size))
    for side in ("declared", "live"):
        (folder / side).mkdir(exist_ok=True)
        (folder / side / "people.example.yaml").write_text(zone, "utf-8")


def _record(number: int, size: int) -> str:
    """A zone is ASCII: other letters are written in percent signs."""
    values = (f"  - {name}={quote(str(value))}\n" for name, value in people.record(number, size).items())
    return f"p{number}:\n  type: TXT\n  ttl: 300\n  values:\n{''.join(values)}"


def _command(folder: Path, program: str) -> list[str]:
    return [program, "--config-file", os.fspath(folder / "config.yaml")]


OCTODNS = Peer(
    name="octoDNS",
    how="`octodns-sync`; a TXT record with a value a field, from YAML to YAML",
    most=10_000,
    often=10_000,
    find=_find,
    write=_write,
    command=_command,
    version=["--version"],
    quiet="No changes were planned",
    environ={},
)
