"""Run as a process of its own, since Django is configured once a process: ``run URL FOLDER``. Prints JSON."""

import json
import sys
import traceback
from pathlib import Path

import django
from django.conf import settings

from dani_playbook.core.binding import Write
from dani_playbook.runner.database_url import database_settings


def configure(url: str, folder: Path) -> None:
    settings.configure(
        DATABASES={"default": database_settings(url, folder, {})},
        INSTALLED_APPS=["tests.live.places"],
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        USE_TZ=True,
    )
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, run_syncdb=True)
    if url.startswith("postgresql"):
        _fill_up()


def _fill_up() -> None:
    """Columns as old systems have them: of a fixed length, filled up with blanks."""
    from django.db import connection

    with connection.cursor() as cursor:
        for name, length in {"BUKRS": 6, "ORG": 8, "O_BUKRS": 6, "O_ORG": 8}.items():
            cursor.execute(f'ALTER TABLE "T_ORG" ALTER COLUMN "{name}" TYPE char({length})')


def outcomes() -> dict[str, str]:
    """What went wrong, by case."""
    from tests.live.changes import read_in_every_way
    from tests.live.places.cases import CASES
    from tests.live.places.system import empty, live

    found = {}
    for name, (write, case, data) in CASES.items():
        empty()
        try:
            system = live(Write(write))
            case(system, data)
            for kind in ("department", "user", "group"):
                read_in_every_way(system, kind)
            found[name] = ""
        except Exception:  # noqa: BLE001 - told to who runs the cases
            found[name] = traceback.format_exc()
    return found


if __name__ == "__main__":
    configure(sys.argv[1], Path(sys.argv[2]))
    sys.stdout.write(json.dumps(outcomes()))
