"""Tables: the rows that ``generate`` makes resources of, from files of the project or a list in the playbook."""

import os.path
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from dani_playbook.core.names import did_you_mean
from dani_playbook.core.source import Source
from dani_playbook.language.csv_table import read_csv
from dani_playbook.language.documents import decode, read_file, read_project_document
from dani_playbook.language.json_table import read_json
from dani_playbook.language.marks import Items, Map, Place
from dani_playbook.language.opened import Opened, Table
from dani_playbook.language.paths import exists, inside, relative
from dani_playbook.language.project import Limits
from dani_playbook.language.raw_table import RawRow, TableFault
from dani_playbook.language.render import plain
from dani_playbook.language.report import Report
from dani_playbook.language.rows import PlacedRow, Row
from dani_playbook.language.tree import Fault, Tree, missing
from dani_playbook.language.xlsx_table import read_xlsx

KINDS = ("csv", "xlsx", "json", "yaml", "list")


def read_rows(each: Any, place: Place, opened: Opened) -> list[PlacedRow]:
    """The rows that ``each`` names; none where something is wrong, which is reported."""
    report = opened.report
    named = [kind for kind in KINDS if kind in each] if isinstance(each, Map) else []
    if len(named) != 1:
        report.problem("wrong-type", f"each must have one of {', '.join(KINDS)}", place)
        return []
    kind = named[0]
    for name in each:
        if name != kind and not (name == "sheet" and kind == "xlsx"):
            message = f"each has no option {name} for {kind}{did_you_mean(name, [*KINDS, 'sheet'])}"
            report.problem("unknown-field", message, each.key_place(name))
    if kind == "list":
        return _from_list(each["list"], each.at("list"), opened.document.file, report, opened.shared.project.limits)
    return _from_file(kind, each, opened)


def _from_file(kind: str, each: Map, opened: Opened) -> list[PlacedRow]:
    found = _locate(each[kind], each.at(kind), opened)
    if not found:
        return []
    path, file, asked = found
    seen = opened.shared.seen(asked)
    if kind == "yaml":
        return _from_yaml(path, file, opened, seen)
    data, problems = read_file(path, file, opened.shared.project)
    opened.report.problems.extend(problems)
    if data is None:
        return []
    seen(data)
    try:
        return _parsed(kind, data, file, each, opened)
    except TableFault as fault:
        at = Source(file, fault.row, fault.column)
        opened.report.placed(at).problem(fault.code, fault.message, (1, 1, 0), hint=fault.hint)
        return []


def _parsed(kind: str, data: bytes, file: str, each: Map, opened: Opened) -> list[PlacedRow]:
    limits = opened.shared.project.limits
    if kind == "json":
        text, problems = decode(data, file)
        opened.report.problems.extend(problems)
        return [] if text is None else _records(read_json(text, file, limits), opened.report)
    if kind == "csv":
        return _with_header(read_csv(data, limits), file, opened.report)
    sheet = each.get("sheet")
    if sheet is not None and not isinstance(sheet, str):
        opened.report.problem("wrong-type", "sheet must be the name of a sheet", each.at("sheet"))
        return []
    return _with_header(read_xlsx(data, sheet, limits), file, opened.report)


def _locate(given: Any, place: Place, opened: Opened) -> tuple[Path, str, Path] | None:
    """The file beside the playbook, else the one at the root of the project: itself, its name, and as it was asked for."""
    report = opened.report
    if not isinstance(given, str) or not given.strip() or "\0" in given:
        report.problem("wrong-type", "here must be the path of a file", place)
        return None
    if opened.shared.project.tree:
        return _locate_in(opened.shared.project.tree, given, place, opened)
    root = opened.shared.project.root.resolve()
    path = _asked_for(given, opened.document.file, root)
    if path is None:
        message = f"there is no file {given} beside the playbook or in the project"
        report.problem("missing-file", message, place, hint=_near_file((root / opened.document.file).parent / given))
        return None
    found = found_table(given, opened.document.file, root)
    if found is None:
        report.problem("outside-project", f"{given} is not a file of the project", place)
        return None
    target, asked, name = found
    opened.tables.append(Table(given, asked, name))
    return target, name, path


def found_table(given: str, file: str, root: Path) -> tuple[Path, str, str] | None:
    """What the playbook ``file`` calls ``given``: where it is read, its name as asked for, and that of what is read."""
    path = _asked_for(given, file, root)
    target = inside(path, root) if path else None
    if path is None or target is None or not target.is_file():
        return None
    return target, relative(Path(os.path.normpath(path)), root), relative(target, root)


def _asked_for(given: str, file: str, root: Path) -> Path | None:
    """The file that the playbook ``file`` calls ``given``: beside it, else at the root of the project."""
    beside = (root / file).parent / given
    return next((path for path in (beside, root / given) if exists(path)), None)


def _locate_in(tree: Tree, given: str, place: Place, opened: Opened) -> tuple[Path, str, Path] | None:
    """The same without following anything: a name that can't be read is a problem of the line that says it."""
    fault = missing()
    for start in dict.fromkeys((os.path.dirname(opened.document.file), "")):  # noqa: PTH120 - a name, not a path
        name = os.path.normpath(os.path.join(start, given))  # noqa: PTH118 - as above
        try:
            tree.size(name)
            return Path(name), name, opened.shared.project.root.resolve() / name
        except Fault as found:
            fault = found if fault.code == "missing-path" else fault
    if fault.code == "missing-path":
        message = f"there is no file {given} beside the playbook or in the project"
        opened.report.problem("missing-file", message, place)
    else:
        opened.report.problem(fault.code, f"{given} is not read: {fault.message}", place, hint=fault.hint)
    return None


def _near_file(path: Path) -> str | None:
    try:
        near = did_you_mean(path.name, (item.name for item in path.parent.iterdir()))
    except OSError:
        return None
    return near.removeprefix("; ") or None


def _from_yaml(path: Path, file: str, opened: Opened, seen: Callable[[bytes], None]) -> list[PlacedRow]:
    document, problems = read_project_document(path, file, opened.shared.project, seen)
    opened.report.problems.extend(problems)
    if document is None:
        return []
    report = Report(file, opened.report.problems)
    return _from_list(document.content, (1, 1, 0), file, report, opened.shared.project.limits)


def _from_list(items: Any, place: Place, file: str, report: Report, limits: Limits) -> list[PlacedRow]:
    if not isinstance(items, Items):
        report.problem("wrong-type", "here must be a list", place, hint="begin each item with -")
        return []
    if len(items) > limits.rows:
        report.problem("too-large", f"more than {limits.rows:,} rows", place, hint="split the list")
        return []
    return _records([(item, Source(file, *_item_place(items, index))) for index, item in enumerate(items)], report)


def _item_place(items: Items, index: int) -> Place:
    item = items[index]
    return item.place if isinstance(item, Map) and not items.at(index)[2] else items.at(index)


def _records(items: Sequence[tuple[Any, Source]], report: Report) -> list[PlacedRow]:
    columns = {name: 0 for item, _ in items if isinstance(item, Mapping) for name in item}
    rows = []
    for item, source in items:
        if isinstance(item, Mapping):
            places = _places(item, source.file)
            rows.append(PlacedRow(Row(plain(item), columns), source, places))
        elif isinstance(item, str | int) and not columns:
            rows.append(PlacedRow(item, source))
        else:
            report.placed(source).problem("bad-row", "a row must be a mapping, or all rows plain values", (1, 1, 0))
    return rows


def _places(item: Mapping[str, Any], file: str) -> dict[str, Source]:
    return {name: Source(file, *item.at(name)) for name in item} if isinstance(item, Map) else {}


def _with_header(raw: Sequence[RawRow], file: str, report: Report) -> list[PlacedRow]:
    header = raw[0]
    columns: dict[str, int] = {}
    good = True
    for index, name in enumerate(header.cells):
        source = _cell(header, index, file)
        if not isinstance(name, str) or not name:
            report.placed(source).problem("bad-header", f"column {index + 1} has no name", (1, 1, 0))
            good = False
        elif name in columns:
            report.placed(source).problem("bad-header", f"two columns are called {name}", (1, 1, 0))
            good = False
        else:
            columns[name] = index
    return [row for one in raw[1:] if (row := _row(one, columns, file, report))] if good else []


def _row(raw: RawRow, columns: Mapping[str, int], file: str, report: Report) -> PlacedRow | None:
    extra = [cell for cell in raw.cells[len(columns) :] if cell not in (None, "")]
    if len(raw.cells) < len(columns) or extra:
        wrong = "more" if extra else "fewer"
        message = f"the row has {wrong} cells than the header has columns ({len(columns)})"
        hint = "a cell with the delimiter in it needs quotes"
        report.placed(Source(file, raw.number)).problem("bad-row", message, (1, 1, 0), hint=hint)
        return None
    values = {name: raw.cells[index] for name, index in columns.items() if raw.cells[index] not in (None, "")}
    places = {name: _cell(raw, index, file) for name, index in columns.items()}
    return PlacedRow(Row(values, columns), Source(file, raw.number), places)


def _cell(raw: RawRow, index: int, file: str) -> Source:
    column, length = raw.columns[index] if index < len(raw.columns) else (1, 0)
    return Source(file, raw.number, column, length)
