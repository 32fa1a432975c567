"""Settings shown with their origin, and changed in the file."""

import re
from pathlib import Path

import pytest

from dani_playbook.core.errors import DaniError, PlaybookError, UsageError
from dani_playbook.runner.config import read_config
from dani_playbook.runner.config_edit import set_value, setting, settings

FILE = """\
# Our company.
version: 1
name: Nordwind   # the brand

vars: &vars
  domain: nordwind.example
offices: {Berlin: Europe/Berlin}
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "dani.yaml"
    file.write_text(FILE, "utf-8")
    return file


def test_every_setting_is_listed_with_who_said_it(path: Path) -> None:
    config = read_config(path.parent, {"DANI_DATABASE": "postgresql://me:pw@db.example/hr"})
    assert settings(config) == (
        ("name", "Nordwind", "dani.yaml:3:7"),
        ("playbooks", "playbooks", "default"),
        ("database", "postgresql://me@db.example/hr", "DANI_DATABASE"),
        ("time_zone", "UTC", "default"),
        ("offices.Berlin", "Europe/Berlin", "dani.yaml:7:19"),
        ("vars.domain", "nordwind.example", "dani.yaml:6:11"),
    )


def test_one_setting_is_asked_by_its_name(path: Path) -> None:
    config = read_config(path.parent, {})
    assert setting(config, "vars.domain") == ("vars.domain", "nordwind.example", "dani.yaml:6:11")
    with pytest.raises(UsageError, match='did you mean "vars.domain"'):
        setting(config, "vars.domian")


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("name", "Südwind", "name: Südwind   # the brand"),
        ("time_zone", "Europe/Paris", "time_zone: Europe/Paris"),
        ("vars.domain", "x.example", "  domain: x.example"),
        ("vars.seats", "12", "  seats: 12"),
        ("vars.sure", "true", "  sure: true"),
        ("offices.St. Louis", "America/Chicago", "offices: {Berlin: Europe/Berlin, St. Louis: America/Chicago}"),
        ("name", "12", 'name: "12"   # the brand'),
        ("environments.test.vars.domain", "t.example", "      domain: t.example"),
        ("removal.user", "forget", "  user: forget"),
        ("retention.user", "3650", "  user: 3650"),
    ],
)
def test_a_setting_is_changed_and_the_rest_stays(path: Path, name: str, text: str, line: str) -> None:
    set_value(path, name, text)
    after = [re.sub(" +#", "   #", kept) for kept in path.read_text("utf-8").splitlines()]
    assert line in after
    assert len(set(FILE.splitlines()) - set(after)) <= 1
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("name", "text", "error"),
    [
        ("time_zone", "Mars/Base", PlaybookError),
        ("database", "postgresql://me:pw@db.example/hr", PlaybookError),
        ("removal.user", "purge", PlaybookError),
        ("retention.user", "-1", PlaybookError),
        ("version", "2", PlaybookError),
        ("colour", "red", UsageError),
        ("vars", "red", UsageError),
        ("name.inner", "red", UsageError),
        ("environments.test", "red", UsageError),
    ],
)
def test_nothing_is_written_where_the_file_would_be_wrong(
    path: Path, name: str, text: str, error: type[DaniError]
) -> None:
    with pytest.raises(error):
        set_value(path, name, text)
    assert path.read_text("utf-8") == FILE
    assert list(path.parent.iterdir()) == [path]


def test_a_failing_write_leaves_the_file_and_no_rest(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(UsageError, match="No space"):
        set_value(path, "name", "Other")
    assert path.read_text("utf-8") == FILE
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(("name", "text"), [("time_zone", "Europe/Berln"), ("offices.Lima", "Amrica/Lima")])
def test_a_value_that_is_refused_is_told_and_no_line_of_the_old_file(path: Path, name: str, text: str) -> None:
    with pytest.raises(PlaybookError, match=f'{name} can\'t be "{text}"') as caught:
        set_value(path, name, text)
    (problem,) = caught.value.problems
    assert (problem.source, problem.field) == (None, name)
    assert path.read_text("utf-8") == FILE


def test_a_password_that_is_refused_is_not_repeated(path: Path) -> None:
    with pytest.raises(PlaybookError) as caught:
        set_value(path, "database", "postgresql://dani:hunter2@db.example/hr")
    assert "hunter2" not in caught.value.message + str(caught.value.problems)
