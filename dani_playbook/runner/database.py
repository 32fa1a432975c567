"""Django for the built-in HR system: configured once a process, tables made at first use."""

import logging
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.errors import DaniError, LiveUnreachable
from dani_playbook.core.hidden import Password
from dani_playbook.core.reasons import plain_reason
from dani_playbook.runner.database_url import database_settings
from dani_playbook.runner.migrating import bring_up_to_date, missing
from dani_playbook.runner.project import private_folder

APPS = (
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "dani_playbook.hris.accounts",
    "dani_playbook.hris.employees",
    "dani_playbook.hris.recruitment",
    "dani_playbook.hris.reports",
    "dani_playbook.hris.powerapps",
    "dani_playbook.hris.settings",
    "dani_playbook.state",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.admin.apps.SimpleAdminConfig",
)
BUILT_IN = "DANI_BUILT_IN"
"""The setting that marks our own Django."""
_HINT = "look at database: in dani.yaml, and whether its file or server is there; dani doctor looks closer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """An open database. ``vendor`` is sqlite or postgresql, ``identity`` the same for all who open it.

    ``name`` is what plans call the system in it.
    """

    using: str
    vendor: str
    identity: str
    built_in: bool = True
    name: str = "hris"


def boot(url: str, *, base: Path, environ: Mapping[str, str], using: str = "default", debug: bool = False) -> Database:
    """Sets up Django for ``url`` and brings its tables up to date; a host project's Django is taken as it is.

    Called again with another URL, the same process works with the other database from then on. Raises
    ``PlaybookError`` for a URL that is wrong and ``LiveUnreachable`` where the database can't be used.
    """
    from django.conf import settings

    if settings.configured and not hasattr(settings, BUILT_IN):
        return host(using)
    entry = database_settings(url, base, environ)
    with _unreachable():
        _make_place(entry, base)
        _configure(entry, debug=debug)
        bring_up_to_date("default")
        return _database("default", built_in=True)


def open_ready(url: str, *, base: Path, environ: Mapping[str, str]) -> Database | None:
    """As ``boot``, where nothing has to be made for it; nothing elsewhere, but Django is loaded then."""
    from django.conf import settings

    if settings.configured and not hasattr(settings, BUILT_IN):
        return None
    entry = database_settings(url, base, environ)
    with _unreachable():
        _configure(entry, debug=False)
        if (entry["ENGINE"].endswith("sqlite3") and not Path(entry["NAME"]).exists()) or missing("default"):
            return None
        return _database("default", built_in=True)


def _database(using: str, *, built_in: bool) -> Database:
    from django.db import connections

    from dani_playbook.state.lock import identity

    vendor = connections[using].vendor
    return Database(using=using, vendor=vendor, identity=identity(using, secrets.token_bytes), built_in=built_in)


def host(using: str) -> Database:
    """Another project's Django: its tables are its own affair, and ours are migrated with its other ones.

    Raises ``LiveUnreachable`` where ours aren't there.
    """
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()
    if not apps.is_installed("dani_playbook.state"):
        raise LiveUnreachable(
            "this Django project doesn't have dani's tables",
            hint='add "dani_playbook.state" to INSTALLED_APPS and run manage.py migrate',
        )
    with _unreachable():
        if missing(using, frozenset({"dani_state"})):
            raise LiveUnreachable("dani's tables aren't up to date", hint="run manage.py migrate")
        return _database(using, built_in=False)


def _configure(entry: Mapping[str, Any], *, debug: bool) -> None:
    import django
    from django.apps import apps
    from django.conf import settings

    if settings.configured:
        _point_at(entry)
        return
    logging.getLogger("django").addHandler(logging.NullHandler())
    settings.configure(**_settings(entry, debug))
    if not apps.ready:
        django.setup()


def _settings(entry: Mapping[str, Any], debug: bool) -> dict[str, Any]:
    templates = "django.template.context_processors.request", "django.contrib.auth.context_processors.auth"
    return {
        BUILT_IN: True,
        "DATABASES": {"default": dict(entry)},
        "INSTALLED_APPS": list(APPS),
        "AUTH_USER_MODEL": "accounts.User",
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "USE_TZ": True,
        "TIME_ZONE": "UTC",
        "SECRET_KEY": Password(secrets.token_hex(32)),
        "LOGGING_CONFIG": None,
        "DEBUG": debug,
        "CACHES": {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}},
        "MIDDLEWARE": [
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ],
        "TEMPLATES": [
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {"context_processors": [*templates, "django.contrib.messages.context_processors.messages"]},
            }
        ],
    }


def _point_at(entry: Mapping[str, Any]) -> None:
    """The same process, another database."""
    from django.conf import settings
    from django.contrib.contenttypes.models import ContentType
    from django.db import connections

    if all(settings.DATABASES["default"].get(name) == value for name, value in entry.items()):
        return
    connections.close_all()
    settings.DATABASES = {"default": dict(entry)}
    connections.settings = connections.configure_settings(settings.DATABASES)
    with suppress(AttributeError):  # this thread had none yet
        del connections["default"]
    ContentType.objects.clear_cache()


def _make_place(entry: Mapping[str, Any], base: Path) -> None:
    """The folder and the file of SQLite, for nobody else's eyes."""
    if not entry["ENGINE"].endswith("sqlite3"):
        return
    file = Path(entry["NAME"])
    if file.parent == base / ".dani":
        private_folder(base)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not file.exists():
        os.close(os.open(file, os.O_CREAT | os.O_WRONLY, 0o600))


@contextmanager
def _unreachable() -> Iterator[None]:
    """Whatever keeps the database from being used, in one sentence and without a password."""
    from django.core.exceptions import ImproperlyConfigured
    from django.db import Error

    try:
        yield
    except DaniError:
        raise
    except ImproperlyConfigured as error:
        if "psycopg" not in str(error):
            raise
        raise LiveUnreachable(
            "PostgreSQL needs a driver that isn't installed", hint="pip install 'dani-playbook[postgres]'"
        ) from error
    except OSError as error:
        where = error.filename or "the database"
        why = os.strerror(error.errno) if error.errno else type(error).__name__
        raise LiveUnreachable(f"{where} can't be used: {why}", hint=_HINT) from error
    except Error as error:
        raise LiveUnreachable(f"the database can't be used: {plain_reason(error)}", hint=_HINT) from error
