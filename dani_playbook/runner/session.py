"""The use cases that need a live system: what the command line and the web pages call."""

import secrets as random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path

from dani_playbook.core.access import Action
from dani_playbook.core.address import Address
from dani_playbook.core.errors import ApplyFailed, PlaybookError
from dani_playbook.core.live import Live
from dani_playbook.core.memory import InventoryItem, Memory, Run, RunState
from dani_playbook.core.names import did_you_mean
from dani_playbook.core.plan import Plan
from dani_playbook.core.resource import DesiredState
from dani_playbook.core.values import Fingerprint, Value
from dani_playbook.engine.apply import Surroundings, apply
from dani_playbook.engine.drift import find_drift
from dani_playbook.engine.field import Choices
from dani_playbook.engine.moves import follow_moves
from dani_playbook.engine.observe import Observed, owners, place, read_all
from dani_playbook.engine.plan import Planner, drafted, make_plan, unmanaged
from dani_playbook.engine.rehearse import rehearse
from dani_playbook.engine.removal import Policies
from dani_playbook.engine.rollback import make_rollback
from dani_playbook.engine.target import Selection, matches
from dani_playbook.engine.token import Tokens
from dani_playbook.runner import documents, project
from dani_playbook.runner.documents import Result
from dani_playbook.runner.explaining import Subject, explain_document
from dani_playbook.runner.limiting import limits_of, raised
from dani_playbook.runner.offline import Request
from dani_playbook.runner.opened import Opened
from dani_playbook.runner.reach import changed_by, granted_by, reach, told_by
from dani_playbook.runner.secrets import resolver
from dani_playbook.runner.wiring import open_system


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A plan, and what is to be said of it."""

    plan: Plan
    result: Result
    reveal: bool = False


class Session(Opened):
    """One project against its live system, which is opened, and made where it is missing, at first use.

    Playbooks are read before: a broken one leaves no trace. Raises ``LiveUnreachable`` where it can't be opened.
    """

    @cached_property
    def _system(self) -> tuple[Live, Memory]:
        self.gate.enter()
        return open_system(self.database, self.kinds, self.key, self.trail)

    @property
    def live(self) -> Live:
        return self._system[0]

    @property
    def memory(self) -> Memory:
        return self._system[1]

    @cached_property
    def planner(self) -> Planner:
        return Planner(
            kinds=self.kinds,
            live=self.live,
            memory=self.memory,
            tokens=Tokens(Fingerprint(self.key)),
            policies=Policies(project=self.config.removal),
            limits=limits_of(self.config, self.now, self.today()),
        )

    def _raised(self, raises: Mapping[str, int], reason: str) -> Planner:
        """The planner with limits raised for one call."""
        return replace(self.planner, limits=raised(self.planner.limits, raises, reason, self.specs))

    def plan(self, request: Request) -> Planned:
        """What would change, for whom, when and why. Exit 2 where there is something, for ``--exit-code``."""
        state = self.desired(self.read(request.paths), request.at, request.paths)
        self.gate.require(Action.PLAN)
        choices = Choices(
            restore=lambda address: matches(address, request.restore),
            prefer=request.prefer,
            last_as_of=self._last_as_of(),
        )
        selection = self._selection(request, state)
        planner = self._raised(request.raises, request.reason if request.raises or not request.reveal else "")
        plan = make_plan(planner, state, choices=choices, selection=selection)
        self.gate.require(Action.PLAN, told_by(self.specs, plan))
        if request.deep:
            plan = rehearse(self.planner, plan)
        return self._planned(plan, request.paths or (self.config.playbooks,), reveal=request.reveal)

    def _selection(self, request: Request, state: DesiredState) -> Selection:
        """Raises ``PlaybookError`` for a pattern that means nothing: a typing error must not look like no changes."""
        known = [*state.resources, *self.memory.inventory()]
        for pattern in (*request.targets, *request.excludes, *request.restore):
            if not any(matches(address, (pattern,)) for address in known):
                near = did_you_mean(pattern, map(str, known))
                raise PlaybookError(f"{pattern} means no resource that is declared or managed{near}")
        for where, side in request.prefer.items():
            address, _, name = where.rpartition(".")
            if not any(str(item) == address and name in self.specs[item.kind].fields for item in known):
                near = did_you_mean(
                    where, (f"{item}.{field}" for item in known for field in self.specs[item.kind].fields)
                )
                raise PlaybookError(f"{where} is no field of a resource that is declared or managed{near}")
            if side not in ("playbook", "live"):
                raise PlaybookError(f"{where} can't prefer {side}", hint="one of playbook and live")
        return Selection(targets=request.targets, excludes=request.excludes)

    def _planned(self, plan: Plan, paths: tuple[str, ...], *, reveal: bool) -> Planned:
        if reveal:
            addresses = [str(change.address) for change in plan.changes]
            shown = told_by(self.specs, plan)
            self.reveal(shown, plan.undoes or "", what="plan", plan=plan.digest, addresses=addresses)
        document = documents.plan_document(
            self.specs, plan, reveal=reveal, environment=self.config.environment, paths=paths
        )
        code = 4 if plan.blockers else 2 if plan.held or not plan.is_quiet else 0
        return Planned(plan=plan, result=Result(document=document, exit_code=code), reveal=reveal)

    def _last_as_of(self) -> date | None:
        done = (run for run in self.memory.runs(limit=20) if run.state is RunState.SUCCEEDED and not run.undoes)
        return next((run.as_of for run in done), None)

    def apply(self, planned: Planned, tell: Callable[[str], None] = lambda step: None) -> Result:
        """Carry a plan out, whole or not at all. Exit 7 where a rollback had to leave something alone."""
        plan = planned.plan
        self.check_apply(plan)
        run = self._new_run(plan)
        around = Surroundings(resolve=resolver(self.config.root, self.environ), now=_now, tell=tell)
        document: dict[str, object] = {"format": "dani.apply/1", "plan": planned.result.document, "failure": None}
        try:
            done = apply(self.planner, plan, run, around)
        except ApplyFailed as error:
            error.run = run.id
            raise
        outcome = "succeeded" if plan.changes else "nothing"
        document |= {"run": documents.run_document(done) if plan.changes else None, "outcome": outcome}
        return Result(document=document, exit_code=7 if plan.skipped else 0)

    def check_apply(self, plan: Plan) -> None:
        """Raises ``Denied`` where the actor may not carry a plan out."""
        action = Action.ROLLBACK if plan.undoes else Action.APPLY
        self.gate.require(action, changed_by(self.specs, plan.changes))
        self.require_grant(granted_by(self.specs, plan.changes))

    def _new_run(self, plan: Plan) -> Run:
        return Run(
            id=random.token_hex(6),
            state=RunState.EXECUTING,
            actor=self.actor,
            started_at=_now(),
            plan_digest=plan.digest,
            as_of=plan.as_of,
            environment=self.config.environment,
            commit=project.commit(self.config.root),
            complete=plan.complete,
            undoes=plan.undoes,
            summary=plan.summary,
            marks=plan.marks,
            measures=plan.measures,
            reason=plan.reason,
        )

    def rollback(
        self, run_id: str, *, reveal: bool = False, raises: Mapping[str, int] | None = None, reason: str = ""
    ) -> Planned:
        """The plan that takes a run back."""
        self.gate.require(Action.ROLLBACK)
        run = self._run(run_id)
        if run.state is not RunState.SUCCEEDED:
            raise PlaybookError(f"run {run.id} changed nothing, so there is nothing to take back")
        planner = self._raised(raises or {}, reason if raises or not reveal else "")
        plan = make_rollback(planner, run, self.memory.entries(run.id), self.today())
        self.gate.require(Action.ROLLBACK, told_by(self.specs, plan))
        self.note("rollback-planned", run.id, plan=plan.digest)
        return self._planned(plan, (), reveal=reveal)

    def _run(self, run_id: str) -> Run:
        try:
            return self.memory.run(run_id)
        except LookupError as error:
            raise PlaybookError(str(error.args[0]), hint="dani runs lists them") from None

    def runs(self, limit: int | None = None) -> Result:
        """Past runs, newest first."""
        self.gate.require(Action.LOOK)
        return Result(document=documents.runs_document(self.memory.runs(limit)))

    def run(self, run_id: str, *, reveal: bool = False) -> Result:
        self.gate.require(Action.LOOK)
        run = self._run(run_id)
        entries = self.memory.entries(run.id)
        shown = reach(self.specs, ((entry.address, {*entry.reasons, *entry.changed}) for entry in entries))
        self.gate.require(Action.LOOK, shown)
        if reveal:
            self.reveal(shown, run.id, what="run")
        return Result(document=documents.past_run_document(self.specs, run, entries, reveal=reveal))

    def looked(self) -> tuple[Mapping[Address, InventoryItem], Observed]:
        """What we manage and what there is, by address. One query a kind, and one more."""
        inventory = self.memory.inventory()
        snapshots = read_all(self.specs.values(), self.live)
        return inventory, place(self.specs.values(), snapshots, owners(inventory.values()))

    def drift(self, request: Request) -> Result:
        """What others changed since the last apply. Exit 2 where there is some; a date that came is not drift."""
        state = self._state_or_nothing(request)
        self.gate.require(Action.LOOK)
        inventory, observed = self.looked()
        items = find_drift(_before_moves(state, inventory), inventory, observed, self.specs, self.planner.tokens)
        left = unmanaged(observed, inventory)
        shown = reach(self.specs, ((item.address, [field.name for field in item.fields]) for item in items))
        self.gate.require(Action.LOOK, shown)
        if request.reveal:
            self.reveal(shown, "", what="drift", addresses=[str(item.address) for item in items])
        document = documents.drift_document(self.specs, items, state.as_of, left, reveal=request.reveal)
        return Result(document=document, exit_code=2 if any(item.drift != "due" for item in items) else 0)

    def _state_or_nothing(self, request: Request) -> DesiredState:
        """Playbooks tell a date that came from drift, but drift can be looked at without them."""
        if not request.paths and not (self.config.root / self.config.playbooks).exists():
            return DesiredState(as_of=self.today(request.at), resources={})
        return self.desired(self.read(request.paths), request.at, request.paths)

    def explain(self, address: str, name: str | None, request: Request) -> Result:
        """Where each value comes from, who owns it, what was applied, what is live."""
        at = self.address(address)
        if name is not None and name not in self.specs[at.kind].fields:
            near = did_you_mean(name, self.specs[at.kind].fields)
            raise PlaybookError(f"{at.kind} has no field called {name}{near}", hint=f"dani schema {at.kind} lists them")
        playbooks = self.read(request.paths)
        state = self.desired(playbooks, request.at, request.paths)
        shown = reach(self.specs, [(at, [name] if name else self.specs[at.kind].fields)])
        self.gate.require(Action.LOOK, shown)
        moved, draft = drafted(self.planner, state, Choices(last_as_of=self._last_as_of()))
        subject = Subject(
            address=at,
            spec=self.specs[at.kind],
            resource=playbooks.resources.get(at),
            desired=state.resources.get(at),
            item=moved.inventory.get(at),
            live=draft.observed.objects.get(at),
            change=next((change for change in draft.changes if change.address == at), None),
            findings=tuple(item for item in draft.findings if item.address == at),
            history=self.memory.history(at),
        )
        subject.raise_if_unknown(playbooks)
        if request.reveal:
            self.reveal(shown, str(at), what="explain")
        properties = self.dictionary.schemas[f"{at.kind}.schema.json"]["properties"]
        texts = {key: rule.get("description", "") for key, rule in properties.items()}
        tokens, as_of = self.planner.tokens, state.as_of.isoformat()
        return Result(document=explain_document(subject, as_of, tokens, texts, name, reveal=request.reveal))

    def export(self, selector: str | None = None, *, reveal: bool = False) -> Result:
        """The live system as data: every managed field of every object."""
        found = self._exported(selector, reveal=reveal)
        return Result(document=documents.export_document(self.specs, found, reveal=reveal))

    def _exported(self, selector: str | None, *, reveal: bool) -> dict[Address, Mapping[str, Value]]:
        self.gate.require(Action.EXPORT)
        observed = self.looked()[1].objects
        found = {a: observed[a].fields for a in sorted(observed) if not selector or matches(a, (selector,))}
        shown = reach(self.specs, ((address, fields) for address, fields in found.items()))
        self.gate.require(Action.EXPORT, shown)
        if reveal:
            self.reveal(shown, selector or "*", action="export", reveal=True, resources=len(found))
        return found

    def export_to(self, selector: str | None, folder: Path, *, reveal: bool = False) -> Result:
        """The live system as playbooks whose plan is empty. Existing files are never overwritten."""
        from dani_playbook.language.write import write_playbooks

        found = self._exported(selector, reveal=reveal)
        files = write_playbooks(found, self.dictionary, folder, reveal=reveal)
        document = {"format": "dani.written/1", "files": [str(file) for file in files], "resources": len(found)}
        return Result(document=document)


def _before_moves(state: DesiredState, inventory: Mapping[Address, InventoryItem]) -> DesiredState:
    """Declared resources under the addresses that they still have: what we applied names others by those."""
    still = follow_moves(inventory, state.moves).previous
    return replace(state, resources={still.get(address, address): item for address, item in state.resources.items()})


def _now() -> datetime:
    return datetime.now(UTC)
