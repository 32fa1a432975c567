"""What the playbooks of the two projects say, read by tests on their own."""

from pathlib import Path
from typing import Any

import yaml

from tests.foreign.projects import Project

FUTURE = "2098"


def declared(project: Project, collection: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for file in sorted((project.folder / "playbooks").rglob("*.yaml")):
        said = yaml.safe_load(file.read_text("utf-8"))
        defaults = said.get("defaults", {}).get(collection, {})
        found |= {key: {**defaults, **fields} for key, fields in said.get(collection, {}).items()}
    return found


def is_to_come(person: dict[str, Any]) -> bool:
    return str(person["start_date"]) > FUTURE


def pay_minor(project: Project, person: dict[str, Any]) -> int:
    """What the file that the salary refers to says, in cents."""
    file = Path(project.folder, person["salary"]["secret"].removeprefix("file:"))
    return int(file.read_text("utf-8").split()[0].replace(".", ""))
