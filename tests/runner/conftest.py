"""Sessions over real projects, on SQLite and PostgreSQL."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dani_playbook.core.address import Address
from dani_playbook.core.identity import Identity, Way
from dani_playbook.runner.config import read_config
from dani_playbook.runner.offline import Request
from dani_playbook.runner.planning import Planned
from dani_playbook.runner.session import Session
from tests.databases import Place

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ENVIRON = {"DANI_KEY": "ab" * 32}
SEES_ALL = Identity(
    name="tester", way=Way.SESSION, account=Address("user", "tester"), roles=frozenset({"admin"}), signed_in_at=NOW
)


@dataclass
class Project:
    """A project's folder and its database."""

    root: Path
    place: Place

    def session(self, now: datetime = NOW, actor: str = "tester") -> Session:
        return Session(read_config(self.root, ENVIRON), now=now, actor=actor, environ=ENVIRON)

    def session_at(self, now: datetime) -> Session:
        """One whose clock stands still."""
        return Session(read_config(self.root, ENVIRON), now=now, actor="tester", environ=ENVIRON, clock=lambda: now)

    def revealing(self, now: datetime = NOW) -> Session:
        """A session of somebody who may see everything, and says why."""
        session = self.session(now)
        session.identity = replace(SEES_ALL, signed_in_at=now)
        session.said_reason = "a test looks at everything"
        return session

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def plan(self, *paths: str, **rest: Any) -> Planned:
        return self.session().plan(Request(paths=tuple(str(self.root / path) for path in paths), **rest))

    def apply(self, **rest: Any) -> str:
        """Plans, applies, and gives the run's id."""
        session = self.session()
        document = session.apply(session.plan(Request(**rest))).document
        return str(document["run"]["id"])

    def rollback(self, run: str) -> str:
        session = self.session()
        return str(session.apply(session.rollback(run)).document["run"]["id"])

    def empty(self) -> None:
        """A new database, of which nothing was ever kept outside of it."""
        self.place.empty()
        (self.root / ".dani" / "audit-head").unlink(missing_ok=True)

    def export(self) -> Any:
        return self.revealing().export(reveal=True).document


def configured(root: Path, place: Place, head: str = "version: 1\nname: Test\n") -> Project:
    url = place.url if place.vendor == "postgresql" else f"sqlite:///{place.base / '.dani/hris.sqlite3'}"
    (root / "dani.yaml").write_text(f"{head}database: {url}\n", "utf-8")
    (root / "playbooks").mkdir(exist_ok=True)
    return Project(root, place)


@pytest.fixture
def project(tmp_path: Path, database: Place) -> Project:
    """An empty project on an empty database."""
    return configured(tmp_path, database)


@pytest.fixture
def company(tmp_path: Path, database: Place) -> Project:
    """The example company on an empty database."""
    shutil.copytree(ROOT / "playbooks", tmp_path / "playbooks")
    head = "".join(
        line
        for line in (ROOT / "dani.yaml").read_text("utf-8").splitlines(keepends=True)
        if not line.startswith("database:")
    )
    return configured(tmp_path, database, head)


@pytest.fixture
def edit(company: Project) -> Callable[[str, str, str], None]:
    """Replaces a text in one of the company's files; it must be there."""

    def replace(name: str, old: str, new: str) -> None:
        path = company.root / "playbooks" / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")

    return replace
