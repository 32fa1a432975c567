"""Where the database is, stands in the environment: ``sqlite3:FILE`` or ``postgresql:HOST/NAME``."""

import os
from pathlib import Path

BASE = Path(__file__).parents[1]


def _database(said):
    engine, _, place = said.partition(":")
    host, _, name = place.rpartition("/") if engine == "postgresql" else ("", "", place)
    return {"ENGINE": f"django.db.backends.{engine}", "NAME": name, "HOST": host, "USER": "dani" if host else ""}


DATABASES = {"default": _database(os.environ.get("FIRM_DATABASE") or f"sqlite3:{BASE / 'firm.sqlite3'}")}
SECRET_KEY = "of a test"
USE_TZ = False
TIME_ZONE = "Asia/Jakarta"
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
INSTALLED_APPS = ["hr", "dani_playbook.state"]
