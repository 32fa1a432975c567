"""The use cases that need a live system: what the command line and the web pages call."""

import secrets as random
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dani_playbook.core.access import Action
from dani_playbook.core.address import Address
from dani_playbook.core.approval import Known
from dani_playbook.core.change import Reason
from dani_playbook.core.errors import ApplyFailed, PlanRefused, PlaybookError
from dani_playbook.core.hidden import Key, Variables
from dani_playbook.core.identity import Accounts, Identity
from dani_playbook.core.live import Live
from dani_playbook.core.memory import InventoryItem, Memory, Run, RunState
from dani_playbook.core.names import did_you_mean
from dani_playbook.core.plan import Plan
from dani_playbook.core.resource import DesiredState, Playbooks
from dani_playbook.core.values import Fingerprint, Value
from dani_playbook.engine.admit import admit, asked, demanded, is_first
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
from dani_playbook.runner.approving import approvals_document
from dani_playbook.runner.asking import kept_file, kept_request, kept_rollback
from dani_playbook.runner.config import Config, SignIn
from dani_playbook.runner.database_url import WAIT_S
from dani_playbook.runner.documents import Result
from dani_playbook.runner.explaining import Subject, explain_document
from dani_playbook.runner.gate import Gate
from dani_playbook.runner.identity import identify, machine_name
from dani_playbook.runner.limiting import limits_of, raised
from dani_playbook.runner.offline import Offline, Request
from dani_playbook.runner.originating import crosses, decided_by, kept_origin, origin_of
from dani_playbook.runner.reach import Reach, changed_by, granted_by, reach, told_by
from dani_playbook.runner.restoring import refuse_restored
from dani_playbook.runner.ruling import policy_now, settings_of
from dani_playbook.runner.saving import opened, packed_bytes, read_plan, saved_document, write_plan
from dani_playbook.runner.seal import Seal
from dani_playbook.runner.secrets import resolver
from dani_playbook.runner.wiring import open_access, open_accounts, open_database, open_system, open_trail

if TYPE_CHECKING:
    from dani_playbook.runner.database import Database
    from dani_playbook.runner.purging import Purge
    from dani_playbook.state.access import Access
    from dani_playbook.state.audit import Trail

UNSAFE_VARIABLE = "DANI_ALLOW_UNSAFE_DATABASE"
"""Set to 1, a database that may forget what it has committed is written to all the same; for tests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A plan, and what is to be said of it. ``playbooks`` is what it was made from, where it was made here."""

    plan: Plan
    result: Result
    reveal: bool = False
    paths: tuple[str, ...] = ()
    playbooks: Playbooks | None = None
    at: date | None = None
    request: Mapping[str, Any] = field(default_factory=dict)
    """What was asked for, as its run keeps it."""
    purge: "Purge | None" = None


class Session(Offline):
    """One project against its live system, which is opened, and made where it is missing, at first use.

    Playbooks are read before: a broken one leaves no trace. Raises ``LiveUnreachable`` where it can't be opened.
    """

    def __init__(
        self,
        config: Config,
        *,
        now: datetime,
        actor: str,
        environ: Mapping[str, str],
        reason: str = "",
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__(config, now=now)
        self.machine_name = machine_name(actor)
        self.environ: Mapping[str, str] = Variables(environ)
        self.said_reason = reason
        self.clock = clock

    @cached_property
    def identity(self) -> Identity:
        """Who acts: a key, else who signed in, else the machine's user. Raises ``Denied`` for one that is no good."""
        return identify(self)

    @property
    def reason(self) -> str:
        """Why masked values are looked at: ``--reason``, else ``DANI_REASON``."""
        return self.said_reason or self.environ.get("DANI_REASON", "")

    @property
    def sign_in(self) -> SignIn:
        return self.config.sign_in

    @cached_property
    def access(self) -> "Access":
        return open_access(self.database, self.key)

    @cached_property
    def accounts(self) -> Accounts:
        """The accounts of the HR system. Raises ``Denied`` in another project's Django."""
        return open_accounts(self.database, self.access)

    @property
    def gate(self) -> Gate:
        """Asked before anything is done."""
        return Gate(
            identity=self.identity,
            required=self.sign_in.is_required,
            fresh=timedelta(minutes=self.sign_in.fresh_minutes),
            now=self.now,
            remember=self._denied,
        )

    def _denied(self, action: Action, detail: Mapping[str, Any]) -> None:
        self._note(self.actor, f"{action}", "", {**detail, **self._way}, "denied")

    @property
    def actor(self) -> str:
        """Whom records name."""
        return self.identity.name

    @cached_property
    def key(self) -> Key:
        """The project's key, made where it is missing."""
        return project.project_key(self.config.root, self.environ, random.token_bytes)

    @cached_property
    def database(self) -> "Database":
        return open_database(self.config, self.environ)

    @cached_property
    def trail(self) -> "Trail":
        return open_trail(self.database, self.config.root, self.key)

    def note(self, action: str, named: str, **detail: Any) -> None:
        """Remembers in the audit trail what the actor does, before it is done."""
        if self.reason:
            detail["reason"] = self.reason
        self._note(self.actor, action, named, detail | self._way, "done")

    def note_denied(self, action: str, named: str, **detail: Any) -> None:
        """Remembers an attempt of somebody who isn't known; it stays although the command fails."""
        self._note(self.machine_name, action, named, detail, "denied")

    @property
    def _way(self) -> dict[str, Any]:
        """How the actor is known, where that isn't the machine's user."""
        identity = self.identity
        said = {"way": identity.way.value, "key": identity.key} if identity.account else {}
        return {name: value for name, value in said.items() if value}

    def _note(self, actor: str, action: str, named: str, detail: Mapping[str, Any], result: str) -> None:
        from dani_playbook.state.chain import Event

        self.trail.note(Event(at=self.clock(), actor=actor, action=action, object=named, detail=detail, result=result))

    @cached_property
    def _system(self) -> tuple[Live, Memory]:
        self.gate.enter()
        unsafe_allowed = self.environ.get(UNSAFE_VARIABLE) == "1"
        return open_system(self.database, self.kinds, self.key, self.trail, unsafe_allowed=unsafe_allowed)

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
            policy=policy_now(self),
            accounts=self._known,
            settings=settings_of(self.config),
            can_approve=lambda roles: any(self.accounts.with_role(role) for role in sorted(roles)),
        )

    @property
    def seal(self) -> Seal:
        return Seal(self.key)

    def _known(self, people: Collection[Address]) -> Known:
        return self.accounts.of(people) if people else {}

    def _raised(self, raises: Mapping[str, int], reason: str) -> Planner:
        """The planner with limits raised for one call."""
        return replace(self.planner, limits=raised(self.planner.limits, raises, reason, self.specs))

    def plan(self, request: Request) -> Planned:
        """What would change, for whom, when and why. Exit 2 where there is something, for ``--exit-code``."""
        playbooks = self.read(request.paths)
        state = self.desired(playbooks, request.at, request.paths)
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
        decided = decided_by(self, request, playbooks)
        plan = replace(plan, origin=origin_of(self, plan, self.clock(), decided=decided, playbooks=playbooks))
        planned = self.told(plan, request.paths or (self.config.playbooks,), reveal=request.reveal)
        kept = kept_request(request, self.config.root)
        return replace(planned, playbooks=playbooks, at=request.at, request=kept)

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

    def told(self, plan: Plan, paths: tuple[str, ...], *, reveal: bool) -> Planned:
        """A plan with its document."""
        if reveal:
            addresses = [str(change.address) for change in plan.changes]
            shown = told_by(self.specs, plan)
            self._reveal(shown, plan.undoes or "", what="plan", plan=plan.digest, addresses=addresses)
        document = documents.plan_document(
            self.specs, plan, reveal=reveal, environment=self.config.environment, paths=paths
        )
        document["approvals"] = approvals_document(self.planner, plan, demanded(self.planner, plan, self.clock()))
        code = 4 if plan.blockers else 2 if plan.held or not plan.is_quiet else 0
        return Planned(plan=plan, result=Result(document=document, exit_code=code), reveal=reveal, paths=paths)

    def save(self, planned: Planned, path: Path, *, overwrite: bool = False) -> Planned:
        """The plan in a file under the project's seal; what it may be applied to is fixed with it."""
        origin = planned.plan.origin
        assert origin is not None
        first = crosses(self, planned.plan, planned.playbooks, planned.at) if planned.playbooks else None
        plan = replace(planned.plan, origin=replace(origin, crosses=first, is_saved=True))
        write_plan(path, packed_bytes(plan, self.specs, self.seal, planned.paths), overwrite=overwrite)
        return replace(planned, plan=plan, result=replace(planned.result, document=self._as_saved(planned, plan, path)))

    def _as_saved(self, planned: Planned, plan: Plan, path: Path) -> dict[str, Any]:
        return {**planned.result.document, "saved": saved_document(plan, str(path), is_verified=True)}

    def saved(self, path: Path, *, reveal: bool = False) -> Planned:
        """The plan of a genuine file. Raises ``PlaybookError`` and ``Denied`` for any other one."""
        plan, paths = opened(read_plan(path), path.name, self.seal, self.specs, self.planner.tokens)
        planned = self.told(plan, paths, reveal=reveal)
        result = replace(planned.result, document=self._as_saved(planned, plan, path))
        return replace(planned, result=result, request=kept_file(path, self.config.root))

    def _last_as_of(self) -> date | None:
        done = (run for run in self.memory.runs(limit=20) if _passed_a_day(run))
        return next((run.as_of for run in done), None)

    def admit(self, planned: Planned) -> None:
        """Raises what an apply would raise now, ``PlanStale`` or ``PlanRefused``, before anybody is asked."""
        now = self.clock()
        admit(self.planner, planned.plan, now, self.furthest(now))

    def _refuse_forgetting(self, planned: Planned) -> None:
        """A purge takes more away than its plan says; a plan of one that was saved is only there to be approved."""
        forgotten = [change.address for change in planned.plan.changes if change.reason is Reason.PURGED]
        if forgotten and planned.purge is None:
            raise PlanRefused(
                "this plan forgets somebody, and more than a plan goes with that",
                hint=f"once it is approved: dani user purge {forgotten[0]} --reason WHY --approve",
            )

    def apply(
        self, planned: Planned, tell: Callable[[str], None] = lambda step: None, wait_s: float = WAIT_S
    ) -> Result:
        """Carry a plan out, whole or not at all. Exit 7 where a rollback had to leave something alone.

        Waits ``wait_s`` for another run. Raises ``NeedsPerson`` for a database that is older than its own record.
        """
        self._refuse_forgetting(planned)
        refuse_restored(self)
        plan = planned.plan
        self.check_apply(planned)
        if is_first(self.planner, asked(self.planner, plan)):
            self.note("approvals-waived", plan.digest, why="no run yet, and nobody has a role that could approve")
        run = self._new_run(plan, planned.request)
        around = Surroundings(
            resolve=resolver(self.config.root, self.environ),
            now=self.clock,
            tell=tell,
            today=self.furthest,
            wait_s=wait_s,
        )
        around = planned.purge.around(around) if planned.purge else around
        document: dict[str, object] = {"format": "dani.apply/1", "plan": planned.result.document, "failure": None}
        try:
            done = apply(self.planner, plan, run, around)
        except ApplyFailed as error:
            error.run = run.id
            raise
        if planned.purge:
            planned.purge.tidy()
        outcome = "succeeded" if plan.changes else "nothing"
        document |= {"run": documents.run_document(done) if plan.changes else None, "outcome": outcome}
        return Result(document=document, exit_code=7 if plan.skipped else 0)

    def check_apply(self, planned: Planned) -> None:
        """Raises ``Denied`` where the actor may not carry a plan out."""
        plan = planned.plan
        action = Action.PURGE if planned.purge else Action.ROLLBACK if plan.undoes else Action.APPLY
        self.gate.require(action, changed_by(self.specs, plan.changes))
        granted = granted_by(self.specs, plan.changes)
        if granted.counts:
            self.gate.require(Action.GRANT, granted)

    def _reveal(self, shown: Reach, named: str, *, action: str = "reveal", **detail: Any) -> None:
        """Raises ``Denied`` and ``UsageError`` where masked values may not be shown; remembers that they are."""
        self.gate.require(Action.REVEAL, shown)
        self.gate.require_reason(self.reason)
        self.note(action, named, **detail)

    def _new_run(self, plan: Plan, request: Mapping[str, Any] | None = None) -> Run:
        return Run(
            id=random.token_hex(6),
            state=RunState.EXECUTING,
            actor=self.actor,
            started_at=self.clock(),
            plan_digest=plan.digest,
            as_of=plan.as_of,
            environment=self.config.environment,
            commit=plan.origin.commit if plan.origin else "",
            complete=plan.complete,
            undoes=plan.undoes,
            summary=plan.summary,
            marks=plan.marks,
            measures=plan.measures,
            reason=plan.reason,
            request={**(request or {}), **kept_origin(self, plan)},
        )

    def rollback(
        self, run_id: str, *, reveal: bool = False, raises: Mapping[str, int] | None = None, reason: str = ""
    ) -> Planned:
        """The plan that takes a run back."""
        self.gate.require(Action.ROLLBACK)
        run = self.one_run(run_id)
        if run.state is not RunState.SUCCEEDED:
            raise PlaybookError(f"run {run.id} changed nothing, so there is nothing to take back")
        planner = self._raised(raises or {}, reason if raises or not reveal else "")
        plan = make_rollback(planner, run, self.memory.entries(run.id), self.today())
        self.gate.require(Action.ROLLBACK, told_by(self.specs, plan))
        self.note("rollback-planned", run.id, plan=plan.digest)
        plan = replace(plan, origin=origin_of(self, plan, self.clock(), decided="a run is taken back"))
        planned = self.told(plan, (), reveal=reveal)
        return replace(planned, request=kept_rollback(run.id, raises or {}, reason))

    def one_run(self, run_id: str) -> Run:
        """The run whose id begins so. Raises ``PlaybookError`` where none or several do."""
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
        run = self.one_run(run_id)
        entries = self.memory.entries(run.id)
        shown = reach(self.specs, ((entry.address, entry.reasons) for entry in entries))
        self.gate.require(Action.LOOK, shown)
        if reveal:
            self._reveal(shown, run.id, what="run")
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
            self._reveal(shown, "", what="drift", addresses=[str(item.address) for item in items])
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
            self._reveal(shown, str(at), what="explain")
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
            self._reveal(shown, selector or "*", action="export", reveal=True, resources=len(found))
        return found

    def export_to(self, selector: str | None, folder: Path, *, reveal: bool = False) -> Result:
        """The live system as playbooks whose plan is empty. Existing files are never overwritten."""
        from dani_playbook.language.write import write_playbooks

        found = self._exported(selector, reveal=reveal)
        files = write_playbooks(found, self.dictionary, folder, reveal=reveal)
        document = {"format": "dani.written/1", "files": [str(file) for file in files], "resources": len(found)}
        return Result(document=document)


def _passed_a_day(run: Run) -> bool:
    return run.state is RunState.SUCCEEDED and run.complete and not run.undoes


def _before_moves(state: DesiredState, inventory: Mapping[Address, InventoryItem]) -> DesiredState:
    """Declared resources under the addresses that they still have: what we applied names others by those."""
    still = follow_moves(inventory, state.moves).previous
    return replace(state, resources={still.get(address, address): item for address, item in state.resources.items()})
