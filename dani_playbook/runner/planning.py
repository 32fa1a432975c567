"""Planning: a plan made from playbooks, from a past run, or taken out of a file, with its document."""

from collections.abc import Mapping
from dataclasses import field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dani_playbook.core.access import Action
from dani_playbook.core.binding import NOISE
from dani_playbook.core.collector import without_collector
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.errors import PlanRefused, PlaybookError
from dani_playbook.core.memory import RunState
from dani_playbook.core.names import did_you_mean
from dani_playbook.core.plan import Plan
from dani_playbook.core.resource import DesiredState, Playbooks
from dani_playbook.engine.admit import demanded
from dani_playbook.engine.field import Choices
from dani_playbook.engine.plan import Planner, make_plan
from dani_playbook.engine.target import Selection, matches
from dani_playbook.runner.approving import approvals_document
from dani_playbook.runner.asking import kept_file, kept_request, kept_rollback
from dani_playbook.runner.documents import Result
from dani_playbook.runner.limiting import raised
from dani_playbook.runner.offline import Request
from dani_playbook.runner.originating import crosses, decided_by, origin_of
from dani_playbook.runner.plan_document import plan_document
from dani_playbook.runner.reach import changed_by, told_by
from dani_playbook.runner.system import WithSystem

if TYPE_CHECKING:
    from dani_playbook.runner.purging import Purge
    from dani_playbook.runner.seal import Seal


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


def applies(plan: Plan) -> Action:
    """What carrying a plan out is called in the table of roles."""
    return Action.ROLLBACK if plan.undoes else Action.APPLY


class Planning(WithSystem):
    """Use cases that end in a plan. Playbooks are read before the live system is opened: a broken one leaves no trace."""

    @property
    def seal(self) -> "Seal":
        from dani_playbook.runner.seal import Seal

        return Seal(self.key)

    def _raised(self, raises: Mapping[str, int], reason: str) -> Planner:
        """The planner with limits raised for one call."""
        return replace(self.planner, limits=raised(self.planner.limits, raises, reason, self.specs))

    @without_collector()
    def plan(self, request: Request) -> Planned:
        """What would change, for whom, when and why. Exit 2 where there is something, for ``--exit-code``."""
        playbooks = self.read(request.paths, meanwhile=self.look_ahead)
        state = self.desired(playbooks, request.at, request.paths)
        self.gate.require(Action.PLAN)
        if request.deep:
            self._refuse_loud()
        choices = Choices(
            restore=lambda address: matches(address, request.restore),
            prefer=request.prefer,
            last_as_of=self.last_as_of(),
        )
        selection = self._selection(request, state)
        planner = self._raised(request.raises, request.reason if request.raises or not request.reveal else "")
        planner = replace(planner, memo=replace(planner.memo, ahead=self.taken_ahead()))
        plan = make_plan(planner, state, choices=choices, selection=selection)
        self.gate.require(Action.PLAN, told_by(self.specs, plan))
        if request.deep:
            from dani_playbook.engine.rehearse import rehearse

            plan = rehearse(self.planner, plan)
        decided = decided_by(self, request, playbooks)
        plan = replace(plan, origin=origin_of(self, plan, self.clock(), decided=decided, playbooks=playbooks))
        planned = self.told(plan, request.paths or (self.config.playbooks,), reveal=request.reveal)
        kept = kept_request(request, self.config.root)
        return replace(planned, playbooks=playbooks, at=request.at, request=kept)

    def _refuse_loud(self) -> None:
        """A try that is taken back takes back no mail and no thread. Raises ``PlanRefused`` where these happen."""
        file = self.config.bindings
        loud = [item for item in NOISE if file and item not in file.bindings.boot.off]
        if file and loud:
            raise PlanRefused(
                f"--deep tries the plan and takes it back, and {' and '.join(loud)} wouldn't be taken back",
                hint=f'write "off": [{", ".join(NOISE)}] under django: in {file.file}',
            )

    def _selection(self, request: Request, state: DesiredState) -> Selection:
        """Raises ``PlaybookError`` for a pattern that means nothing: a typing error must not look like no changes."""
        if not (request.targets or request.excludes or request.restore or request.prefer):
            return Selection()
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
            self.reveal(shown, plan.undoes or "", what="plan", plan=plan.digest, addresses=addresses)
        document = plan_document(self.specs, plan, reveal=reveal, environment=self.config.environment, paths=paths)
        document["approvals"] = approvals_document(self.planner, plan, demanded(self.planner, plan, self.clock()))
        code = 4 if plan.blockers else 2 if plan.held or not plan.is_quiet else 0
        return Planned(plan=plan, result=Result(document=document, exit_code=code), reveal=reveal, paths=paths)

    def save(self, planned: Planned, path: Path, *, overwrite: bool = False) -> Planned:
        """The plan in a file under the project's seal; what it may be applied to is fixed with it."""
        from dani_playbook.runner.saving import packed_bytes, write_plan

        origin = planned.plan.origin
        assert origin is not None
        first = crosses(self, planned.plan, planned.playbooks, planned.at) if planned.playbooks else None
        plan = replace(planned.plan, origin=replace(origin, crosses=first, is_saved=True))
        write_plan(path, packed_bytes(plan, self.specs, self.seal, planned.paths), overwrite=overwrite)
        return replace(planned, plan=plan, result=replace(planned.result, document=self._as_saved(planned, plan, path)))

    def _as_saved(self, planned: Planned, plan: Plan, path: Path) -> dict[str, Any]:
        from dani_playbook.runner.saving import saved_document

        return {**planned.result.document, "saved": saved_document(plan, str(path), is_verified=True)}

    def saved(self, path: Path, *, reveal: bool = False, applying: bool = False) -> Planned:
        """The plan of a genuine file. Raises ``PlaybookError`` and ``Denied`` for any other one.

        Raises ``Denied`` also for who may not look at what it shows; ``applying``, for who may not apply it.
        """
        from dani_playbook.runner.saving import opened, read_plan

        plan, paths = opened(read_plan(path), path.name, self.seal, self.specs, self.planner.tokens)
        if applying:
            self.gate.require(applies(plan), changed_by(self.specs, plan.changes))
        else:
            self.gate.require(Action.LOOK, told_by(self.specs, plan))
        planned = self.told(plan, paths, reveal=reveal)
        result = replace(planned.result, document=self._as_saved(planned, plan, path))
        return replace(planned, result=result, request=kept_file(path, self.config.root))

    @without_collector()
    def rollback(
        self, run_id: str, *, reveal: bool = False, raises: Mapping[str, int] | None = None, reason: str = ""
    ) -> Planned:
        """The plan that takes a run back."""
        from dani_playbook.engine.rollback import make_rollback

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
