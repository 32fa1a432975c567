"""XLSX tables: one sheet of a workbook. How much it unpacks to is asked before anything is unpacked."""

import io
import re
import zipfile
import zlib
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from dani_playbook.core.names import did_you_mean
from dani_playbook.language.project import Limits
from dani_playbook.language.raw_table import RawRow, TableFault

_CELL = re.compile(rb"""\br=["']([A-Za-z]{0,3})([0-9]{1,7})["']""")
_NO_WORKBOOK = "this is not an Excel workbook"


def read_xlsx(data: bytes, sheet: str | None, limits: Limits) -> list[RawRow]:
    """Rows of the named sheet, or of the first, header first, empty ones left out. Raises ``TableFault``."""
    cells = _cells(_checked(data, limits), sheet)
    rows = [
        RawRow([_value(cell) for cell in row], number, tuple((column, 0) for column in range(1, len(row) + 1)))
        for number, row in enumerate(cells, 1)
        if any(_value(cell) not in (None, "") for cell in row)
    ]
    if not rows:
        raise TableFault("bad-header", "the sheet is empty", hint="begin it with a row of column names")
    return rows


def _checked(data: bytes, limits: Limits) -> bytes:
    """The same package, unpacked and checked: a directory may lie, what was checked here is what is read."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return _unpacked(package, limits)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError) as error:
        raise TableFault("bad-workbook", _NO_WORKBOOK, hint="save it as .xlsx") from error


def _unpacked(package: zipfile.ZipFile, limits: Limits) -> bytes:
    items = {item.filename: item for item in package.infolist()}
    if "xl/workbook.xml" not in items:
        raise TableFault("bad-workbook", _NO_WORKBOOK, hint="save it as .xlsx")
    if len(items) > 1_000 or sum(item.file_size for item in items.values()) > limits.unpacked_bytes:
        raise TableFault("too-large", "the workbook unpacks to more than is read", hint="split it")
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as unpacked:
        for name in items:
            content = package.read(name)
            _check_extent(content, limits)
            unpacked.writestr(name, content)
    return stream.getvalue()


def _check_extent(text: bytes, limits: Limits) -> None:
    """A sheet with one far cell would be filled up to it: its corners are asked first."""
    rows = columns = 1
    for found in _CELL.finditer(text):
        rows = max(rows, int(found.group(2)))
        columns = max(columns, _column(found.group(1)))
    if rows > limits.rows + 1 or columns > limits.columns or rows * columns > limits.cells:
        message = f"a sheet reaches over {rows:,} rows and {columns:,} columns"
        raise TableFault("too-large", message, hint="delete what lies far out, or split the sheet")


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _cells(data: bytes, sheet: str | None) -> list[list[Any]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = workbook.sheet_names
        if sheet is not None and sheet not in names:
            message = f"the workbook has no sheet of this name{did_you_mean(sheet, names)}"
            raise TableFault("unknown-sheet", message, hint=f"sheets: {', '.join(names)}")
        if not names:
            raise TableFault("bad-workbook", "the workbook has no sheet")
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
