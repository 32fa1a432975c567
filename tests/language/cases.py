"""Cases of the language as data: see ``cases/README.md``."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "cases"


@dataclass(frozen=True)
class Case:
    name: str
    files: Mapping[str, Any]
    links: Mapping[str, str] = field(default_factory=dict)
    paths: tuple[str, ...] = ()
    expect: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    unresolved: tuple[str, ...] = ()
    mentions: str = ""
    silent: str = ""

    @property
    def exit_code(self) -> int:
        return 3 if self.expect else 0

    def write(self, root: Path) -> None:
        """Writes the project into the folder ``root``, which has a parent that may be written too."""
        for name, content in self.files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_bytes(content))
        for name, target in self.links.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.symlink_to(target)


def read_cases() -> list[Case]:
    return [_case(raw) for path in sorted(FOLDER.glob("*.yaml")) for raw in yaml.safe_load(path.read_text("utf-8"))]


def _case(raw: dict[str, Any]) -> Case:
    files = dict(raw.get("files", {}))
    if "playbook" in raw:
        files["playbooks/a.yaml"] = raw["playbook"]
    return Case(
        name=raw["name"],
        files=files,
        links=raw.get("links", {}),
        paths=tuple(raw.get("paths", ())),
        expect=_places(raw.get("expect", ())),
        warnings=_places(raw.get("warnings", ())),
        unresolved=_places(raw.get("unresolved", ())),
        mentions=raw.get("mentions", ""),
        silent=raw.get("silent", ""),
    )


def _places(expected: Any) -> tuple[str, ...]:
    pairs = (item.split(" ") for item in expected)
    return tuple(sorted(f"{code} {place if ':' in place else f'playbooks/a.yaml:{place}'}" for code, place in pairs))


def _bytes(content: Any) -> bytes:
    if isinstance(content, str):
        return content.encode()
    if "hex" in content:
        return bytes.fromhex(content["hex"])
    if "sheets" in content:
        return workbook(content)
    return f"{content.get('before', '')}{content['repeat'] * content['times']}{content.get('after', '')}".encode()


def workbook(content: Mapping[str, Any]) -> bytes:
    """An xlsx file with ``sheets``, and a cell ``far`` out on each."""
    import xlsxwriter

    stream = io.BytesIO()
    workbook = xlsxwriter.Workbook(stream, {"in_memory": True})
    for name, rows in content["sheets"].items():
        sheet = workbook.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        if "far" in content:
            sheet.write(content["far"], "far")
    workbook.close()
    return stream.getvalue()
