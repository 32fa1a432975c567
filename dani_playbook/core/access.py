"""Access: what each role may do, with which kinds, up to which class of fields. Nothing else is allowed."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import Sensitivity
from dani_playbook.core.errors import Denied
from dani_playbook.core.identity import OPERATOR, Identity, Way


class Action(StrEnum):
    """What can be asked for. ``LOOK`` is all that shows masked documents; ``GRANT`` gives or takes a role with rights."""

    LOOK = "look"
    PLAN = "plan"
    APPLY = "apply"
    ROLLBACK = "rollback"
    APPROVE = "approve"
    GRANT = "grant"
    REVEAL = "reveal"
    EXPORT = "export"
    PURGE = "purge"
    AUDIT = "audit"
    BREAK_LOCK = "break-lock"
    RESUME = "resume"
    SETTLE = "settle"
    SET_PASSWORD = "set-password"
    MAKE_KEY = "make-key"
    REVOKE_KEY = "revoke-key"


ROLES = ("employee", "manager", "hr_manager", "it_admin", "admin", "auditor", "recruiter")
"""The roles that an account can have, as the schema of a user lists them."""

RIGHTS = frozenset(ROLES) - {"employee", "manager"}
"""Roles that allow something here: to give or take one needs ``GRANT``."""

NEVER_BY_KEY = frozenset(
    (Action.APPROVE, Action.REVEAL, Action.PURGE, Action.SET_PASSWORD, Action.MAKE_KEY, Action.REVOKE_KEY)
)
"""What a program's key can't do, whatever its scopes are."""

FRESH = frozenset((Action.APPROVE, Action.REVEAL, Action.PURGE, Action.SET_PASSWORD, Action.MAKE_KEY))
"""What needs a sign-in that isn't old."""

PERSON_ONLY = NEVER_BY_KEY
"""What nobody does without a name: the machine's user can't either."""

_RANK = {sensitivity: rank for rank, sensitivity in enumerate(Sensitivity)}
_ANY = ("*",)
_NO_KIND = ("",)
_PEOPLE = ("user", "department", "group")
_HIRING = ("job", "applicant", "interview", "offer")
_MACHINERY = ("group", "setting", "schedule", "powerapps")


@dataclass(frozen=True, slots=True)
class Rule:
    """These actions with these kinds, up to this class of fields. ``*`` is every kind, the empty text is none."""

    actions: tuple[Action, ...]
    kinds: tuple[str, ...] = _ANY
    highest: Sensitivity = Sensitivity.INTERNAL


_WRITE = (Action.PLAN, Action.APPLY, Action.ROLLBACK)
_KEYS = Rule((Action.MAKE_KEY,), _NO_KIND, Sensitivity.SECRET)

TABLE: Mapping[str, tuple[Rule, ...]] = {
    "employee": (),
    "manager": (),
    "recruiter": (
        Rule((Action.LOOK,), _HIRING),
        Rule((Action.PLAN, Action.APPLY, Action.APPROVE, Action.REVEAL), _HIRING, Sensitivity.PERSONAL),
        _KEYS,
    ),
    "auditor": (
        Rule((Action.LOOK,)),
        Rule((Action.PLAN,), _ANY, Sensitivity.SECRET),
        Rule((Action.AUDIT,), _NO_KIND, Sensitivity.SECRET),
        _KEYS,
    ),
    "it_admin": (
        Rule((Action.LOOK,)),
        Rule((*_WRITE, Action.APPROVE), _MACHINERY, Sensitivity.SECRET),
        Rule((Action.EXPORT,), _MACHINERY),
        Rule((Action.BREAK_LOCK, Action.RESUME, Action.SETTLE), _NO_KIND, Sensitivity.SECRET),
        _KEYS,
    ),
    "hr_manager": (
        Rule((Action.LOOK,)),
        Rule((*_WRITE, Action.APPROVE), _PEOPLE + _HIRING, Sensitivity.SECRET),
        Rule((Action.EXPORT,), _PEOPLE + _HIRING),
        Rule((Action.REVEAL,), _PEOPLE + _HIRING, Sensitivity.SPECIAL),
        Rule((Action.PURGE,), _PEOPLE + _HIRING, Sensitivity.SECRET),
        _KEYS,
    ),
    "admin": (
        Rule((*_WRITE, Action.APPROVE, Action.GRANT, Action.PURGE), _ANY, Sensitivity.SECRET),
        Rule((Action.LOOK, Action.EXPORT)),
        Rule((Action.REVEAL,), _ANY, Sensitivity.SPECIAL),
        Rule((Action.AUDIT, Action.BREAK_LOCK, Action.RESUME, Action.SETTLE), _NO_KIND, Sensitivity.SECRET),
        Rule((Action.SET_PASSWORD, Action.MAKE_KEY, Action.REVOKE_KEY), _NO_KIND, Sensitivity.SECRET),
    ),
    OPERATOR: (
        Rule((Action.LOOK, Action.EXPORT)),
        Rule((*_WRITE, Action.GRANT), _ANY, Sensitivity.SECRET),
        Rule((Action.AUDIT, Action.BREAK_LOCK, Action.RESUME, Action.SETTLE), _NO_KIND, Sensitivity.SECRET),
    ),
}
"""``look`` and ``export`` count what is shown in clear, ``reveal`` what else; all others what is written or gone."""


def higher(one: Sensitivity, other: Sensitivity) -> Sensitivity:
    """The class that fewer people may read."""
    return max(one, other, key=_RANK.__getitem__)


def may(
    identity: Identity, action: Action, kind: str | None = None, sensitivity: Sensitivity = Sensitivity.PUBLIC
) -> bool:
    """Whether somebody may do something with fields of a class of a kind; without a kind, with anything at all.

    The one function that says so, for every way in.
    """
    if not _by_this_way(identity, action):
        return False
    return any(allowed(role, action, kind, sensitivity) for role in identity.roles)


def allowed(role: str, action: Action, kind: str | None, sensitivity: Sensitivity) -> bool:
    """Whether a role allows it, whoever has the role."""
    if action is Action.REVEAL and sensitivity is Sensitivity.SECRET:
        return False
    return any(_fits(rule, action, kind, sensitivity) for rule in TABLE.get(role, ()))


def _by_this_way(identity: Identity, action: Action) -> bool:
    if identity.way is Way.MACHINE:
        return action not in PERSON_ONLY and identity.roles <= {OPERATOR}
    if identity.way is Way.KEY and (action in NEVER_BY_KEY or action.value not in (identity.scopes or ())):
        return False
    return OPERATOR not in identity.roles


def _fits(rule: Rule, action: Action, kind: str | None, sensitivity: Sensitivity) -> bool:
    if action not in rule.actions or _RANK[sensitivity] > _RANK[rule.highest]:
        return False
    return kind is None or kind in rule.kinds or (rule.kinds == _ANY and kind != "")


def roles_for(action: Action, kind: str | None, sensitivity: Sensitivity) -> Sequence[str]:
    """The roles that an account needs for it, in the order of ``ROLES``; empty where nobody may."""
    return [role for role in ROLES if allowed(role, action, kind, sensitivity)]


def out_of_reach(identity: Identity, action: Action, reached: Mapping[str, Sensitivity]) -> tuple[str, ...]:
    """The kinds of ``reached``, each with its highest class, that somebody may not do it with."""
    return tuple(sorted(kind for kind, highest in reached.items() if not may(identity, action, kind, highest)))


_DOES: Mapping[Action, str] = {
    Action.LOOK: "look at",
    Action.PLAN: "plan changes of",
    Action.APPLY: "apply changes of",
    Action.ROLLBACK: "roll back changes of",
    Action.APPROVE: "approve changes of",
    Action.GRANT: "give or take roles with rights of",
    Action.REVEAL: "reveal masked fields of",
    Action.EXPORT: "export",
    Action.PURGE: "purge",
    Action.AUDIT: "read the audit trail",
    Action.BREAK_LOCK: "break the lock",
    Action.RESUME: "resume a run",
    Action.SETTLE: "settle a run",
    Action.SET_PASSWORD: "set the password of somebody else",
    Action.MAKE_KEY: "make a key",
    Action.REVOKE_KEY: "revoke a key of somebody else",
}
_NARROW = (Action.PLAN, Action.APPLY)


def denial(
    identity: Identity, action: Action, reached: Mapping[str, Sensitivity], counts: Mapping[str, int] | None = None
) -> Denied:
    """Says who may not do what, which roles may, and what to do. ``counts`` are how many of each kind it is about."""
    kinds = out_of_reach(identity, action, reached)
    named = [f"{kind} ({counts[kind]})" if counts and kind in counts else kind for kind in kinds]
    what = " ".join(
        filter(None, (_DOES[action], _joined(named) if named else "" if not _kinds(action) else "anything"))
    )
    return Denied(f"{who(identity)} may not {what}", hint=_hint(identity, action, {k: reached[k] for k in kinds}))


def _kinds(action: Action) -> bool:
    return any(rule.kinds != _NO_KIND for rules in TABLE.values() for rule in rules if action in rule.actions)


def who(identity: Identity) -> str:
    """``user.asmith (auditor)``, ``user.asmith by the key ab12cd34 (plan)``, ``anna, who isn't signed in,``."""
    if identity.way is Way.MACHINE:
        return f"{identity.name}, who isn't signed in,"
    if identity.way is Way.KEY:
        scopes = ", ".join(sorted(identity.scopes or ()))
        return f"{identity.name} by the key {identity.key} ({scopes or 'no scope'})"
    return f"{identity.name} ({', '.join(sorted(identity.roles)) or 'no role'})"


def _hint(identity: Identity, action: Action, reached: Mapping[str, Sensitivity]) -> str:
    needed = [set(roles_for(action, kind, highest)) for kind, highest in reached.items()]
    needed = needed or [set(roles_for(action, None, Sensitivity.PUBLIC))]
    fitting = [role for role in ROLES if all(role in roles for roles in needed)]
    steps = [f"roles that may: {', '.join(fitting)}" if fitting else "no single role may"]
    if identity.way is Way.MACHINE and fitting:
        steps.append("sign in with: dani login")
    if identity.way is Way.KEY:
        steps.append(
            "no key can" if action in NEVER_BY_KEY else "a key does what is in its scopes and its maker may now"
        )
    if action in _NARROW and reached:
        steps.append("leave them out with --target or --exclude")
    return "; ".join(steps)


def _joined(parts: Sequence[str]) -> str:
    return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else "".join(parts)
