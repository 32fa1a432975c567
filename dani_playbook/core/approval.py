"""Approval: who has to say yes to a plan, and who did."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta

from dani_playbook.core.address import Address
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.identity import Account

BOT = "bot"
"""What a commit address means that belongs to a program."""

SKEW = timedelta(minutes=5)
"""How much two clocks may differ."""

DELETION = "deletion"
"""The mark that a rule names for everything that is taken away for good, whatever it is marked as."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """``need`` people with one of ``roles`` must say yes to every change that all conditions fit.

    ``marks``, ``classes``, ``fields`` and ``addresses`` (patterns) are conditions; an empty one fits everything.
    ``irreversible`` asks for changes that can't be taken back, ``raised`` for plans that raise a limit.
    """

    need: int
    roles: tuple[str, ...]
    marks: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    irreversible: bool = False
    raised: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The project's rules. ``hours`` is how long an approval holds.

    ``people`` maps a folded e-mail address of commits to the address of an account, or to ``BOT``. Where the last run
    had others, ``rules`` has those too, ``change`` is what the change of them needs itself, and ``version`` tells it
    from other changes. ``before`` is what that run had as ``people``, by fingerprints of addresses, and ``fresh`` are the
    addresses of which it said nothing.
    """

    rules: tuple[Rule, ...] = ()
    hours: int = 72
    people: Mapping[str, str] = field(default_factory=dict)
    change: Rule | None = None
    version: str = ""
    before: Mapping[str, str] = field(default_factory=dict)
    fresh: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """A rule that a plan meets: for these addresses, and who has said yes so far."""

    rule: Rule
    addresses: tuple[Address, ...]
    given: tuple[Address, ...] = ()

    @property
    def missing(self) -> int:
        return max(self.rule.need - len(self.given), 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A known person's yes to exactly one digest. Moments are aware, UTC."""

    digest: str
    approver: Address
    roles: tuple[str, ...]
    way: str
    at: datetime
    expires_at: datetime
    nonce: str
    reason: str = ""


Known = Mapping[Address, Account]
"""Accounts as they are now."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why it can't be said who is behind a plan, and what to do about it."""

    message: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Authors:
    """Who is behind a plan: accounts that wrote, committed or planned it, and addresses that belong to nobody known.

    ``ids`` are the live ids of ``people``, which stay when somebody gets another address.
    """

    people: tuple[Address, ...] = ()
    strangers: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    @property
    def is_known(self) -> bool:
        return not self.strangers and not self.doubts


def names(people: Sequence[Address]) -> str:
    """``user.asmith and user.jdoe``."""
    texts = [str(item) for item in people]
    return ", ".join(texts[:-1]) + (" and " if len(texts) > 1 else "") + texts[-1] if texts else "nobody"
