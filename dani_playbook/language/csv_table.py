"""CSV tables: the delimiter is found in the header, the encoding is UTF-8 or UTF-16 with its mark."""

import csv
import io
import re
from collections.abc import Iterator

from dani_playbook.language.project import Limits
from dani_playbook.language.raw_table import RawRow, TableFault
from dani_playbook.language.scalars import UNFIT

_DELIMITERS = ",;\t|"
_LINE_BREAK = re.compile("\r\n|[\n\r]")
_QUOTED = re.compile(r'"(?:[^"]|"")*"')


def read_csv(data: bytes, limits: Limits) -> list[RawRow]:
    """Rows as written, header first, empty lines left out. Raises ``TableFault``."""
    text = _decoded(data)
    delimiter = _delimiter(text)
    rows = list(_rows(text, delimiter, limits))
    if not rows:
        raise TableFault("bad-header", "the table is empty", hint="begin it with a line of column names")
    return rows


def _decoded(data: bytes) -> str:
    utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = data.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise TableFault(
            "bad-encoding", "the table is not UTF-8 from this line on", line, hint="save it as CSV UTF-8"
        ) from None
    if found := UNFIT.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise TableFault("bad-character", "a character that no table may hold", line, hint="save it as CSV UTF-8")
    return text


def _delimiter(text: str) -> str:
    header = _QUOTED.sub("", next((line for line in text.splitlines() if line.strip()), ""))
    counts = {delimiter: header.count(delimiter) for delimiter in _DELIMITERS}
    return max(_DELIMITERS, key=lambda delimiter: counts[delimiter])


def _rows(text: str, delimiter: str, limits: Limits) -> Iterator[RawRow]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines = _LINE_BREAK.split(text)
    begins = 1
    count = 0
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                count += 1
                _within(count, len(cells), begins, limits)
                line = lines[begins - 1] if begins == reader.line_num and begins <= len(lines) else ""
                yield RawRow([cell.strip() for cell in cells], begins, _columns(line, delimiter, len(cells)))
            begins = reader.line_num + 1
    except csv.Error as error:
        message = f"this row can't be read: {error}"
        raise TableFault("bad-row", message, begins, hint="look at its quotes") from None


def _within(rows: int, columns: int, line: int, limits: Limits) -> None:
    if rows > limits.rows + 1:
        raise TableFault("too-large", f"more than {limits.rows:,} rows", line, hint="split the table")
    if columns > limits.columns:
        raise TableFault("too-large", f"more than {limits.columns} columns", line, hint="leave out what isn't needed")


def _columns(line: str, delimiter: str, wanted: int) -> tuple[tuple[int, int], ...]:
    """Column and length of every cell of a row on one line; nothing where that can't be said."""
    parts = line.split(delimiter) if '"' not in line else _split_quoted(line, delimiter)
    if len(parts) != wanted:
        return ()
    places, column = [], 1
    for part in parts:
        places.append((column, len(part)))
        column += len(part) + 1
    return tuple(places)


def _split_quoted(line: str, delimiter: str) -> list[str]:
    hidden = _QUOTED.sub(lambda found: "x" * len(found.group()), line)
    return hidden.split(delimiter)
