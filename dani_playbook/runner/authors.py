"""Who is behind a plan: whoever planned it, and whoever wrote or committed what it is made from."""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date

from dani_playbook.core.address import Address
from dani_playbook.core.approval import BOT, Authors, Doubt
from dani_playbook.core.change import Change, Reason
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.identity import Account, Accounts, Identity
from dani_playbook.core.normalize import fold
from dani_playbook.core.plan import Plan
from dani_playbook.core.resource import Playbooks, Resource
from dani_playbook.core.source import Source
from dani_playbook.runner.history import History, names
from dani_playbook.runner.reading import Reading

MOST_BLAMED = 8
"""So many files are asked line by line; of more, everybody counts who ever touched them."""

_SIGN_IN = "plan it signed in: dani login"
_LINES = (".yaml", ".yml")
Specs = Mapping[str, KindSpec]
Lines = Mapping[str, Collection[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """The last run that read all playbooks as they were at ``commit``, and files of ``elsewhere``: they are passed.

    An empty ``commit`` is none at all. ``is_left`` tells that a later run read a commit that isn't in this history.
    """

    commit: str = ""
    as_of: date | None = None
    elsewhere: frozenset[str] = frozenset()
    is_left: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """What is known of how a plan came about.

    ``decided`` says what the planner added that stands in no file, empty for nothing. ``inherited`` are live ids of
    the authors of runs that the plan takes back. ``who`` tells whose a folded e-mail address is, an account's address,
    ``BOT`` or nothing; of those in ``fresh`` it is new that dani.yaml says so.
    """

    identity: Identity
    decided: str = ""
    reading: Reading | None = None
    marker: Marker = Marker()
    inherited: tuple[str, ...] = ()
    who: Callable[[str], str] = lambda email: ""
    fresh: frozenset[str] = frozenset()


def authors_of(
    plan: Plan, behind: Behind, history: History, playbooks: Playbooks, accounts: Accounts, specs: Specs
) -> Authors:
    """Accounts, addresses that belong to nobody known, and why more can't be said.

    Where no commit speaks for what is planned, the planner must be a known person.
    """
    reading, emails = behind.reading, set[str]()
    if reading and reading.head:
        emails = _emails(plan, behind, reading, history, playbooks, specs)
    people, strangers = _known(emails, behind, accounts)
    people |= dict.fromkeys(accounts.by_id(behind.inherited).values()) if behind.inherited else {}
    if behind.identity.account:
        people |= dict.fromkeys(accounts.of([behind.identity.account]).values())
    own = {behind.identity.account} if behind.identity.account else set()
    return Authors(
        people=tuple(sorted(own | {item.address for item in people})),
        ids=tuple(sorted({item.id for item in people})),
        strangers=tuple(sorted(strangers)),
        doubts=tuple(_doubts(behind, history)),
    )


def _known(emails: Collection[str], behind: Behind, accounts: Accounts) -> tuple[dict[Account, None], set[str]]:
    """An account's own address means that account, whatever dani.yaml says.

    What it says anew, in a change that isn't through yet, counts only where a known planner vouches for it.
    """
    spelled = {fold(email): email for email in sorted(emails)}
    by_email = accounts.by_email(spelled)
    doubtful = frozenset[str]() if behind.identity.account else behind.fresh
    said = {email: who for email in spelled if email not in doubtful and (who := behind.who(email))}
    named = accounts.of({_person(who) for who in said.values() if who != BOT})
    people: dict[Account, None] = {}
    strangers = set()
    for email, shown in spelled.items():
        account = by_email.get(email) or named.get(_person(said.get(email, "")))
        if account:
            people[account] = None
        elif said.get(email) != BOT:
            strangers.add(shown)
    return people, strangers


def _person(text: str) -> Address:
    kind, _, key = text.partition(".")
    return Address(kind, key)


def _doubts(behind: Behind, history: History) -> Iterator[Doubt]:
    reading, name = behind.reading, behind.identity.name
    if reading and reading.head and history.is_shallow():
        yield Doubt("this clone doesn't have the whole history", "fetch the whole history (fetch-depth: 0)")
    if behind.identity.account:
        return
    if behind.decided:
        yield Doubt(f"{behind.decided}, and {name} isn't signed in", _SIGN_IN)
    elif reading and not reading.head:
        yield Doubt(f"the playbooks are in no commit, and {name} isn't signed in", f"commit them, or {_SIGN_IN}")
    elif reading and reading.uncommitted:
        first, more = reading.uncommitted[0], len(reading.uncommitted) - 1
        isnt = f"and {more} more aren't" if more else "isn't"
        yield Doubt(f"{first} {isnt} committed, and {name} isn't signed in", f"commit it, or {_SIGN_IN}")
    elif behind.marker.is_left:
        message = f"the last run read a commit that isn't part of this history, and {name} isn't signed in"
        yield Doubt(message, f"plan from the commit that was applied on, or {_SIGN_IN}")


def _emails(
    plan: Plan, behind: Behind, reading: Reading, history: History, playbooks: Playbooks, specs: Specs
) -> set[str]:
    """Of all commits since the marker, of files that it didn't read, and of what stood there and comes true only now."""
    marker = behind.marker
    found = names(history.since(marker.commit, reading.head))
    if not marker.commit:
        return found
    new = {name for name in reading.elsewhere if name not in marker.elsewhere}
    lines = {file: at for file, at in _dated(plan, playbooks, marker, specs).items() if file not in new}
    lines = {file: at for file, at in lines.items() if file not in reading.uncommitted}
    told = [file for file in sorted(lines) if file.endswith(_LINES)]
    blamed = told if len(told) <= MOST_BLAMED else []
    ids = {id for file in blamed for id in history.behind(reading.head, file, lines[file])}
    others = new | (lines.keys() - set(blamed))
    return found | names(history.of(ids)) | names(history.of_files(reading.head, others - set(reading.uncommitted)))


def _dated(plan: Plan, playbooks: Playbooks, marker: Marker, specs: Specs) -> dict[str, set[int]]:
    """Lines by file that were there before, of what a day has brought about since."""
    lines: dict[str, set[int]] = {}
    for change in plan.changes:
        resource = playbooks.resources.get(change.address)
        for source in _of_a_day(change, resource, marker, specs[change.address.kind]) if resource else ():
            lines.setdefault(source.file, set()).add(source.line)
    return lines


def _of_a_day(change: Change, resource: Resource, marker: Marker, spec: KindSpec) -> Iterator[Source]:
    for item in change.fields:
        ignored = resource.ignore.get(item.name)
        is_new = item.since is not None and not (marker.as_of and item.since < marker.as_of)
        if item.source and (is_new or (ignored and ignored.until)):
            yield item.source
    if any(item.reason is Reason.DERIVED for item in change.fields):
        for sources in (resource.sources, *(entry.sources for entry in resource.upcoming)):
            yield from (at for name, at in sources.items() if spec.fields[name].type == "date")
