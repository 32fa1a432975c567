"""Use cases that need no live system. Never loads Django."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field, replace
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from dani_playbook.core.address import Address
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import Dictionary, KindSpec
from dani_playbook.core.errors import PlaybookError
from dani_playbook.core.hidden import Variables
from dani_playbook.core.module import Kind
from dani_playbook.core.names import did_you_mean
from dani_playbook.core.problem import Problem, in_order
from dani_playbook.core.resource import DesiredState, Playbooks, Resource
from dani_playbook.engine.predict import broken_rules, declared_only
from dani_playbook.language.load import Loaded, Loading, start_loading
from dani_playbook.language.project import Project
from dani_playbook.language.timeline import DateOf, Derive, Event, dates, desired_state, events, today_in
from dani_playbook.runner import registry
from dani_playbook.runner.config import Config
from dani_playbook.runner.documents import Result, shown
from dani_playbook.runner.early import project_of
from dani_playbook.runner.placing import unplaced
from dani_playbook.runner.sheet_cache import PROCESSES_VARIABLE, open_cache, processes_for

if TYPE_CHECKING:
    from dani_playbook.language.frame import Lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a plan is asked for. ``at`` is one date for all; without it each office's own day counts.

    ``deep`` also tries it on the live system and takes it back. ``raises`` maps a measure to the ceiling that it has
    for this plan alone, ``reason`` says why.
    """

    paths: tuple[str, ...] = ()
    at: date | None = None
    targets: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    restore: tuple[str, ...] = ()
    prefer: Mapping[str, str] = field(default_factory=dict)
    deep: bool = False
    reveal: bool = False
    raises: Mapping[str, int] = field(default_factory=dict)
    reason: str = ""


class Offline:
    """What can be known from files alone. ``now`` is aware; without ``environ`` files are read by one process."""

    def __init__(self, config: Config, *, now: datetime, environ: Mapping[str, str] | None = None) -> None:
        self.config = config
        self.now = now
        self.environ: Mapping[str, str] = Variables(environ if environ is not None else {PROCESSES_VARIABLE: "1"})

    @cached_property
    def dictionary(self) -> Dictionary:
        return registry.dictionary()

    begun: Loading | None = None
    """All playbooks of the project, where somebody has begun to read them."""

    @cached_property
    def kinds(self) -> Mapping[str, Kind]:
        """Those that can be declared here: of a customer's project, the ones that are bound."""
        if self.config.bindings:
            return registry.bound_kinds(self.config.bindings.bindings, self.dictionary)
        return registry.kinds(self.dictionary)

    @property
    def specs(self) -> Mapping[str, KindSpec]:
        """All kinds of the dictionary: what was done before may have been about others than can be declared now."""
        return self.dictionary.kinds

    @property
    def project(self) -> Project:
        return project_of(self.config)

    @cached_property
    def lines(self) -> "Lines":
        """What problems show of the files."""
        from dani_playbook.language.frame import Lines

        return Lines(self.config.root)

    def today(self, at: date | None = None) -> date:
        """``at``, else the day that it is in the project's zone."""
        return at or today_in(self.config.time_zone, self.now)

    def furthest(self, moment: datetime) -> date:
        """The latest day that it is at a moment in any of the project's zones."""
        zones = {self.config.time_zone, *self.config.offices.values()}
        return max(today_in(zone, moment) for zone in sorted(zones))

    def date_of(self, at: date | None) -> DateOf:
        """The day to ask for a resource: ``at``, else its office's own."""
        return dates(self.project, self.now, at)

    @property
    def derive(self) -> Mapping[str, Derive]:
        return {name: kind.derive for name, kind in self.kinds.items()}

    def load(self, paths: Sequence[str]) -> Loaded:
        with self.start_loading(paths) as loading:
            return loading.finish()

    def start_loading(self, paths: Sequence[str]) -> Loading:
        """As ``load``, but something else may be done before all is asked for; in a ``with``."""
        if self.begun is not None and not paths:
            begun, self.begun = self.begun, None
            return begun
        project = self.project
        if project.tree:
            return start_loading(list(paths), project, self.dictionary)
        cache, processes = open_cache(project.root, self.environ), processes_for(self.environ)
        return start_loading(list(paths), project, self.dictionary, cache=cache, processes=processes)

    def read(self, paths: Sequence[str], meanwhile: Callable[[], None] = lambda: None) -> Playbooks:
        """Raises ``PlaybookError`` with every problem of every file. While others read, ``meanwhile`` is done."""
        with self.start_loading(paths) as loading:
            if loading.is_shared:
                meanwhile()
            loaded = loading.finish()
        if problems := loaded.problems or in_order(list(self._unplaced(loaded))):
            raise PlaybookError(_count_of(problems), problems=problems)
        return loaded.playbooks

    def _unplaced(self, loaded: Loaded) -> Iterable[Problem]:
        return unplaced(loaded, self.kinds, self.config.bindings)

    def desired(self, playbooks: Playbooks, at: date | None, paths: Sequence[str]) -> DesiredState:
        """The playbooks on a date; derived fields included."""
        whole = self._is_whole(paths)
        state = desired_state(playbooks, self.date_of(at), self.today(at), self.derive, whole)
        return state if whole else self._beside_others(state)

    def _beside_others(self, state: DesiredState) -> DesiredState:
        """Who stands in a file that wasn't asked for hasn't left; if those can't be read, nobody has."""
        rest = self.load(())
        covered = () if rest.problems else state.covered
        return replace(state, covered=covered, elsewhere=frozenset(rest.playbooks.resources))

    def _is_whole(self, paths: Sequence[str]) -> bool:
        home = (self.config.root / self.config.playbooks).resolve()
        return not paths or any(home.is_relative_to((self.config.root / path).resolve()) for path in paths)

    def validate(self, paths: Sequence[str]) -> Result:
        """Everything that can be known without a live system; exit 3 where something is wrong."""
        loaded = self.load(paths)
        problems, warnings = list(loaded.problems), list(loaded.warnings)
        problems = problems or list(self._unplaced(loaded))
        if not problems:
            from dani_playbook.language.references import unresolved

            state = self.desired(loaded.playbooks, None, paths)
            problems = list(broken_rules(declared_only(state, self.specs), self.kinds.values()))
            warnings += [item.problem() for item in unresolved(loaded.playbooks, self.dictionary)]
        counted = dict.fromkeys(self.specs, 0)
        for address in loaded.playbooks.resources:
            counted[address.kind] += 1
        document = {
            "format": "dani.validation/1",
            "files": len(loaded.playbooks.files),
            "resources": counted,
            "problems": [self._problem(item) for item in in_order(problems)],
            "warnings": [self._problem(item) for item in in_order(warnings)],
        }
        return Result(document=document, exit_code=3 if problems else 0)

    def _problem(self, problem: Problem) -> dict[str, object]:
        from dani_playbook.runner.problems import problem_document

        return problem_document(problem, self.config.root, self.dictionary, self.lines)

    def timeline(self, paths: Sequence[str], address: str | None = None, at: date | None = None) -> Result:
        """What changes when: what is due, then what is to come."""
        playbooks = self.read(paths)
        wanted = self.address(address) if address else None
        if wanted and wanted not in playbooks.resources:
            raise PlaybookError(f"no playbook declares {wanted}", hint="dani timeline without an address lists all")
        found = events(playbooks, self.date_of(at), self.derive, address=wanted)
        document = {
            "format": "dani.timeline/1",
            "as_of": self.today(at).isoformat(),
            "items": [self._event(item, playbooks.resources[item.address]) for item in found],
        }
        return Result(document=document)

    def _event(self, event: Event, resource: Resource) -> dict[str, object]:
        spec = self.specs[event.address.kind]
        return {
            "date": event.on.isoformat(),
            "state": "due" if event.due else "upcoming",
            "address": str(event.address),
            "title": spec.shown_name(resource.fields),
            "event": event.what,
            "fields": [
                {
                    "name": name,
                    "title": spec.fields[name].title,
                    "class": spec.fields[name].sensitivity.value,
                    "before": shown(spec.fields[name], event.before[name], reveal=False),
                    "after": shown(spec.fields[name], event.after[name], reveal=False),
                }
                for name in event.after
            ],
            "source": str(event.source),
        }

    def address(self, text: str) -> Address:
        """Raises ``PlaybookError`` where ``text`` is no address of a kind that exists."""
        try:
            address = Address.parse(text)
        except ValueError as error:
            raise PlaybookError(str(error)) from None
        if address.kind not in self.specs:
            kinds, near = ", ".join(self.specs), did_you_mean(address.kind, self.specs)
            raise PlaybookError(f"no kind is called {address.kind}{near}", hint=f"kinds are {kinds}")
        return address


def _count_of(problems: Sequence[Problem]) -> str:
    files = len({item.source.file for item in problems if item.source})
    many = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    return f"{many} in {files} {'file' if files == 1 else 'files'}" if files else many
