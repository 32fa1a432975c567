"""Opening a database: made at first use, quick at the second, plain words where it can't be used."""

import stat
from pathlib import Path

import pytest
from django.db import connection

from dani_playbook.core.errors import LiveUnreachable, PlaybookError
from dani_playbook.runner.database import boot
from dani_playbook.runner.database_url import database_settings
from tests.live.test_statements import counted


@pytest.fixture
def begin(tmp_path):
    """Opens a database below a folder of its own; connections are closed behind it."""
    yield lambda url="sqlite:///.dani/hris.sqlite3": boot(url, base=tmp_path, environ={})
    connection.close()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_first_use_makes_a_private_folder_a_file_and_the_tables(begin, tmp_path):
    opened = begin()
    assert (opened.vendor, opened.built_in, len(opened.identity)) == ("sqlite", True, 32)
    assert mode(tmp_path / ".dani") == 0o700
    assert mode(tmp_path / ".dani" / "hris.sqlite3") == 0o600
    assert (tmp_path / ".dani" / ".gitignore").read_text() == "*\n"
    assert "accounts_user" in connection.introspection.table_names()


def test_the_second_use_asks_three_questions(begin):
    first = begin()
    connection.close()
    with counted() as statements:
        assert begin() == first
    assert len(statements) == 3


def test_two_databases_in_one_process_stay_apart(begin):
    from dani_playbook.hris.settings.models import Setting

    one = begin("sqlite:///one.sqlite3")
    Setting.objects.create(key="a", name="A")
    two = begin("sqlite:///two.sqlite3")
    assert not Setting.objects.exists()
    assert one.identity != two.identity
    assert begin("sqlite:///one.sqlite3") == one
    assert Setting.objects.exists()


def test_a_database_of_a_newer_version_is_refused(begin):
    begin()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('accounts', '0099_next', '2030-01-01')"
        )
    with pytest.raises(LiveUnreachable, match="newer dani") as caught:
        begin()
    assert "newer version" in str(caught.value.hint)


def test_a_database_of_an_older_version_is_brought_up_to_date(begin):
    from django.core.management import call_command

    begin()
    call_command("migrate", "settings", "zero", verbosity=0)
    begin()
    assert "settings_setting" in connection.introspection.table_names()


def test_a_file_that_is_no_database_is_told(begin, tmp_path):
    (tmp_path / "notes.txt").write_text("no database, just text\n" * 100)
    with pytest.raises(LiveUnreachable, match="not a database"):
        begin("sqlite:///notes.txt")


def test_a_server_that_isnt_there_is_told_without_the_password(tmp_path):
    with pytest.raises(LiveUnreachable) as caught:
        boot(
            "postgresql://dani@localhost/hr?host=/nowhere&password=env:PW", base=tmp_path, environ={"PW": "Geheim-123"}
        )
    assert caught.value.exit_code == 9
    assert "Geheim" not in f"{caught.value.message} {caught.value.hint}"
    connection.close()


URLS = {
    "postgresql://dani@db.example:5433/hr": {
        "NAME": "hr", "USER": "dani", "HOST": "db.example", "PORT": "5433", "PASSWORD": "from-libpq",
    },
    "postgres://dani@/hr?host=/run/pg&password=env:PW": {
        "NAME": "hr", "USER": "dani", "HOST": "/run/pg", "PORT": "", "PASSWORD": "from-env",
    },
    "postgresql:///hr?sslmode=verify-full": {
        "NAME": "hr", "OPTIONS": {"connect_timeout": "10", "sslmode": "verify-full"},
    },
    "sqlite:///data/hr.sqlite3": {"NAME": "/base/data/hr.sqlite3"},
    "sqlite:////var/hr.sqlite3": {"NAME": "/var/hr.sqlite3"},
    "sqlite:///with%20space.sqlite3": {"NAME": "/base/with space.sqlite3"},
}  # fmt: skip


@pytest.mark.parametrize("url", URLS)
def test_a_url_says_where_the_database_is(url):
    found = database_settings(url, Path("/base"), {"PW": "from-env", "PGPASSWORD": "from-libpq"})
    assert {name: found[name] for name in URLS[url]} == URLS[url]


BAD = {
    "postgresql://dani:Geheim-123@db/hr": "holds a password",
    "postgresql://dani@db/hr?password=Geheim-123": "holds a password",
    "postgresql://dani@db/hr?password=env:MISSING": "MISSING, which isn't set",
    "postgresql://dani@db/": "doesn't name a database",
    "postgresql://dani@db:many/hr": "is no address",
    "postgresql://dani@db/hr?sslmod=require": 'sslmod; did you mean "sslmode"',
    "mysql://dani@db/hr": "is no address",
    "sqlite://hr.sqlite3": "doesn't name a file",
    "sqlite:///": "doesn't name a file",
    "sqlite:///:memory:": "doesn't name a file",
    "hr.sqlite3": "is no address",
}


@pytest.mark.parametrize("url", BAD)
def test_a_url_that_is_wrong_is_refused_without_repeating_a_password(url):
    with pytest.raises(PlaybookError) as caught:
        database_settings(url, Path("/base"), {})
    assert BAD[url] in caught.value.message
    assert "Geheim" not in f"{caught.value.message} {caught.value.hint}"
