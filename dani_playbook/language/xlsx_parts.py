"""The parts of a workbook, looked at with a real parser of XML before anybody unpacks cells by them.

No document types, no entities, no formulas and no errors; how far a sheet reaches is counted from its cells and rows,
not from what it says of itself.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from xml.parsers import expat

from dani_playbook.core.dataclass import dataclass
from dani_playbook.language.project import Limits
from dani_playbook.language.raw_table import TableFault

_CELL = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})\Z")
_CHUNK = 1 << 20
_OTHER_ENCODING = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
_RELATIONS = "xl/_rels/workbook.xml.rels"


@dataclass(slots=True)
class _Extent:
    """How far a sheet reaches, and the first cell that holds no plain value."""

    limits: Limits
    rows: int = 0
    columns: int = 0
    row: int = 0
    column: int = 0
    computed: tuple[int, int] | None = None
    failed: tuple[int, int] | None = None

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "c":
            self._cell(attributes)
        elif local == "row":
            self.row = _number(attributes.get("r"), self.row + 1)
            self.column = 0
            self._reach()
        elif local == "f" and self.computed is None:
            self.computed = (self.row, self.column)

    def _cell(self, attributes: Mapping[str, str]) -> None:
        self.column += 1
        if "r" in attributes:
            found = _CELL.match(attributes["r"].strip())
            if not found:
                raise _far("a cell says that it lies where no cell can be")
            self.row, self.column = int(found[2]), _column(found[1])
        self._reach()
        if attributes.get("t") == "e" and self.failed is None:
            self.failed = (self.row, self.column)

    def _reach(self) -> None:
        self.rows, self.columns = max(self.rows, self.row), max(self.columns, self.column)
        limits = self.limits
        if (
            self.rows > limits.rows + 1
            or self.columns > limits.columns
            or self.rows * max(self.columns, 1) > limits.cells
        ):
            raise _far(f"a sheet reaches over {self.rows:,} rows and {max(self.columns, 1):,} columns")

    def check(self) -> None:
        """Raises ``TableFault`` at the first cell that holds no plain value."""
        for place, what in ((self.computed, "a formula"), (self.failed, "an error")):
            if place:
                message = f"this cell holds {what}, and a table holds values"
                raise TableFault("bad-cell", message, place[0], column=place[1], hint="paste the column as values")


def check_parts(parts: Mapping[str, bytes], limits: Limits) -> dict[str, _Extent]:
    """Every part that is XML, by name, with what was counted in it. Raises ``TableFault``."""
    found = {}
    for name, data in parts.items():
        if data[:2] in _OTHER_ENCODING:
            raise TableFault("bad-workbook", f"{name} is not UTF-8", hint="save it as .xlsx anew")
        if name.endswith((".xml", ".rels")) or b"sheetData" in data:
            found[name] = _extent(name, data, limits)
    return found


def check_sheet(parts: Mapping[str, bytes], extents: Mapping[str, _Extent], sheet: str) -> None:
    """Raises ``TableFault`` where the sheet, or any where it isn't clear which part that is, holds a formula."""
    part = _parts_of_sheets(parts).get(sheet, "")
    for extent in [extents[part]] if part in extents else extents.values():
        extent.check()


def _extent(name: str, data: bytes, limits: Limits) -> _Extent:
    extent = _Extent(limits)
    _parse(name, data, extent.start)
    return extent


def _parse(name: str, data: bytes, start: Callable[[str, Mapping[str, str]], None]) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = _no_doctype
    try:
        for at in range(0, len(data), _CHUNK):
            parser.Parse(data[at : at + _CHUNK])
        parser.Parse(b"", True)
    except expat.ExpatError:
        raise TableFault("bad-workbook", f"{name} is no XML", hint="save it as .xlsx anew") from None


def _no_doctype(*_said: object) -> None:
    raise TableFault("bad-workbook", "the workbook brings a document type of its own", hint="save it as .xlsx anew")


def _parts_of_sheets(parts: Mapping[str, bytes]) -> dict[str, str]:
    """The part of each sheet by the sheet's name, as far as it can be told."""
    targets = {item.get("Id", ""): item.get("Target", "") for item in _elements(parts, _RELATIONS, "Relationship")}
    sheets = {}
    for item in _elements(parts, "xl/workbook.xml", "sheet"):
        reference = next((value for key, value in item.items() if key.endswith(":id") or key == "id"), "")
        target = targets.get(reference, "")
        sheets[item.get("name", "")] = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    return sheets


def _elements(parts: Mapping[str, bytes], part: str, local: str) -> Iterator[Mapping[str, str]]:
    found: list[Mapping[str, str]] = []

    def start(name: str, attributes: Mapping[str, str]) -> None:
        if name.rpartition(":")[2] == local:
            found.append(dict(attributes))

    if part in parts:
        _parse(part, parts[part], start)
    yield from found


def _number(text: str | None, otherwise: int) -> int:
    if text is None:
        return otherwise
    if not re.fullmatch(r"[0-9]{1,7}", text.strip()):
        raise _far("a row says that it lies where no row can be")
    return int(text)


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def _far(message: str) -> TableFault:
    return TableFault("too-large", message, hint="delete what lies far out, or split the sheet")
