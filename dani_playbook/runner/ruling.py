"""Rules of approval: what dani.yaml says, what the last run went by, and what a change of them needs."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from dani_playbook.core.access import ROLES
from dani_playbook.core.approval import DELETION, Policy, Rule
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.errors import PlaybookError
from dani_playbook.core.memory import RunState
from dani_playbook.core.module import Kind
from dani_playbook.core.names import did_you_mean
from dani_playbook.core.normalize import fold
from dani_playbook.core.problem import Problem, in_order
from dani_playbook.core.values import Fingerprint, canonical_text
from dani_playbook.runner.config import Config

if TYPE_CHECKING:
    from dani_playbook.runner.system import WithSystem

HOURS = 72
_RUNS = 50
CHANGED = "change of the rules"
_WHAT = {"marks": "mark", "fields": "field", "roles": "role"}


def policy_of(config: Config, kinds: Mapping[str, Kind]) -> Policy:
    """What ``approvals:`` says. Raises ``PlaybookError`` for a rule that no change could ever fit, or nobody meet."""
    said = config.approvals
    rules: Sequence[Mapping[str, Any]] = said.get("rules") or ()
    if problems := [item for rule in rules for item in _meaningless(rule, kinds)]:
        raise PlaybookError("approvals: in dani.yaml has problems", problems=in_order(problems))
    return Policy(
        rules=tuple(_rule(item) for item in rules),
        hours=said.get("hours", HOURS),
        people={fold(email): str(person) for email, person in (said.get("people") or {}).items()},
    )


def _meaningless(said: Mapping[str, Any], kinds: Mapping[str, Kind]) -> Iterator[Problem]:
    known = {
        "marks": {DELETION, *(mark for kind in kinds.values() for mark in kind.marks)},
        "fields": {name for kind in kinds.values() for name in kind.spec.fields},
        "roles": set(ROLES),
    }
    wrong = [(setting, name) for setting, all_ in known.items() for name in said.get(setting) or () if name not in all_]
    for setting, name in wrong:
        message = f'"{name}" is no {_WHAT[setting]}{did_you_mean(name, known[setting])}'
        yield Problem(code="bad-setting", message=message, field=f"approvals.rules.{setting}")
    for pattern in said.get("addresses") or ():
        if not any(_can_mean(pattern, kind) for kind in kinds):
            near = did_you_mean(pattern.partition(".")[0], kinds)
            yield Problem(
                code="bad-setting", message=f'"{pattern}" means no kind{near}', field="approvals.rules.addresses"
            )
            return
    if not wrong and not any(_can_fit(_rule(said), kind) for kind in kinds.values()):
        message = "no change can ever fit all conditions of this rule: no kind has these fields, classes and marks"
        yield Problem(code="bad-setting", message=message, field=f"approvals.rules.{said.get('name', '')}")


def _can_fit(rule: Rule, kind: Kind) -> bool:
    fields = [item for name, item in kind.spec.fields.items() if not rule.fields or name in rule.fields]
    marks = {DELETION, *kind.marks}
    return (
        (not rule.addresses or any(_can_mean(pattern, kind.spec.name) for pattern in rule.addresses))
        and bool(fields)
        and (not rule.marks or not marks.isdisjoint(rule.marks))
        and (not rule.classes or any(item.sensitivity.value in rule.classes for item in kind.spec.fields.values()))
    )


def _can_mean(pattern: str, kind: str) -> bool:
    """Whether an address of this kind could fit: a pattern without a dot may end anywhere in it."""
    head, dot, _ = pattern.partition(".")
    return fnmatchcase(kind, head) or (not dot and "*" in head and fnmatchcase(f"{kind}.x", f"{head.split('*')[0]}*"))


def _rule(said: Mapping[str, Any]) -> Rule:
    return Rule(
        need=said.get("need", 1),
        name=said.get("name", ""),
        roles=tuple(said["roles"]),
        marks=tuple(said.get("marks") or ()),
        classes=tuple(said.get("classes") or ()),
        fields=tuple(said.get("fields") or ()),
        addresses=tuple(said.get("addresses") or ()),
        irreversible=bool(said.get("irreversible")),
        raised=bool(said.get("raised")),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The rules that a run went by, as it keeps them. E-mail addresses are fingerprints there."""

    rules: Sequence[Mapping[str, Any]] = ()
    people: Mapping[str, str] = field(default_factory=dict)
    hours: int = HOURS

    @property
    def plain(self) -> dict[str, Any]:
        return {"rules": list(self.rules), "people": dict(self.people), "hours": self.hours}


def kept_policy(config: Config, fingerprint: Fingerprint) -> Kept:
    """What a run of today keeps."""
    said = config.approvals
    people = {fingerprint.of(fold(email)): str(person) for email, person in (said.get("people") or {}).items()}
    rules = json.loads(canonical_text(said.get("rules") or ()))
    return Kept(rules=rules, people=people, hours=said.get("hours", HOURS))


def last_policy(session: "WithSystem") -> Kept | None:
    """What the last run that succeeded went by; nothing where it kept nothing. Mostly one query."""
    runs = session.memory.runs(_RUNS)
    if len(runs) == _RUNS and not any(run.state is RunState.SUCCEEDED for run in runs):
        runs = session.memory.runs()
    done = next((run for run in runs if run.state is RunState.SUCCEEDED), None)
    kept = done.request.get("policy") if done else None
    return Kept(**kept) if kept else None


def in_force(policy: Policy, now: Kept, last: Kept | None, fingerprint: Fingerprint) -> Policy:
    """Today's rules; where they aren't the last run's, those must be met as well, and the change of them needs a yes.

    Who could say who somebody is can't say it about themselves: the last run's ``people`` win.
    """
    if last is None or not last.rules or last.plain == now.plain:
        return policy
    old = tuple(_rule(item) for item in last.rules)
    return replace(
        policy,
        rules=(*policy.rules, *(rule for rule in old if rule not in policy.rules)),
        before=last.people,
        fresh=frozenset(email for email in policy.people if fingerprint.of(email) not in last.people),
        change=Rule(
            name=CHANGED,
            need=max(rule.need for rule in old),
            roles=tuple(sorted({role for rule in old for role in rule.roles})),
        ),
        version=hashlib.sha256(canonical_text([last.plain, now.plain]).encode()).hexdigest()[:16],
    )


def who_is(policy: Policy, fingerprint: Fingerprint) -> Callable[[str], str]:
    """Whose a folded e-mail address is, as dani.yaml said with the last run, else as it says now; empty for nobody's."""
    return lambda email: policy.before.get(fingerprint.of(email)) or policy.people.get(email, "")


def policy_now(session: "WithSystem") -> Policy:
    """The rules that a plan of this session must meet. One query."""
    policy, fingerprint = policy_of(session.config, session.kinds), Fingerprint(session.key)
    return in_force(policy, kept_policy(session.config, fingerprint), last_policy(session), fingerprint)


def settings_of(config: Config) -> str:
    """A fingerprint of all settings that decide what a plan may do; with another one a saved plan is worth nothing."""
    said = {
        "environment": config.environment,
        "playbooks": config.playbooks,
        "time_zone": config.time_zone,
        "offices": config.offices,
        "removal": config.removal,
        "limits": config.limits,
        "protected": config.protected,
        "freezes": config.freezes,
        "approvals": config.approvals,
        "access": config.access,
        **({"bindings": config.bindings.digest} if config.bindings else {}),
    }
    return hashlib.sha256(canonical_text(said).encode()).hexdigest()
