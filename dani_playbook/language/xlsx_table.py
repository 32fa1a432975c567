"""XLSX tables: one sheet of a workbook. How much it unpacks to is asked before anything is unpacked."""

import io
import zipfile
import zlib
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from dani_playbook.core.names import did_you_mean
from dani_playbook.language.project import Limits
from dani_playbook.language.raw_table import RawRow, TableFault
from dani_playbook.language.scalars import UNFIT
from dani_playbook.language.xlsx_parts import check_parts, check_sheet

_SMALL = 1024 * 1024
_MOST_RATIO = 100
_NO_WORKBOOK = "this is not an Excel workbook"


def read_xlsx(data: bytes, sheet: str | None, limits: Limits) -> list[RawRow]:
    """Rows of the named sheet, or of the first, header first, empty ones left out. Raises ``TableFault``."""
    cells = _cells(_checked(data, limits), sheet, limits)
    rows = [
        RawRow([_value(cell) for cell in row], number, tuple((column, 0) for column in range(1, len(row) + 1)))
        for number, row in enumerate(cells, 1)
        if any(_value(cell) not in (None, "") for cell in row)
    ]
    if not rows:
        raise TableFault("bad-header", "the sheet is empty", hint="begin it with a row of column names")
    _check_texts(rows)
    return rows


def _check_texts(rows: list[RawRow]) -> None:
    for row in rows:
        for column, cell in enumerate(row.cells, 1):
            if isinstance(cell, str) and UNFIT.search(cell):
                raise TableFault("bad-character", "a character that no table may hold", row.number, column=column)


def _checked(data: bytes, limits: Limits) -> dict[str, bytes]:
    """The parts, unpacked: a directory may lie, what is checked here is what is read."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return _unpacked(package, limits)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError) as error:
        raise TableFault("bad-workbook", _NO_WORKBOOK, hint="save it as .xlsx") from error


def _unpacked(package: zipfile.ZipFile, limits: Limits) -> dict[str, bytes]:
    items = {item.filename: item for item in package.infolist()}
    if "xl/workbook.xml" not in items:
        raise TableFault("bad-workbook", _NO_WORKBOOK, hint="save it as .xlsx")
    for item in items.values():
        _check_member(item)
    is_bomb = any(item.file_size > max(_SMALL, _MOST_RATIO * item.compress_size) for item in items.values())
    size = sum(item.file_size for item in items.values())
    if len(items) > limits.members or size > limits.unpacked_bytes or is_bomb:
        raise TableFault("too-large", "the workbook unpacks to more than is read", hint="split it")
    return {name: package.read(name) for name in items if not name.endswith("/")}


def _check_member(item: zipfile.ZipInfo) -> None:
    """Nothing encrypted, nothing that leads out, no programs, no other workbooks."""
    name = item.filename.replace("\\", "/").lower()
    refused = (
        (item.flag_bits & 1, "the workbook is encrypted"),
        (name.startswith("/") or ".." in name.split("/"), "a part of the workbook leads out of it"),
        ("vbaproject" in name, "the workbook holds macros"),
        ("externallink" in name, "the workbook takes values from other workbooks"),
    )
    for is_so, message in refused:
        if is_so:
            raise TableFault("bad-workbook", message, hint="save it as .xlsx with values only")


def _packed(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return stream.getvalue()


def _cells(parts: dict[str, bytes], sheet: str | None, limits: Limits) -> list[list[Any]]:
    from python_calamine import CalamineError, CalamineWorkbook

    extents = check_parts(parts, limits)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(_packed(parts)))
        names = workbook.sheet_names
        if sheet is not None and sheet not in names:
            message = f"the workbook has no sheet of this name{did_you_mean(sheet, names)}"
            raise TableFault("unknown-sheet", message, hint=f"sheets: {', '.join(names)}")
        if not names:
            raise TableFault("bad-workbook", "the workbook has no sheet")
        check_sheet(parts, extents, sheet or names[0])
        return workbook.get_sheet_by_name(sheet or names[0]).to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError) as error:
        raise TableFault("bad-workbook", _NO_WORKBOOK, hint="save it as .xlsx") from error


def _value(cell: Any) -> Any:
    """A cell as a playbook would have it: days and moments in ISO form, whole numbers whole, other numbers as text."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() else format(Decimal(repr(cell)), "f")
    return cell if cell is None or isinstance(cell, bool | int) else str(cell)
