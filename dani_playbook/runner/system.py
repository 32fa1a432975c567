"""The live system and the memory of one project, and what every plan of one session needs."""

from collections.abc import Collection, Mapping
from datetime import date
from functools import cached_property

from dani_playbook.core.address import Address
from dani_playbook.core.approval import Known
from dani_playbook.core.errors import PlaybookError
from dani_playbook.core.live import Live
from dani_playbook.core.memory import InventoryItem, Memory, Run, RunState
from dani_playbook.core.values import Fingerprint
from dani_playbook.engine.observe import Observed, owners, place, read_all
from dani_playbook.engine.plan import Planner
from dani_playbook.engine.removal import Policies
from dani_playbook.engine.token import Tokens
from dani_playbook.runner.limiting import limits_of
from dani_playbook.runner.opened import Opened
from dani_playbook.runner.ruling import policy_now, settings_of
from dani_playbook.runner.wiring import open_system

UNSAFE_VARIABLE = "DANI_ALLOW_UNSAFE_DATABASE"
"""Set to 1, a database that may forget what it has committed is written to all the same; for tests."""


class WithSystem(Opened):
    """One project against its live system. Raises ``LiveUnreachable`` where it can't be opened."""

    @cached_property
    def _system(self) -> tuple[Live, Memory]:
        self.gate.enter()
        unsafe_allowed = self.environ.get(UNSAFE_VARIABLE) == "1"
        file = self.config.bindings
        return open_system(
            self.database,
            self.kinds,
            self.specs,
            self.key,
            self.trail,
            actor=file.bindings.actor if file else None,
            by=self.actor,
            unsafe_allowed=unsafe_allowed,
        )

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
        return inventory, place(specs, read_all(specs, self.live), owners(inventory.values()))
