"""A made-up company of any size: the same people, wherever and whenever it is made."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from unicodedata import normalize

A_FILE = 500
"""People in one file."""
A_MANAGER = 8
"""People who report to one."""
FIELDS = (
    "employee_id email first_name last_name display_name department job_title manager employment_type start_date "
    "office locale work_phone roles home_address"
).split()

_SYLLABLES = tuple(
    tuple(row.split())
    for row in (
        "brá lun neš tiv tør vän żor kil",
        "бра лун неш тив тор вян зор кил",
        "βρα λουν νες τιβ τορ βαν ζορ κιλ",
        "برا لون نيش تيف تور فان زور كيل",
        "ברא לון נש טיב טור ון זור קיל",
        "ब्रा लुन नेश तिव तोर वान ज़ोर किल",
        "ブラ ルン ネシュ ティブ トル バン ゾル キル",
        "브라 룬 네시 티브 토르 반 조르 킬",
        "ბრა ლუნ ნეშ ტივ ტორ ვან ზორ კილ",
        "บรา ลุน เนช ทีฟ ทอร์ วาน ซอร์ กิล",
    )
)


def departments(people: int) -> int:
    return max(20, people // 500)


def record(number: int, people: int, title: str = "") -> dict[str, Any]:
    """The fields of one person, as a playbook declares them; who leads the company has no manager."""
    first, last = _name(number, number), _name(number + 3, number // 7)
    fields = {
        "employee_id": f"E{number:06}",
        "email": f"p{number}@people.example",
        "first_name": first,
        "last_name": last,
        "display_name": f"{first} {last}",
        "department": f"d{number % departments(people)}",
        "job_title": title or f"Title {number % 97}",
        "manager": f"p{(number - 1) // A_MANAGER}",
        "employment_type": "full_time",
        "start_date": f"2020-01-{1 + number % 28:02}",
        "office": "Berlin",
        "locale": "de-DE",
        "work_phone": f"+4930{1_000_000 + number}",
        "roles": ["employee"],
        "home_address": {"street": f"Street {number}", "city": f"City {number % 9}", "country": "DE"},
    }
    return {name: value for name, value in fields.items() if number or name != "manager"}


def _name(script: int, number: int) -> str:
    syllables = _SYLLABLES[script % len(_SYLLABLES)]
    digits = (number, number // 8, number // 64, number // 512)
    return normalize("NFC", "".join(syllables[digit % 8] for digit in digits)).capitalize()


def write(folder: Path, people: int, titles: Mapping[int, str] | None = None) -> None:
    """Playbooks of the company; ``titles`` are job titles that somebody changed, by number of the person."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = "".join(f"  d{number}: {{name: Department {number}}}\n" for number in range(departments(people)))
    (folder / "departments.yaml").write_text(f"version: 1\ndepartments:\n{rows}", "utf-8")
    for first in range(0, people, A_FILE):
        write_file(folder, people, first, titles)


def write_file(folder: Path, people: int, number: int, titles: Mapping[int, str] | None = None) -> None:
    """Only the file in which person ``number`` stands."""
    first = number - number % A_FILE
    numbers = range(first, min(first + A_FILE, people))
    rows = "".join(line for each in numbers for line in _lines(each, people, (titles or {}).get(each, "")))
    (folder / f"people-{first // A_FILE:04}.yaml").write_text(f"version: 1\nusers:\n{rows}", "utf-8")


def _lines(number: int, people: int, title: str) -> Iterator[str]:
    yield f"  p{number}:\n"
    for name, value in record(number, people, title).items():
        yield f"    {name}: {_written(name, value)}\n"


def _written(name: str, value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {item}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(value)}]"
    return f"'{value}'" if name == "work_phone" else str(value)
