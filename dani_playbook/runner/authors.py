"""Who is behind a plan: whoever planned it, and whoever wrote or committed what it is made from."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from dani_playbook.core.address import Address
from dani_playbook.core.approval import BOT, Authors
from dani_playbook.core.change import Reason
from dani_playbook.core.identity import Account, Identity
from dani_playbook.core.normalize import fold
from dani_playbook.core.plan import Plan
from dani_playbook.core.source import Source
from dani_playbook.runner.project import git

_DATA = ("*.yaml", "*.yml", "*.csv", "*.xlsx")
ByEmail = Callable[[Collection[str]], Mapping[str, Account]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """What is asked of a plan's history.

    ``since`` is the commit of the last complete run, empty where there is none. ``decided`` says that the planner
    added something that stands in no file: a raised limit, a side of a conflict, a rollback.
    """

    root: Path
    playbooks: str
    since: str
    identity: Identity
    decided: bool


def authors_of(plan: Plan, behind: Behind, known: Mapping[str, str], by_email: ByEmail) -> Authors:
    """Accounts, and e-mail addresses that belong to nobody known. ``known`` is the policy's own list of addresses.

    Where no commit speaks for what is planned, the planner must be a known person, else the planner is a stranger.
    """
    emails = {} if plan.undoes else _emails(plan, behind)
    accounts = by_email(emails)
    people = {behind.identity.account} if behind.identity.account else set()
    strangers = set()
    for email, spelled in emails.items():
        named = known.get(email)
        if named == BOT:
            continue
        account = accounts.get(email)
        person = _person(named) if named else account.address if account else None
        people |= {person} if person else set()
        strangers |= set() if person else {spelled}
    if behind.identity.account is None and (plan.undoes or behind.decided or not _is_committed(behind)):
        strangers.add(behind.identity.name)
    return Authors(people=tuple(sorted(people)), strangers=tuple(sorted(strangers)))


def _person(text: str) -> Address:
    kind, _, key = text.partition(".")
    return Address(kind, key)


def _emails(plan: Plan, behind: Behind) -> dict[str, str]:
    """Folded address to how it is spelled: of all commits since the last run, and of lines whose day has come."""
    found = _of_commits(behind.root, behind.since) | _of_lines(behind.root, _due(plan))
    return {fold(email): email for email in sorted(found) if email}


def _of_commits(root: Path, since: str) -> set[str]:
    is_known = bool(since) and bool(
        git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{since}^{{commit}}")
    )
    spread = [f"{since}..HEAD"] if is_known else ["HEAD"]
    return set(git(root, "log", "--full-history", "--format=%ae%n%ce", *spread, "--", ".").split("\n"))


def _due(plan: Plan) -> dict[str, list[int]]:
    """Lines by file, of fields that are planned because their day has come."""
    lines: dict[str, list[int]] = {}
    for change in plan.changes:
        for item in change.fields:
            if item.reason is Reason.DUE and isinstance(item.source, Source):
                lines.setdefault(item.source.file, []).append(item.source.line)
    return lines


def _of_lines(root: Path, lines: Mapping[str, Iterable[int]]) -> set[str]:
    found = set()
    for file in sorted(lines):
        spans = [part for line in sorted(set(lines[file])) for part in ("-L", f"{line},{line}")]
        told = git(root, "blame", "--line-porcelain", *spans, "--", file)
        marks = ("author-mail <", "committer-mail <")
        found |= {line.partition("<")[2].rstrip(">") for line in told.split("\n") if line.startswith(marks)}
    return found


def _is_committed(behind: Behind) -> bool:
    """Whether git knows everything that can be read as a playbook or a table here."""
    if not git(behind.root, "rev-parse", "HEAD"):
        return False
    changed = git(behind.root, "status", "--porcelain", "--untracked-files=no")
    new = git(behind.root, "ls-files", "--others", "--exclude-standard", "--", behind.playbooks, *_DATA)
    return not changed and not new
