"""The live system and the memory of one project, and what every plan of one session needs."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import date
from functools import cached_property

from dani_playbook.core.address import Address
from dani_playbook.core.approval import Known
from dani_playbook.core.errors import DaniError, PlaybookError
from dani_playbook.core.inventory import as_inventory
from dani_playbook.core.live import Live
from dani_playbook.core.memory import InventoryItem, Memory, Run, RunState
from dani_playbook.core.values import Fingerprint
from dani_playbook.engine.memo import Ahead, Memo
from dani_playbook.engine.observe import Observed, place, read_all
from dani_playbook.engine.plan import Planner
from dani_playbook.engine.removal import Policies
from dani_playbook.engine.token import Tokens
from dani_playbook.runner.comparing import basis_of, read_imprint, write_imprint
from dani_playbook.runner.limiting import limits_of
from dani_playbook.runner.opened import Opened
from dani_playbook.runner.ruling import policy_now, settings_of
from dani_playbook.runner.sharing import shared
from dani_playbook.runner.sheet_cache import processes_for
from dani_playbook.runner.wiring import open_ready_database, open_system

UNSAFE_VARIABLE = "DANI_ALLOW_UNSAFE_DATABASE"
"""Set to 1, a database that may forget what it has committed is written to all the same; for tests."""


class WithSystem(Opened):
    """One project against its live system. Raises ``LiveUnreachable`` where it can't be opened."""

    _ahead: Ahead | None = None
    _opened: tuple[Live, Memory] | None = None

    @cached_property
    def _system(self) -> tuple[Live, Memory]:
        self.gate.enter()
        return self._opened or self._open()

    def _open(self) -> tuple[Live, Memory]:
        unsafe_allowed = self.environ.get(UNSAFE_VARIABLE) == "1"
        file = self.config.bindings
        return open_system(
            self.database,
            self.kinds,
            self.specs,
            self.key,
            self.trail,
            actor=file.bindings.actor if file else None,
            by=self.actor if file else "",
            unsafe_allowed=unsafe_allowed,
        )

    def look_ahead(self) -> None:
        """Reads what a plan compares with, where opening the database leaves no trace. Whether that may be used, and what
        is wrong with it, is asked and said when it is time."""
        if self.config.bindings:
            return
        with suppress(DaniError):
            ready = open_ready_database(self.config, self.environ)
            if ready is not None and "database" not in self.__dict__:
                self.__dict__["database"] = ready
                live, memory = self._opened = self._open()
                self._ahead = Ahead(
                    snapshots=read_all(self.specs.values(), live), inventory=as_inventory(memory.inventory())
                )

    @property
    def live(self) -> Live:
        return self._system[0]

    @property
    def memory(self) -> Memory:
        return self._system[1]

    def taken_ahead(self) -> Ahead | None:
        """What was read ahead, for one plan."""
        ahead, self._ahead = self._ahead, None
        return ahead

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
            memo=self._memo(),
            can_approve=lambda roles: any(self.accounts.with_role(role) for role in sorted(roles)),
        )

    def _memo(self) -> Memo:
        identity = self.live.identity
        # A customer's project may do something of its own when its process is forked.
        processes = 1 if self.config.bindings else processes_for(self.environ)
        return Memo(
            basis=basis_of(settings_of(self.config), self.dictionary, identity),
            last=read_imprint(self.cache, identity),
            remember=lambda imprint: write_imprint(self.cache, identity, imprint),
            share=lambda work, count, meanwhile: shared(work, count, meanwhile, processes),
        )

    def _known(self, people: Collection[Address]) -> Known:
        return self.accounts.of(people) if people else {}

    def one_run(self, run_id: str) -> Run:
        """The run whose id begins so. Raises ``PlaybookError`` where none or several do."""
        memory = self.memory
        try:
            return memory.run(run_id)
        except LookupError as error:
            if type(error) is not LookupError:  # a KeyError is nobody's sentence, and may hold a value
                raise
            raise PlaybookError(str(error.args[0]), hint="dani runs lists them") from None

    def last_as_of(self) -> date | None:
        """Of the last run that carried out all that was said on a day."""
        done = (run for run in self.memory.runs(limit=20) if run.state is RunState.SUCCEEDED and run.complete)
        return next((run.as_of for run in done if not run.undoes), None)

    def looked(self) -> tuple[Mapping[Address, InventoryItem], Observed]:
        """What we manage and what there is, by address. One query a kind, and one more."""
        inventory = self.memory.inventory()
        specs = [kind.spec for kind in self.kinds.values()]
        snapshots = read_all(specs, self.live)
        return inventory, place(specs, snapshots, as_inventory(inventory).owners())
