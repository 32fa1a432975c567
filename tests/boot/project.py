"""A small Django project with habits: written into a folder, with a playbook project beside it."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.cli.program import Ended, dani, environment

SETTINGS = """\
import os
import sys
from pathlib import Path

BASE = Path(__file__).parents[1]
ARGUMENTS = list(sys.argv)
SECRET_KEY = os.environ["FIRM_SECRET"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE / "firm.sqlite3"}}
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "people", "dani_playbook.state"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
EMAIL_BACKEND = "people.post.Outbox"
USE_TZ = True
"""

APPS = """\
import os
import threading
from pathlib import Path

from django.apps import AppConfig
from django.conf import settings


class PeopleConfig(AppConfig):
    name = "people"

    def ready(self):
        habits = os.environ.get("FIRM_HABITS", "").split()
        note("arguments " + " ".join(settings.ARGUMENTS[-1:]))
        print("people are ready")
        if "thread" in habits:
            threading.Thread(target=work, daemon=True).start()
        if "mail" in habits:
            from django.core.mail import EmailMessage, get_connection, send_mail

            send_mail("hello", "text", "a@firm.example", ["b@firm.example"])
            own = get_connection("people.post.Outbox")
            EmailMessage("hello", "text", "a@firm.example", ["b@firm.example"], connection=own).send()
        if "save" in habits:
            from people.models import Team

            Team.objects.get_or_create(slug="made", defaults={"name": "Made by itself"})


def work():
    note("thread")


def note(text):
    with (Path(__file__).parents[1] / "deeds.txt").open("a") as file:
        file.write(text + "\\n")
"""

POST = """\
from django.core.mail.backends.base import BaseEmailBackend
from people.apps import note


class Outbox(BaseEmailBackend):
    def send_messages(self, messages):
        note(f"mail {len(messages)}")
        return len(messages)
"""

MODELS = """\
from django.db import models


class Team(models.Model):
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=50)


class Person(models.Model):
    login = models.SlugField(unique=True)
    mail = models.EmailField(unique=True)
    given = models.CharField(max_length=40)
    family = models.CharField(max_length=40, blank=True)
    team = models.ForeignKey(Team, models.PROTECT, null=True)
    active = models.BooleanField(default=True)
"""

MANAGE = """\
import os
import sys

from django.core.management import execute_from_command_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "firm.settings")
execute_from_command_line(sys.argv)
"""

BINDINGS = """\
version: 1
django:
  settings: firm.settings
  folder: system
  environment: {FIRM_SECRET: of a test}
kinds:
  department:
    model: people.Team
    key: slug
    write: bulk
    fields: {name: name}
  user:
    model: people.Person
    key: login
    write: bulk
    fields: {email: mail, first_name: given, last_name: family, department: team, enabled: active}
"""

PLAYBOOK = """\
version: 1
departments:
  sales: {name: Sales}
users:
  jdoe:
    email: j.doe@firm.example
    first_name: Jo
    department: sales
"""

SYSTEM = {
    "firm/__init__.py": "",
    "firm/settings.py": SETTINGS,
    "people/__init__.py": "",
    "people/apps.py": APPS,
    "people/post.py": POST,
    "people/models.py": MODELS,
    "people/migrations/__init__.py": "",
    "manage.py": MANAGE,
}


@dataclass(frozen=True, slots=True)
class Firm:
    """A project in ``folder``; ``habits`` is what its apps do when they start."""

    folder: Path

    @property
    def system(self) -> Path:
        return self.folder / "system"

    def dani(self, line: str, habits: str = "", **more: str) -> Ended:
        return dani(*line.split(), folder=self.folder, FIRM_HABITS=habits, **more)

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def edit(self, name: str, before: str, after: str) -> None:
        text = (self.folder / name).read_text("utf-8")
        assert before in text
        self.write(name, text.replace(before, after))

    @property
    def deeds(self) -> list[str]:
        file = self.system / "deeds.txt"
        return file.read_text("utf-8").splitlines() if file.exists() else []

    def manage(self, *arguments: str, **more: str) -> Ended:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=self.system,
            env=environment(FIRM_SECRET="of a test", **more),
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr)


def begun(folder: Path) -> Firm:
    """Tables made, nothing in them, nothing noted."""
    firm = Firm(folder)
    for name, text in SYSTEM.items():
        firm.write(f"system/{name}", text)
    firm.write("dani.yaml", "version: 1\nbindings: bindings.yaml\n")
    firm.write("bindings.yaml", BINDINGS)
    firm.write("playbooks/all.yaml", PLAYBOOK)
    for line in (("makemigrations", "people"), ("migrate",)):
        ended = firm.manage(*line, "--verbosity", "0")
        assert ended.code == 0, ended.err
    (firm.system / "deeds.txt").unlink()
    return firm
