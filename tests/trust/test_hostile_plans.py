"""Plan files that anybody may have written, and what they and stale ones show."""

import json
import resource
from typing import Any

import pytest

from dani_playbook.cli.render import Surface, render
from dani_playbook.core.errors import DaniError, PlaybookError
from dani_playbook.runner.registry import dictionary
from dani_playbook.runner.saving import unverified
from tests.runner.conftest import Project
from tests.trust.reviewing import (
    applied,
    company,
    edit,
    saved,
    says_yes,
)

__all__ = ["company"]


BAD: list[Any] = [
    None,
    5,
    -1,
    1e308,
    float("nan"),
    float("inf"),
    True,
    "x",
    "",
    [],
    {},
    [[]],
    {"a": 1},
    "\x1b[2J",
    10**30,
    [None] * 3,
    "a" * 5000,
    "2026-01-01",
]


def places(value: Any, path: tuple[Any, ...] = ()) -> Any:
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from places(item, (*path, key))


def put(payload: Any, path: tuple[Any, ...], bad: Any) -> Any:
    done = json.loads(json.dumps(payload))
    if not path:
        return bad
    at = done
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = bad
    return done


def hostile(company: Project) -> Any:
    edit(company, "roles: [employee]", 'mobile: "+49301234567", roles: [employee]')
    return json.loads(saved(company).read_bytes().split(b"\n")[0])


def test_a_hostile_file_is_refused_in_words(company: Project, tmp_path_factory: pytest.TempPathFactory) -> None:

    payload = hostile(company)
    file = tmp_path_factory.mktemp("x") / "h.plan"
    kinds, crashed, tried = dictionary().kinds, {}, 0
    for path in places(payload):
        for bad in BAD:
            if path == ("hidden_values",) and bad == 10**30:
                continue
            try:
                file.write_bytes(json.dumps(put(payload, path, bad)).encode() + b"\n{}\n")
            except (KeyError, IndexError):
                continue
            tried += 1
            try:
                document = unverified(file, kinds).document
                for form in ("text", "json"):
                    render(document, form, Surface())
            except DaniError:
                continue
            except Exception as error:  # noqa: BLE001
                where = ".".join(str(p) for p in path if not isinstance(p, int))
                crashed.setdefault((type(error).__name__, where), bad)
    assert not crashed, (tried, len(crashed), list(crashed.items())[:12])


@pytest.mark.parametrize("count", [10**30, 10**11, -5])
def test_a_hostile_count_of_hidden_values_is_refused(company: Project, count: int) -> None:

    payload = hostile(company)
    file = company.root / "h.plan"
    file.write_bytes(json.dumps({**payload, "hidden_values": count}).encode() + b"\n{}\n")
    old = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, old[1]))
    try:
        with pytest.raises(PlaybookError):
            unverified(file, dictionary().kinds)
    finally:
        resource.setrlimit(resource.RLIMIT_AS, old)


def test_a_deep_value_in_a_hostile_file_is_refused(company: Project) -> None:

    payload = hostile(company)
    payload["plan"]["changes"][0]["after"]["job_title"] = "DEEP"
    text = json.dumps(payload).replace('"DEEP"', '{"a":' * 700 + "1" + "}" * 700)
    file = company.root / "h.plan"
    file.write_bytes(text.encode() + b"\n{}\n")
    with pytest.raises(PlaybookError):
        unverified(file, dictionary().kinds)


def test_a_stale_diff_shows_no_masked_value(company: Project) -> None:
    from dani_playbook.hris.employees.models import Employee

    edit(company, "roles: [employee]", 'mobile: "+49301234567", roles: [employee]')
    path = saved(company)
    for key in ("hugo", "mona"):
        says_yes(company, path, key)
    Employee.objects.filter(user__key="emil").update(mobile="+49309999999")
    with pytest.raises(DaniError) as error:
        applied(company, path)
    shown = repr(error.value.problems) + str(error.value)
    assert "+4930" not in shown
    rows = company.session().runs(3).document
    assert "+4930" not in json.dumps(rows, default=str)
