"""People with one role each, who sign in and call ``dani`` in this process."""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from dani_playbook.cli.main import run
from dani_playbook.cli.surroundings import Surroundings
from dani_playbook.core.values import Secret
from dani_playbook.runner.config import read_config
from dani_playbook.runner.session import Session
from tests.cli.program import Ended
from tests.runner.conftest import ENVIRON, NOW, Project

STAFF = {
    "boss": "admin",
    "hanna": "hr_manager",
    "ivan": "it_admin",
    "audrey": "auditor",
    "rita": "recruiter",
    "max": "manager",
    "emil": "employee",
}
_PEOPLE = "".join(
    f"  {key}: {{email: {key}@a.example, first_name: {key.title()}, roles: [{role}], mobile: '+49 30 55555{number}'}}\n"
    for number, (key, role) in enumerate(STAFF.items())
)
_OLGA = "  olga: {email: olga@a.example, first_name: Olga}\n"
QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def playbook(number: int = 0) -> str:
    """Everybody, a setting, and a value of each that ``number`` changes."""
    people = _PEOPLE.replace("first_name: Emil", f"first_name: Emil, job_title: Title {number}")
    return f"version: 1\nusers:\n{people}{_OLGA}settings:\n  motto: {{name: company.motto, value: 'Motto {number}'}}\n"


def password(key: str) -> str:
    return f"the secret of {key} is long"


@contextmanager
def quick_passwords() -> Iterator[None]:
    """Hashes that cost nothing: what is tested is who may, not how long it takes."""
    from django.test import override_settings

    with override_settings(PASSWORD_HASHERS=QUICK):
        yield


@dataclass
class Office:
    """A project with people who can sign in, each with a home of their own."""

    project: Project
    now: datetime = NOW
    said: list[str] = field(default_factory=list)

    def fill(self) -> None:
        from django.contrib.auth.hashers import make_password

        from dani_playbook.hris.accounts.models import User

        head = (self.project.root / "dani.yaml").read_text("utf-8")
        self.project.write("dani.yaml", head + "limits: {field: {number: 1000, ceiling: 1000}}\n")
        self.project.write("playbooks/a.yaml", playbook())
        self.project.apply()
        for key in STAFF:
            User.objects.filter(key=key).update(password=make_password(password(key)))

    def environ(self, home: str, **more: str) -> dict[str, str]:
        return {**ENVIRON, "DANI_ACTOR": "tester", "DANI_HOME": str(self.project.root / "homes" / home), **more}

    def call(self, *arguments: str, home: str = "nobody", text: str = "", **more: str) -> Ended:
        """``dani`` as somebody calls it whose home it is; everything that it says is kept."""
        out, err = io.StringIO(), io.StringIO()
        around = Surroundings(
            environ=self.environ(home, **more), now=self.now, stdin=io.StringIO(text), stdout=out, stderr=err
        )
        before = Path.cwd()
        os.chdir(self.project.root)
        try:
            with redirect_stdout(out), redirect_stderr(err):
                code = run(arguments, around)
        finally:
            os.chdir(before)
        self.said += [out.getvalue(), err.getvalue()]
        return Ended(code, out.getvalue(), err.getvalue())

    def session(self, home: str = "nobody", **more: str) -> Session:
        environ = self.environ(home, **more)
        return Session(read_config(self.project.root, environ), now=self.now, actor="tester", environ=environ)

    def login(self, key: str, typed: str | None = None) -> Ended:
        text = (password(key) if typed is None else typed) + "\n"
        return self.call("login", f"{key}@a.example", "--password-stdin", home=key, text=text)

    def later(self, **span: Any) -> None:
        self.now += timedelta(**span)

    def key_of(self, maker: str, *scopes: str, days: int = 30) -> Secret:
        """A key as it stands in the table, whoever may make one."""
        from dani_playbook.hris.accounts.models import User

        session = self.session()
        id = str(User.objects.get(key=maker).pk)
        return session.access.make_key(id, "nightly", scopes, self.now, days)[1]

    def rows(self, action: str = "") -> list[dict[str, Any]]:
        """The audit trail, oldest first."""
        from dani_playbook.runner.auditing import audit_list

        found: list[dict[str, Any]] = audit_list(self.project.session(), None, action).document["rows"]
        return found[::-1]
