"""Untrusted: a plan of a tree that nobody vouches for. It is only looked at, and tells nothing of masked fields."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from dani_playbook.core.change import Finding
from dani_playbook.core.errors import DaniError, PlanRefused
from dani_playbook.core.plan import Plan
from dani_playbook.core.problem import Problem, in_order
from dani_playbook.core.resource import DesiredState, Playbooks
from dani_playbook.core.source import Source
from dani_playbook.engine.plan import Planner, veiled
from dani_playbook.language.frame import Lines
from dani_playbook.language.load import Finished, Loaded, Loading
from dani_playbook.language.timeline import desired_state
from dani_playbook.language.tree import StoredTree
from dani_playbook.runner.config import Config
from dani_playbook.runner.documents import Result
from dani_playbook.runner.offline import Request
from dani_playbook.runner.planning import Planned
from dani_playbook.runner.problems import problem_document
from dani_playbook.runner.session import Session
from dani_playbook.runner.untrusted.reading import Readings

_NOTHING = Loaded(playbooks=Playbooks(resources={}))
_UNREAD = replace(_NOTHING, problems=(Problem(code="unreadable", message="the other files have problems"),))


class UntrustedSession(Session):
    """``config`` is the base's. What the files say was read by a worker before anything else was opened."""

    def __init__(
        self,
        config: Config,
        *,
        now: datetime,
        actor: str,
        environ: Mapping[str, str],
        readings: Readings,
        remarks: Sequence[Finding] = (),
    ) -> None:
        super().__init__(config, now=now, actor=actor, environ=environ)
        self.readings = readings
        self.remarks = tuple(remarks)
        self._at: date | None = None
        self._paths: tuple[str, ...] = ()

    def load(self, paths: Sequence[str]) -> Loaded:
        """What the worker read. Other files of the project are asked for only beside some that were named."""
        return self.readings.head if tuple(paths) == self._paths else self.readings.whole or _UNREAD

    def start_loading(self, paths: Sequence[str]) -> Loading:
        """Nothing is left to be read, and nothing here may read it."""
        return Finished(self.load(paths))

    @property
    def planner(self) -> Planner:
        return veiled(super().planner, self._base)

    @property
    def _base(self) -> DesiredState:
        playbooks = (self.readings.base or _NOTHING).playbooks
        return desired_state(playbooks, self.date_of(self._at), self.today(self._at), self.derive)

    def plan(self, request: Request) -> Planned:
        """Raises ``PlanRefused`` for what would do more than look."""
        if request.deep or request.reveal or request.restore or request.prefer or request.raises:
            raise PlanRefused("a plan of a tree that nobody vouches for is only looked at")
        self._at, self._paths = request.at, request.paths
        try:
            return super().plan(request)
        except DaniError as error:
            raise self._without_frames(error) from None

    def _without_frames(self, error: DaniError) -> DaniError:
        """The lines of a stranger's files are read by a worker or not at all."""
        nothing = Lines(self.config.root, StoredTree({}))
        if error.shown is None:
            root, known = self.config.root, self.dictionary
            error.shown = [problem_document(item, root, known, nothing) for item in in_order(error.problems)]
        return error

    def told(self, plan: Plan, paths: tuple[str, ...], *, reveal: bool) -> Planned:
        planned = super().told(replace(plan, warnings=(*plan.warnings, *self._remarks())), paths, reveal=False)
        document = {**planned.result.document, "untrusted": True}
        return replace(planned, result=Result(document=document, exit_code=planned.result.exit_code))

    def _remarks(self) -> tuple[Finding, ...]:
        if self.readings.base is not None:
            return self.remarks
        message = "the base has problems of its own, so every personal and special value counts as a new one"
        return (*self.remarks, Finding(code="broken-base", message=message))

    def apply(self, planned: Planned, tell: Callable[[str], None] = lambda step: None, wait_s: float = 0) -> Any:
        raise _only_to_look_at()

    def save(self, planned: Planned, path: Path, *, overwrite: bool = False) -> Any:
        raise _only_to_look_at()


def _only_to_look_at() -> PlanRefused:
    return PlanRefused(
        "a plan of a tree that nobody vouches for can't be saved or applied",
        hint="merge it, then plan it without --untrusted",
    )


def other_settings(file: str, base: str) -> Finding:
    """Said where a tree brings settings that aren't used."""
    return Finding(
        code="settings-not-used",
        message=f"{file} differs from that of {base}, and only that of {base} counts here",
        source=Source(file, 1),
        hint="who looks after this project must read the difference",
    )
