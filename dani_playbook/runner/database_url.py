"""``database:`` -> what Django wants to know."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from dani_playbook.core.errors import PlaybookError
from dani_playbook.core.hidden import Password
from dani_playbook.core.names import did_you_mean

WAIT_S = 30
"""How long to wait for another writer, and for a server that doesn't answer."""

_OPTIONS = ("host", "password", "sslmode", "sslrootcert", "sslcert", "sslkey", "connect_timeout")
_SHAPES = "write sqlite:///FILE or postgresql://USER@HOST:PORT/NAME"


def database_settings(url: str, base: Path, environ: Mapping[str, str]) -> dict[str, Any]:
    """The entry of ``DATABASES``. Paths of SQLite files are relative to ``base``; four slashes make one absolute.

    Raises ``PlaybookError`` for a URL that says nothing useful, or that holds a password in clear.
    """
    try:
        parts = urlsplit(url)
        if parts.scheme == "sqlite":
            return _sqlite(parts, base)
        if parts.scheme in ("postgresql", "postgres"):
            return _postgresql(parts, environ)
    except ValueError:
        pass
    raise PlaybookError("database: is no address that dani knows", hint=_SHAPES)


def _sqlite(parts: SplitResult, base: Path) -> dict[str, Any]:
    file = unquote(parts.path.removeprefix("/"))
    if parts.netloc or parts.query or not file or file == ":memory:":
        raise PlaybookError("database: doesn't name a file for SQLite", hint="write sqlite:///.dani/hris.sqlite3")
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(base / file),
        "OPTIONS": {"timeout": WAIT_S, "transaction_mode": "IMMEDIATE", "init_command": "PRAGMA synchronous = FULL"},
    }


def _postgresql(parts: SplitResult, environ: Mapping[str, str]) -> dict[str, Any]:
    said = dict(parse_qsl(parts.query, strict_parsing=True) if parts.query else ())
    for name in said:
        if name not in _OPTIONS:
            raise PlaybookError(f"database: has an unknown option {name}{did_you_mean(name, _OPTIONS)}")
    name = unquote(parts.path.removeprefix("/"))
    if not name:
        raise PlaybookError("database: doesn't name a database", hint=_SHAPES)
    options = {key: value for key, value in said.items() if key not in ("host", "password")}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": Password(_password(parts, said, environ)),
        "HOST": said.get("host") or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": {"connect_timeout": "10"} | options,
    }


def refuse_password(url: str) -> None:
    """Raises ``PlaybookError`` for a URL with a password in clear, before it is written down anywhere."""
    try:
        parts = urlsplit(url)
        said = dict(parse_qsl(parts.query)).get("password", "")
    except ValueError:
        return
    if parts.password or (said and not said.startswith("env:")):
        raise _holds_password()


def _holds_password() -> PlaybookError:
    return PlaybookError(
        "database: holds a password", hint="take it out and write ?password=env:NAME, or set PGPASSWORD"
    )


def _password(parts: SplitResult, said: Mapping[str, str], environ: Mapping[str, str]) -> str:
    reference = said.get("password", "")
    if parts.password or (reference and not reference.startswith("env:")):
        raise _holds_password()
    if not reference:
        return environ.get("PGPASSWORD", "")
    variable = reference.removeprefix("env:")
    if not environ.get(variable):
        raise PlaybookError(
            f"the password of the database is in {variable}, which isn't set", hint=f"set the variable {variable}"
        )
    return environ[variable]
