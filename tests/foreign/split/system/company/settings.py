"""Where the database is, stands in the environment, as in most companies: ``sqlite3:FILE`` or ``postgresql:HOST/NAME``."""

import os
from pathlib import Path

BASE = Path(__file__).parents[1]


def _database(said):
    engine, _, place = said.partition(":")
    host, _, name = place.rpartition("/") if engine == "postgresql" else ("", "", place)
    return {"ENGINE": f"django.db.backends.{engine}", "NAME": name, "HOST": host, "USER": "dani" if host else ""}


DATABASES = {"default": _database(os.environ.get("COMPANY_DATABASE") or f"sqlite3:{BASE / 'company.sqlite3'}")}
SECRET_KEY = "of a test"
USE_TZ = True
TIME_ZONE = "Europe/Madrid"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "company.mail.Outbox"
MAIL_FILE = os.environ.get("COMPANY_MAIL") or str(BASE / "mail.txt")
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "org",
    "people",
    "payroll",
    "notices",
    "rota",
    "dani_playbook.state",
]
