"""The use cases that need a live system: what the command line and the web pages call."""

import secrets as random
from collections.abc import Callable, Mapping
from typing import Any

from dani_playbook.core.access import Action
from dani_playbook.core.change import Reason
from dani_playbook.core.collector import without_collector
from dani_playbook.core.errors import ApplyFailed, PlanRefused
from dani_playbook.core.memory import Run, RunState
from dani_playbook.core.plan import Plan
from dani_playbook.engine.admit import admit, asked, is_first
from dani_playbook.runner import documents
from dani_playbook.runner.database_url import WAIT_S
from dani_playbook.runner.documents import Result
from dani_playbook.runner.looking import Looking
from dani_playbook.runner.originating import kept_origin
from dani_playbook.runner.planning import Planned, Planning, applies
from dani_playbook.runner.reach import changed_by, granted_by


class Session(Planning, Looking):
    """One project against its live system, which is opened, and made where it is missing, at first use.

    Playbooks are read before: a broken one leaves no trace. Raises ``LiveUnreachable`` where it can't be opened.
    """

    def admit(self, planned: Planned) -> None:
        """Raises what an apply would raise now, ``PlanStale`` or ``PlanRefused``, before anybody is asked."""
        self._refuse_forgetting(planned)
        now = self.clock()
        admit(self.planner, planned.plan, now, self.furthest(now))

    def _refuse_forgetting(self, planned: Planned) -> None:
        """A purge takes more away than its plan says; a plan of one that was saved is only there to be approved."""
        forgotten = [change.address for change in planned.plan.changes if change.reason is Reason.PURGED]
        if forgotten and planned.purge is None:
            raise PlanRefused(
                "this plan forgets somebody, and applying it alone would leave what the journal says",
                hint=f"once it is approved: dani user purge {forgotten[0]} --reason WHY --approve",
            )

    @without_collector()
    def apply(
        self, planned: Planned, tell: Callable[[str], None] = lambda step: None, wait_s: float = WAIT_S
    ) -> Result:
        """Carry a plan out, whole or not at all. Exit 7 where a rollback had to leave something alone.

        Waits ``wait_s`` for another run. Raises ``NeedsPerson`` for a database that is older than its own record.
        """
        from dani_playbook.engine.apply import Surroundings, apply
        from dani_playbook.runner.restoring import refuse_restored
        from dani_playbook.runner.secrets import resolver

        plan = planned.plan
        self.check_apply(planned)
        self._refuse_forgetting(planned)
        refuse_restored(self)
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
        action = Action.PURGE if planned.purge else applies(plan)
        self.gate.require(action, changed_by(self.specs, plan.changes))
        self.require_grant(granted_by(self.specs, plan.changes))

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
