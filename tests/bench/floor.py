"""The floor: a bare script that reads the YAML, selects the rows, compares every field, and says what it found.

``floor.py PROJECT URL [CACHE]`` knows no schema, no dates, no references, no journal, and no positions in files. It is
written to be quick: events of libyaml, no garbage collection, one SELECT through the driver. With a folder for CACHE
it keeps parsed files there, by the hash of their content.
"""

import gc
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from yaml import MappingEndEvent, MappingStartEvent, ScalarEvent, SequenceEndEvent, SequenceStartEvent
from yaml._yaml import CParser

FIELDS = (
    "employee_id email first_name last_name display_name department job_title manager employment_type start_date "
    "office locale work_phone roles home_address"
).split()
ROWS = """
    SELECT u.key, e.employee_id, u.email, u.first_name, u.last_name, u.display_name, d.key, e.job_title, m.key,
           e.employment_type, {day}, e.office, e.locale, e.work_phone, u.roles, e.home_address
    FROM accounts_user u
    LEFT JOIN employees_employee e ON e.user_id = u.id
    LEFT JOIN employees_department d ON d.id = e.department_id
    LEFT JOIN accounts_user m ON m.id = e.manager_id
"""


def loaded(data: bytes) -> Any:  # noqa: C901 - calls would cost
    """One YAML document; every scalar is a text."""
    next_event = CParser(data).get_event
    outer: list[Any] = []
    current: Any = None
    key: Any = None
    root: Any = None
    while (event := next_event()) is not None:
        kind = type(event)
        if kind is ScalarEvent:
            if type(current) is not dict:
                current.append(event.value)
            elif key is None:
                key = event.value
            else:
                current[key] = event.value
                key = None
        elif kind is MappingStartEvent or kind is SequenceStartEvent:
            new: Any = {} if kind is MappingStartEvent else []
            if current is None:
                root = new
            elif type(current) is dict:
                current[key] = new
                key = None
            else:
                current.append(new)
            outer.append(current)
            current = new
        elif kind is MappingEndEvent or kind is SequenceEndEvent:
            current = outer.pop()
    return root


def cached(data: bytes, cache: Path) -> Any:
    kept = cache / hashlib.blake2b(data, digest_size=16).hexdigest()
    try:
        return json.loads(kept.read_bytes())
    except FileNotFoundError:
        document = loaded(data)
        kept.write_text(json.dumps(document, ensure_ascii=False), "utf-8")
        return document


def declared(folder: Path, cache: Path | None) -> dict[str, Any]:
    people: dict[str, Any] = {}
    for file in sorted(folder.glob("*.yaml")):
        data = file.read_bytes()
        document = cached(data, cache) if cache else loaded(data)
        people.update(document.get("users") or {})
    return people


def sqlite_rows(file: str) -> Any:
    import sqlite3

    for *row, roles, address in sqlite3.connect(file).execute(ROWS.format(day="e.start_date")):
        yield *row, json.loads(roles), json.loads(address) if address else None


def postgresql_rows(url: str) -> Any:
    import psycopg

    with psycopg.connect(url) as connection:
        yield from connection.execute(ROWS.format(day="e.start_date::text"))


def compared(people: dict[str, Any], rows: Any) -> tuple[int, int]:
    """How many were found on both sides, and how many fields differ."""
    found = different = 0
    for key, *live in rows:
        wanted = people.get(key)
        if wanted is None:
            continue
        found += 1
        row = dict(zip(FIELDS, live, strict=True))
        if row != wanted:
            different += sum(wanted.get(name) != value for name, value in row.items())
    return found, different


def main() -> None:
    gc.disable()
    root, url = Path(sys.argv[1]), sys.argv[2]
    people = declared(root / "playbooks", Path(sys.argv[3]) if len(sys.argv) > 3 else None)
    rows = postgresql_rows(url) if url.startswith("postgresql:") else sqlite_rows(url.removeprefix("sqlite:///"))
    found, different = compared(people, rows)
    sys.stdout.write(f"{len(people)} declared, {found} found, {different} fields differ\n")


if __name__ == "__main__":
    main()
