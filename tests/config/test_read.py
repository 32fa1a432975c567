"""Reading dani.yaml: layers, origins, and every problem at once."""

from pathlib import Path

import pytest

from dani_playbook.core.errors import PlaybookError, UsageError
from dani_playbook.core.problem import Problem
from dani_playbook.runner.config import read_config, shown_database

WHOLE = """\
version: 1
name: Nordwind
database: postgresql://dani@db.example:5432/hr?password=env:HR_PASSWORD
time_zone: Europe/Berlin
offices: {Berlin: Europe/Berlin, Toronto: America/Toronto}
vars: {domain: nordwind.example, seats: 12}
removal: {user: forget}
environments:
  test:
    database: sqlite:///.dani/test.sqlite3
    vars: {domain: test.nordwind.example}
    offices: {Berlin: Europe/Vienna}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "dani.yaml").write_text(WHOLE, "utf-8")
    (tmp_path / "playbooks" / "people").mkdir(parents=True)
    return tmp_path


def problems_of(folder: Path, text: str) -> tuple[Problem, ...]:
    (folder / "dani.yaml").write_text(text, "utf-8")
    with pytest.raises(PlaybookError) as caught:
        read_config(folder, {})
    assert caught.value.exit_code == 3
    return caught.value.problems


def test_the_file_is_found_upwards(project: Path) -> None:
    config = read_config(project / "playbooks" / "people", {})
    assert config.root == project
    assert config.name == "Nordwind"
    assert config.offices["Toronto"] == "America/Toronto"
    assert config.removal == {"user": "forget"}


def test_what_is_not_said_has_a_default(project: Path) -> None:
    (project / "dani.yaml").write_text("version: 1\n")
    config = read_config(project, {})
    assert (config.playbooks, config.time_zone) == ("playbooks", "UTC")
    assert config.database == "sqlite:///.dani/hris.sqlite3"
    assert config.origins["database"] == "default"


def test_an_environment_lies_over_the_file(project: Path) -> None:
    config = read_config(project, {}, environment="test")
    assert config.database == "sqlite:///.dani/test.sqlite3"
    assert config.offices == {"Berlin": "Europe/Vienna", "Toronto": "America/Toronto"}
    assert config.vars["domain"] == "nordwind.example"
    assert config.all_vars == {"domain": "test.nordwind.example", "seats": 12}
    assert config.origins["database"] == "dani.yaml:10:15"


def test_a_variable_wins_over_the_environment(project: Path) -> None:
    environ = {"DANI_ENV": "test", "DANI_DATABASE": "sqlite:///other.sqlite3"}
    config = read_config(project, environ)
    assert config.environment == "test"
    assert config.database == "sqlite:///other.sqlite3"
    assert config.origins["database"] == "DANI_DATABASE"


def test_an_option_wins_over_the_variable(project: Path) -> None:
    assert read_config(project, {"DANI_ENV": "nowhere"}, environment="test").environment == "test"


def test_an_unknown_environment_shows_the_known_ones(project: Path) -> None:
    with pytest.raises(UsageError, match='did you mean "test"') as caught:
        read_config(project, {}, environment="tset")
    assert caught.value.hint == "dani.yaml knows: test"


def test_a_named_file_is_taken(project: Path, tmp_path: Path) -> None:
    named = tmp_path / "other.yaml"
    named.write_text("version: 1\nname: Other\n")
    assert read_config(project, {}, path=named).name == "Other"
    assert read_config(project, {"DANI_CONFIG": str(named)}).name == "Other"


def test_a_named_file_that_is_missing_is_an_error(project: Path) -> None:
    with pytest.raises(PlaybookError, match="there is no configuration file gone.yaml"):
        read_config(project, {}, path=Path("gone.yaml"))


def test_without_a_file_the_error_names_init(tmp_path: Path) -> None:
    with pytest.raises(PlaybookError, match=r"there is no dani\.yaml") as caught:
        read_config(tmp_path, {})
    assert caught.value.hint is not None
    assert "dani init" in caught.value.hint


def test_without_a_file_defaults_apply_where_that_is_enough(tmp_path: Path) -> None:
    config = read_config(tmp_path, {}, required=False)
    assert (config.root, config.path, config.playbooks) == (tmp_path, None, "playbooks")


def test_all_problems_come_at_once_with_their_places(tmp_path: Path) -> None:
    found = problems_of(tmp_path, "version: 1\ndatabse: sqlite:///x\nname: [a]\nremoval:\n  usr: forget\n")
    assert [(problem.code, str(problem.source)) for problem in found] == [
        ("unknown-setting", "dani.yaml:2:1"),
        ("bad-setting", "dani.yaml:3:1"),
        ("unknown-setting", "dani.yaml:5:3"),
    ]
    assert 'did you mean "database"?' in found[0].message


@pytest.mark.parametrize(
    ("text", "code", "place", "message"),
    [
        ("name: X\n", "missing-setting", "dani.yaml:1:1", '"version" is missing'),
        ("version: 2\n", "bad-setting", "dani.yaml:1:10", '"version" must be 1'),
        ("[]\n", "bad-setting", "dani.yaml:1:1", '"the file" must be a mapping'),
        ("", "empty-file", "dani.yaml:1:1", "the file has nothing in it"),
        ("version: 1\nname: a: b\n", "yaml-syntax", "dani.yaml:2:8", None),
        ("version: 1\nversion: 1\n", "duplicate-key", "dani.yaml:2:1", None),
        ("version: 1\nremoval: {user: purge}\n", "bad-setting", "dani.yaml:2:17", None),
        ("version: 1\nretention: {user: -1}\n", "bad-setting", "dani.yaml:2:19", None),
        ("version: 1\nretention: {user: long}\n", "bad-setting", "dani.yaml:2:19", None),
        ("version: 1\nretention: {group: 1}\n", "unknown-setting", "dani.yaml:2:13", None),
        ("version: 1\ntime_zone: Europe/Brelin\n", "bad-setting", "dani.yaml:2:12", None),
        ("version: 1\noffices: {Berlin: Mars/Base}\n", "bad-setting", "dani.yaml:2:19", None),
        ("version: 1\ndatabase: oracle:thing\n", "bad-setting", "dani.yaml:2:11", None),
        ("version: 1\nplaybooks: ../elsewhere\n", "bad-setting", "dani.yaml:2:12", None),
        ("version: 1\nvars: {a b: 1}\n", "bad-setting", "dani.yaml:2:1", None),
        ("version: 1\nenvironments: {t: {vrs: {}}}\n", "unknown-setting", "dani.yaml:2:20", None),
        ("version: 1\nenvironments: {t: {time_zone: No/Where}}\n", "bad-setting", "dani.yaml:2:31", None),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, text: str, code: str, place: str, message: str | None) -> None:
    (found,) = problems_of(tmp_path, text)
    assert (found.code, str(found.source)) == (code, place)
    assert message is None or found.message == message


@pytest.mark.parametrize(
    "address", ["postgresql://dani:hunter2@db.example/hr", "postgresql://dani@db.example/hr?password=hunter2"]
)
def test_a_password_in_the_file_is_refused_and_not_repeated(tmp_path: Path, address: str) -> None:
    (found,) = problems_of(tmp_path, f"version: 1\ndatabase: {address}\n")
    assert found.code == "secret-in-clear"
    assert found.source is None, "a frame would show the line"
    assert [str(place) for place in found.related] == ["dani.yaml:2:11"]
    assert "hunter2" not in found.message + str(found.hint)


def test_a_wrong_variable_is_refused_by_its_name(project: Path) -> None:
    with pytest.raises(PlaybookError) as caught:
        read_config(project, {"DANI_TIME_ZONE": "Berlin time", "DANI_DATABASE": "oracle:thing"})
    assert [problem.message for problem in caught.value.problems] == [
        "DANI_DATABASE: not written as it should be",
        'DANI_TIME_ZONE: "Berlin time" is no time zone',
    ]


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("sqlite:///.dani/hris.sqlite3", "sqlite:///.dani/hris.sqlite3"),
        ("postgresql://dani:hunter2@db.example:5432/hr", "postgresql://dani@db.example:5432/hr"),
        ("postgresql://dani@db.example/hr?password=hunter2", "postgresql://dani@db.example/hr"),
        ("postgresql://dani:a/b@db.example/hr", "postgresql://‹…›"),
        ("postgresql://dani:a#b@db.example/hr", "postgresql://‹…›"),
        ("postgresql://dani:a?b@db.example/hr", "postgresql://‹…›"),
        ("postgresql://dani:a@b@db.example/hr", "postgresql://‹…›"),
        ("postgresql://dani@[/hr", "postgresql://‹…›"),
        ("postgresql://dani@db.example:hunter2/hr", "postgresql://‹…›"),
        ("postgresql:///hr?host=/run/pg", "postgresql:///hr"),
        ("postgresql://dani@[::1]:5432/hr", "postgresql://dani@[::1]:5432/hr"),
        ("postgresql://db.example/hr?password=env:X", "postgresql://db.example/hr?password=env:X"),
    ],
)
def test_a_database_is_shown_without_its_password(url: str, shown: str) -> None:
    assert shown_database(url) == shown
