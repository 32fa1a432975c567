"""Looking: past runs, drift, where a value comes from, and what is live.

What only one use case needs is loaded by it: every command has all of them on board.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from dani_playbook.core.access import Action
from dani_playbook.core.address import Address
from dani_playbook.core.errors import PlaybookError
from dani_playbook.core.memory import InventoryItem
from dani_playbook.core.names import did_you_mean
from dani_playbook.core.resource import DesiredState
from dani_playbook.core.values import Fields, Value
from dani_playbook.engine.field import Choices
from dani_playbook.engine.moves import follow_moves
from dani_playbook.engine.plan import drafted, unmanaged
from dani_playbook.engine.target import matches
from dani_playbook.runner import documents
from dani_playbook.runner.documents import Result
from dani_playbook.runner.offline import Request
from dani_playbook.runner.reach import reach
from dani_playbook.runner.system import WithSystem


class Looking(WithSystem):
    """Use cases that change nothing."""

    def runs(self, limit: int | None = None) -> Result:
        """Past runs, newest first."""
        self.gate.require(Action.LOOK)
        return Result(document=documents.runs_document(self.memory.runs(limit)))

    def run(self, run_id: str, *, reveal: bool = False) -> Result:
        self.gate.require(Action.LOOK)
        run = self.one_run(run_id)
        entries = self.memory.entries(run.id)
        shown = reach(self.specs, ((entry.address, {*entry.reasons, *entry.changed}) for entry in entries))
        self.gate.require(Action.LOOK, shown)
        if reveal:
            self.reveal(shown, run.id, what="run")
        return Result(document=documents.past_run_document(self.specs, run, entries, reveal=reveal))

    def drift(self, request: Request) -> Result:
        """What others changed since the last apply. Exit 2 where there is some; a date that came is not drift."""
        from dani_playbook.engine.drift import find_drift

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
        from dani_playbook.runner.explaining import Subject, explain_document

        at = self.address(address)
        if name is not None and name not in self.specs[at.kind].fields:
            near = did_you_mean(name, self.specs[at.kind].fields)
            raise PlaybookError(f"{at.kind} has no field called {name}{near}", hint=f"dani schema {at.kind} lists them")
        playbooks = self.read(request.paths)
        state = self.desired(playbooks, request.at, request.paths)
        shown = reach(self.specs, [(at, [name] if name else self.specs[at.kind].fields)])
        self.gate.require(Action.LOOK, shown)
        moved, draft = drafted(self.planner, state, Choices(last_as_of=self.last_as_of()))
        subject = Subject(
            address=at,
            spec=self.specs[at.kind],
            places=self.kinds[at.kind].binding.fields,
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
        found = {
            a: self.placed(a, observed[a].fields) for a in sorted(observed) if not selector or matches(a, (selector,))
        }
        self.may_export(found, selector, reveal=reveal)
        return found

    def may_export(self, found: Mapping[Address, Mapping[str, Value]], selector: str | None, *, reveal: bool) -> None:
        """Raises ``Denied`` where the actor may not see what was found; a reveal leaves its row."""
        shown = reach(self.specs, ((address, fields) for address, fields in found.items()))
        self.gate.require(Action.EXPORT, shown)
        if reveal:
            self.reveal(shown, selector or "*", action="export", reveal=True, resources=len(found))

    def placed(self, address: Address, fields: Fields) -> Fields:
        """What can be declared of an object: an empty set that has no place isn't told as empty."""
        places = self.kinds[address.kind].binding.fields
        return {name: value for name, value in fields.items() if name in places}

    def export_to(self, selector: str | None, folder: Path, *, reveal: bool = False) -> Result:
        """The live system as playbooks whose plan is empty; files that are there are brought up to date."""
        from dani_playbook.runner.exporting import export_to

        self.gate.require(Action.EXPORT)
        return export_to(self, selector, folder, reveal=reveal)


def _before_moves(state: DesiredState, inventory: Mapping[Address, InventoryItem]) -> DesiredState:
    """Declared resources under the addresses that they still have: what we applied names others by those."""
    still = follow_moves(inventory, state.moves).previous
    return replace(state, resources={still.get(address, address): item for address, item in state.resources.items()})
