"""A live system and a memory made of dictionaries, with the promises of the real ones, and a bench to plan on."""

import copy
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from dani_playbook.core.address import Address
from dani_playbook.core.approval import Approval
from dani_playbook.core.binding import Binding, Key
from dani_playbook.core.change import Change, Verb
from dani_playbook.core.dictionary import KindSpec, read_dictionary
from dani_playbook.core.errors import LiveError
from dani_playbook.core.live import Attached, Unfit
from dani_playbook.core.memory import Entry, InventoryItem, Run, RunState
from dani_playbook.core.module import Kind
from dani_playbook.core.normalize import normalize_fields
from dani_playbook.core.origin import Head
from dani_playbook.core.plan import Plan
from dani_playbook.core.resource import Desired, DesiredState, Ignored, Move, Resource
from dani_playbook.core.snapshot import KindSnapshot, LiveObject
from dani_playbook.core.source import Source
from dani_playbook.core.values import Fingerprint, Secret, SecretRef
from dani_playbook.engine.apply import Surroundings, apply
from dani_playbook.engine.field import Choices
from dani_playbook.engine.limits import Limits
from dani_playbook.engine.plan import Planner, make_plan
from dani_playbook.engine.removal import Policies
from dani_playbook.engine.rollback import make_rollback
from dani_playbook.engine.target import Selection
from dani_playbook.engine.token import Tokens

DICTIONARY = read_dictionary()
SPECS = DICTIONARY.kinds
TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class FakeLive:
    """Objects by kind and id. References are kept as ids, so that a renamed key is seen everywhere."""

    name = "fake"
    identity = "fake-1"

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, tuple[str, dict[str, Any]]]] = {name: {} for name in SPECS}
        self.next = 1
        self.reads: list[str] = []
        self.fail_on: Address | None = None
        self.lie_about: Address | None = None
        self.hidden = "initial_password"
        self.hangs: dict[Address, list[Attached]] = {}
        self.narrow: list[Unfit] = []
        self.loosely: dict[str, tuple[str, ...]] = {}
        self.doubts: dict[Address, dict[str, str]] = {}

    def put(self, address: str, **fields: Any) -> str:
        """Somebody else's write: creates or changes an object by its key."""
        at = Address.parse(address)
        known = {key: id for id, (key, _) in self.rows[at.kind].items()}
        spec = SPECS[at.kind]
        if at.key not in known:
            known[at.key] = str(self.next)
            self.next += 1
            self.rows[at.kind][known[at.key]] = (at.key, self._stored(at.kind, normalize_fields(spec, {})))
        stored = self.rows[at.kind][known[at.key]][1]
        wanted = {name: normalize_fields(spec, {name: value})[name] for name, value in fields.items()}
        stored |= self._stored(at.kind, wanted)
        return known[at.key]

    def drop(self, address: str) -> None:
        at = Address.parse(address)
        self.rows[at.kind] = {id: row for id, row in self.rows[at.kind].items() if row[0] != at.key}

    def field(self, address: str, name: str) -> Any:
        at = Address.parse(address)
        return next(o.fields[name] for o in self.read(at.kind).objects.values() if o.key == at.key)

    def read(self, kind: str) -> KindSnapshot:
        self.reads.append(kind)
        return KindSnapshot(kind, {id: self._object(kind, id) for id in sorted(self.rows[kind])})

    def read_some(self, kind: str, ids: Collection[str]) -> KindSnapshot:
        self.reads.append(kind)
        found = {id: self._object(kind, id) for id in ids if id in self.rows[kind]}
        return KindSnapshot(kind, found, complete=False)

    def attached(self, kind: str, ids: Collection[str]) -> Mapping[str, Sequence[Attached]]:
        return {id: self.hangs[Address(kind, self.rows[kind][id][0])] for id in ids if self._hangs(kind, id)}

    def _hangs(self, kind: str, id: str) -> bool:
        return id in self.rows[kind] and Address(kind, self.rows[kind][id][0]) in self.hangs

    def loose(self, kind: str) -> Collection[str]:
        return self.loosely.get(kind, ())

    def unfit(self, changes: Sequence[Change]) -> Sequence[Unfit]:
        return [
            item for item in self.narrow if any(c.address == item.address and item.field in c.written for c in changes)
        ]

    def _object(self, kind: str, id: str) -> LiveObject:
        key, stored = self.rows[kind][id]
        fields = dict(stored)
        for spec in SPECS[kind].references:
            value, keys = stored[spec.name], {i: k for i, (k, _) in self.rows[spec.references or ""].items()}
            if isinstance(value, tuple):
                fields[spec.name] = tuple(sorted(keys[item] for item in value))
            elif value is not None:
                fields[spec.name] = keys[value]
        if self.hidden in fields:
            fields[self.hidden] = None
        doubts = self.doubts.get(Address(kind, key), {})
        return LiveObject(id, key, fields | dict.fromkeys(doubts), doubts)

    def _stored(self, kind: str, fields: Mapping[str, Any], ids: Mapping[Address, str] | None = None) -> dict[str, Any]:
        stored = {}
        for name, value in fields.items():
            spec = SPECS[kind].fields[name]
            if spec.sensitivity.is_reference_only and value is not None and not isinstance(value, Secret):
                value = Secret(value)
            if spec.is_set and value is None:
                value = ()
            if spec.references and value:
                target = spec.references
                by_key = {key: id for id, (key, _) in self.rows[target].items()}
                known = {address.key: id for address, id in (ids or {}).items() if address.kind == target}
                found = {**by_key, **known}
                value = tuple(found[item] for item in value) if isinstance(value, tuple) else found[value]
            stored[name] = value
        return stored

    @contextmanager
    def transaction(self) -> Iterator[None]:
        saved = (
            copy.copy(self.next),
            {k: {i: (key, dict(f)) for i, (key, f) in v.items()} for k, v in self.rows.items()},
        )
        try:
            yield
        except BaseException:
            self.next, self.rows = saved
            raise

    def write(self, changes: Sequence[Change], ids: Mapping[Address, str]) -> Mapping[Address, str]:
        created: dict[Address, str] = {}
        for change in changes:
            if change.verb is Verb.CREATE:
                id = change.live_id or str(self.next)
                self.next += not change.live_id
                blank = self._stored(change.address.kind, normalize_fields(SPECS[change.address.kind], {}))
                self.rows[change.address.kind][id] = (change.address.key, blank)
                created[change.address] = id
        for change in changes:
            if change.address == self.fail_on:
                raise LiveError("the database refused a row")
            id = {**ids, **created}.get(change.address)
            if id is None or change.address == self.lie_about:
                continue
            rows = self.rows[change.address.kind]
            if change.deletes:
                del rows[id]
            elif id in rows:
                key, stored = rows[id]
                stored |= self._stored(change.address.kind, change.written, {**ids, **created})
                rows[id] = (change.address.key if change.verb is Verb.MOVE else key, stored)
        return created

    def picture(self) -> dict[str, Any]:
        """Everything, as plain values, for comparing before and after."""
        return {kind: {id: self._object(kind, id) for id in sorted(rows)} for kind, rows in self.rows.items()}


class FakeMemory:
    def __init__(self) -> None:
        self.items: dict[Address, InventoryItem] = {}
        self.all: dict[str, Run] = {}
        self.journal: dict[str, list[Entry]] = {}
        self.given: list[Approval] = []
        self.used: set[str] = set()

    def inventory(self, only: Collection[Address] | None = None) -> Mapping[Address, InventoryItem]:
        return {address: item for address, item in sorted(self.items.items()) if only is None or address in only}

    def serial(self) -> int:
        return sum(run.state is RunState.SUCCEEDED for run in self.all.values())

    def head(self) -> Head:
        return Head()

    def mac_at(self, number: int) -> str:
        return ""

    def approvals(self, digest: str) -> Sequence[Approval]:
        return [item for item in self.given if item.digest == digest]

    def approve(self, approval: Approval) -> None:
        self.given.append(approval)

    def is_used(self, plan_id: str) -> bool:
        return plan_id in self.used

    def use(self, digest: str, run: str, at: datetime, plan_id: str | None = None) -> None:
        self.given = [item for item in self.given if item.digest != digest]
        self.used |= {plan_id} if plan_id else set()

    @contextmanager
    def hold(self, actor: str, run: str = "", wait_s: float = 0, tell: Any = None) -> Iterator[int]:
        yield 1

    def unfinished(self) -> Sequence[Run]:
        return [run for run in self.all.values() if run.state is RunState.EXECUTING]

    def recover(self) -> Sequence[Run]:
        return ()

    def begin(self, run: Run) -> None:
        self.all[run.id] = run

    def lock(self) -> None:
        pass

    def outcome(self, run: str) -> RunState:
        return self.all[run].state

    def record(self, entries: Sequence[Entry], refreshed: Sequence[InventoryItem]) -> None:
        for entry in entries:
            self.journal.setdefault(entry.run, []).append(entry)
            for item in (entry.inventory_before,):
                if item is not None:
                    self.items.pop(item.address, None)
        for entry in entries:
            if entry.inventory_after is not None:
                self.items[entry.inventory_after.address] = entry.inventory_after
        for item in refreshed:
            self.items[item.address] = item

    def catch_up(self, refreshed: Sequence[InventoryItem], actor: str, at: datetime) -> None:
        self.record((), refreshed)

    def succeed(self, run: str, at: datetime) -> None:
        self.all[run] = replace(self.all[run], state=RunState.SUCCEEDED, finished_at=at)

    def fail(self, run: str, at: datetime, why: str) -> None:
        self.all[run] = replace(self.all[run], state=RunState.ROLLED_BACK, finished_at=at, failure=why)

    def runs(self, limit: int | None = None) -> Sequence[Run]:
        return tuple(self.all.values())[::-1]

    def run(self, id_or_prefix: str) -> Run:
        return self.all[id_or_prefix]

    def entries(self, run: str) -> Sequence[Entry]:
        return tuple(self.journal.get(run, ()))

    def moves_since(self, run: str) -> Sequence[tuple[Address, Address]]:
        later = list(self.all)[list(self.all).index(run) + 1 :]
        return [(e.previous, e.address) for name in later for e in self.journal.get(name, ()) if e.previous]

    def history(self, address: Address) -> Sequence[tuple[Run, Entry]]:
        return tuple((self.all[e.run], e) for entries in self.journal.values() for e in entries if e.address == address)


def bare_kinds() -> dict[str, Kind]:
    """Kinds without rules, and without required fields but for people, so that a case speaks of one thing."""
    binding = Binding(kind="", model="", key=Key(columns=()), fields={})
    return {name: Kind(spec=spec if spec.people else _lenient(spec), binding=binding) for name, spec in SPECS.items()}


def _lenient(spec: KindSpec) -> KindSpec:
    return replace(spec, fields={name: replace(field, required=False) for name, field in spec.fields.items()})


def wanted(
    address: str,
    *,
    since: Mapping[str, date] | None = None,
    derived: frozenset[str] = frozenset(),
    absent: bool = False,
    protect: bool = False,
    ignore: tuple[str, ...] = (),
    file: str = "playbooks/all.yaml",
    **fields: Any,
) -> Desired:
    """A declared resource of one file."""
    source = Source(file, 1, 1)
    resource = Resource(
        address=Address.parse(address),
        fields=fields,
        source=source,
        absent=absent,
        protect=protect,
        ignore={name: Ignored() for name in ignore},
    )
    declared = {name: value for name, value in fields.items() if name not in ignore}
    return Desired(resource=resource, as_of=TODAY, fields=declared, sources={}, since=since or {}, derived=derived)


def state_of(*resources: Desired, moves: Sequence[tuple[str, str]] = (), **rest: Any) -> DesiredState:
    return DesiredState(
        as_of=TODAY,
        resources={item.address: item for item in sorted(resources, key=lambda item: item.address)},
        moves=tuple(
            Move(before=Address.parse(a), after=Address.parse(b), source=Source("playbooks/all.yaml", 9))
            for a, b in moves
        ),
        **rest,
    )


@dataclass
class Bench:
    """A live system, a memory, and the use cases on them."""

    live: Any = field(default_factory=FakeLive)
    memory: Any = field(default_factory=FakeMemory)
    policies: Policies = field(default_factory=Policies)
    limits: Limits = field(default_factory=Limits.none)
    kinds: Mapping[str, Kind] = field(default_factory=bare_kinds)
    secrets: dict[str, str] = field(default_factory=dict)
    count: int = 0

    @property
    def planner(self) -> Planner:
        return Planner(
            kinds=self.kinds,
            live=self.live,
            memory=self.memory,
            tokens=Tokens(Fingerprint(b"k" * 32)),
            policies=self.policies,
            limits=self.limits,
        )

    def plan(self, *resources: Desired, moves: Sequence[tuple[str, str]] = (), **choices: Any) -> Plan:
        selection = choices.pop("selection", None)
        rest = {name: choices.pop(name) for name in ("whole", "covered") if name in choices}
        state = state_of(*resources, moves=moves, **rest)
        return make_plan(self.planner, state, choices=Choices(**choices), selection=selection)

    def apply(self, plan: Plan) -> Run:
        self.count += 1
        run = Run(
            id=f"run-{self.count}",
            state=RunState.EXECUTING,
            actor="tester",
            started_at=NOW,
            plan_digest=plan.digest,
            as_of=plan.as_of,
            undoes=plan.undoes,
            summary=plan.summary,
            measures=plan.measures,
            reason=plan.reason,
        )
        return apply(self.planner, plan, run, Surroundings(resolve=self._resolve, now=lambda: NOW))

    def make(self, *resources: Desired, **rest: Any) -> Run:
        return self.apply(self.plan(*resources, **rest))

    def meddle(self, kind: str, key: str, fields: Mapping[str, Any]) -> None:
        """Somebody else changes an object that is there."""
        self.live.put(f"{kind}.{key}", **fields)

    def rollback(self, run: Run) -> Plan:
        return make_rollback(self.planner, run, self.memory.entries(run.id), TODAY)

    def _resolve(self, reference: SecretRef) -> str:
        if reference.uri not in self.secrets:
            raise LookupError(f"{reference.uri} isn't set")
        return self.secrets[reference.uri]


def target(*patterns: str) -> Selection:
    return Selection(targets=patterns)
