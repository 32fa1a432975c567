"""Keys, passwords and secrets don't show themselves, however an object of ours is looked at."""

import copy
import json
import pickle
from collections.abc import Iterator, Mapping
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from dani_playbook.cli.surroundings import Surroundings
from dani_playbook.core import hidden
from dani_playbook.core.hidden import Key, Password, Variables
from dani_playbook.core.reasons import plain_reason
from dani_playbook.core.values import Fingerprint, Secret
from dani_playbook.runner.config import read_config
from dani_playbook.runner.database import boot
from dani_playbook.runner.database_url import database_settings
from dani_playbook.runner.offline import Request
from dani_playbook.runner.session import Session
from tests.runner.conftest import NOW, Project

CANARY = "c0ffee5ec2e7" * 5 + "c0ff"
KEY = bytes.fromhex(CANARY)
WORDS = ("canary-of-the-environment", CANARY, repr(KEY)[2:-1], "canary-salary", "canary-password")
ENVIRON = {
    "DANI_KEY": CANARY, "API_TOKEN": "canary-of-the-environment", "PAY": "canary-salary", "PGPASSWORD": "canary-password"
}  # fmt: skip


@pytest.fixture
def session(project: Project) -> Session:
    """A session that has planned and applied a person with a secret."""
    project.write(
        "playbooks/a.yaml",
        "version: 1\ndepartments:\n  it: {name: IT}\nusers:\n  a:\n    email: a@example.com\n    first_name: A\n"
        '    last_name: B\n    department: it\n    grade: {secret: "env:PAY"}\n',
    )
    made = Session(read_config(project.root, ENVIRON), now=NOW, actor="tester", environ=ENVIRON)
    made.apply(made.plan(Request()))
    return made


def ours(thing: Any) -> bool:
    return type(thing).__module__.startswith("dani_playbook.") and not isinstance(thing, type)


def walked(start: Any) -> Iterator[Any]:
    """Every object of ours that hangs on ``start``."""
    seen: set[int] = set()
    waiting = [start]
    while waiting:
        thing = waiting.pop()
        if id(thing) in seen or isinstance(thing, str | bytes | int | float | type | Path | type(None)):
            continue
        seen.add(id(thing))
        if ours(thing):
            yield thing
        waiting += list(_parts(thing))


def _parts(thing: Any) -> Iterator[Any]:
    if isinstance(thing, dict):
        yield from [*thing.keys(), *thing.values()]
    elif isinstance(thing, list | tuple | set | frozenset):
        yield from thing
    elif ours(thing) or callable(thing):
        yield from list(getattr(thing, "__dict__", {}).values())
        for name in _slots(thing):
            if hasattr(thing, name):
                yield getattr(thing, name)
        for cell in getattr(thing, "__closure__", None) or ():
            yield cell.cell_contents


def _slots(thing: Any) -> list[str]:
    found = [getattr(kind, "__slots__", ()) for kind in type(thing).__mro__]
    return [name for names in found for name in ([names] if isinstance(names, str) else names)]


def looks(thing: Any) -> Iterator[str]:
    """All that an object says of itself to who doesn't ask for its value."""
    yield repr(thing)
    yield "{}".format(thing)  # noqa: UP032 - format is meant
    if not isinstance(thing, Secret | Key | Password | Variables):
        yield repr(getattr(thing, "__dict__", ""))
        yield repr([getattr(thing, name, None) for name in _slots(thing)])
    for say in (
        lambda: json.dumps(thing, default=repr),
        lambda: repr(pickle.dumps(thing)),
        lambda: repr(_as_dict(thing)),
    ):
        try:
            yield say()
        except Exception:  # noqa: BLE001 - what can't be said can't leak
            continue


def _as_dict(thing: Any) -> Any:
    return asdict(thing) if is_dataclass(thing) and not isinstance(thing, type) else None


def leaks(start: Any) -> list[str]:
    return sorted({type(t).__qualname__ for t in walked(start) for text in looks(t) for word in WORDS if word in text})


def test_nothing_that_hangs_on_a_session_shows_a_key_or_a_secret(session: Session) -> None:
    kinds = {type(thing).__qualname__ for thing in walked(session)}
    assert {"Session", "Config", "DjangoMemory", "Sealer", "Chain", "Fingerprint", "Tokens", "Planner"} <= kinds
    assert leaks(session) == []


def test_surroundings_do_not_show_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRON.items():
        monkeypatch.setenv(name, value)
    around = Surroundings.of_process()
    assert around.environ["API_TOKEN"] == "canary-of-the-environment"
    assert leaks(around) == []


def test_the_settings_of_a_database_do_not_show_its_password(tmp_path: Path) -> None:
    entry = database_settings("postgresql://u@h/d", tmp_path, {"PGPASSWORD": "canary-password"})
    assert str(entry["PASSWORD"]) == "canary-password"
    assert "canary-password" not in repr(entry) + f"{entry}"


def test_the_settings_of_django_show_no_key(project: Project) -> None:
    from django.conf import settings

    project.session().database  # noqa: B018 - opened
    assert str(settings.SECRET_KEY) not in repr(vars(settings._wrapped))


@pytest.mark.parametrize(
    "value", [Key(b"x" * 32), Password("pass-word"), Variables({"A": "pass-word"}), Secret("pass-word")]
)
def test_a_hidden_value_can_be_used_and_not_be_shown(value: Any) -> None:
    shown = (
        f"{value} {value!r} {[value]} {value:>20}" if not isinstance(value, Secret) else f"{value} {value!r} {[value]}"
    )
    assert "pass-word" not in shown
    assert "x" * 8 not in shown
    for leave in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            leave(value)
    if not isinstance(value, Password):
        with pytest.raises(TypeError):
            json.dumps(value)


def test_without_the_types_the_walk_finds_keys(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        hidden._Hidden, "__repr__", lambda self: bytes.__repr__(self) if isinstance(self, bytes) else "x"
    )
    assert "Fingerprint" in leaks(session)
    assert leaks([Fingerprint(KEY)]) == ["Fingerprint"]


SAID: Mapping[str, str] = {
    'connection failed: connection to server at "127.0.0.1", port 1 failed: Connection refused\n\tIs it?': "Connection refused",
    'connection to server at "db", port 5432 failed: FATAL:  password authentication failed for user "u"': "password auth",
    "attempt to write a readonly database": "attempt to write a readonly database",
    'near "canary": syntax error': "RuntimeError",
    'invalid input syntax for type date: "canary"': "RuntimeError",
    "canary database is lock": "RuntimeError",
    "could not parse canary: database is locked": "database is locked",
}


@pytest.mark.parametrize(("message", "told"), SAID.items())
def test_of_a_database_s_message_only_known_words_are_told(message: str, told: str) -> None:
    reason = plain_reason(RuntimeError(message))
    assert told in reason
    assert "canary" not in reason


def test_opening_a_database_does_not_tell_what_the_driver_quotes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError

    from dani_playbook.core.errors import LiveUnreachable
    from dani_playbook.runner import database

    def failing(using: str) -> None:
        raise OperationalError('syntax error near "canary-password"')

    monkeypatch.setattr(database, "bring_up_to_date", failing)
    with pytest.raises(LiveUnreachable) as caught:
        boot("sqlite:///x.sqlite3", base=tmp_path, environ={})
    assert "canary-password" not in caught.value.message
