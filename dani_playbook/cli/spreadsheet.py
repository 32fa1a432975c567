"""Spreadsheet: a table as CSV or as a workbook. Every cell is text; nothing is ever calculated."""

from io import BytesIO

from dani_playbook.cli import sinks
from dani_playbook.cli.tables import Table
from dani_playbook.core.errors import UsageError

_WIDEST = 60
_MOST_ROWS = 1_048_576


def csv_text(table: Table) -> str:
    """RFC 4180: every cell in quotes, lines end with CR LF."""
    return "".join(",".join(sinks.csv_cell(cell) for cell in row) + "\r\n" for row in (table.header, *table.rows))


def workbook(table: Table, title: str) -> bytes:
    """One sheet called ``title``, the header frozen. The same table gives the same bytes.

    Raises ``UsageError`` where there are more rows than a sheet has.
    """
    from datetime import UTC, datetime

    from xlsxwriter import Workbook  # type: ignore[import-untyped]

    if len(table.rows) >= _MOST_ROWS:
        raise UsageError("this has more rows than a sheet can hold", hint="write it as csv")
    data = BytesIO()
    book = Workbook(data, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)})
    sheet = book.add_worksheet(title)
    bold = book.add_format({"bold": True})
    for number, row in enumerate((table.header, *table.rows)):
        for column, cell in enumerate(row):
            sheet.write_string(number, column, sinks.xlsx_cell(cell), bold if number == 0 else None)
    for column, cells in enumerate(zip(table.header, *table.rows, strict=True)):
        sheet.set_column(column, column, min(_WIDEST, max(len(cell) for cell in cells) + 2))
    sheet.freeze_panes(1, 0)
    book.close()
    return data.getvalue()
