"""World: desired laid over live on a date, for the rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from dani_playbook.core.address import Address
from dani_playbook.core.problem import Problem
from dani_playbook.core.resource import Desired
from dani_playbook.core.source import Source
from dani_playbook.core.values import Fields


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The predicted state: what every object would be after the plan.

    ``objects`` maps kind to key to fields; live objects that nobody declares are in it with their live fields,
    objects that the plan takes away are not. ``live_known`` is false in ``validate``: then what isn't declared may
    still exist. ``before`` is live as it is, empty where it isn't known.
    """

    as_of: date
    objects: Mapping[str, Mapping[str, Fields]]
    declared: Mapping[Address, Desired]
    before: Mapping[str, Mapping[str, Fields]] = field(default_factory=dict)
    live_known: bool = True

    def of(self, kind: str) -> Mapping[str, Fields]:
        """Key to fields, sorted by key."""
        return self.objects.get(kind, {})

    def as_of_for(self, address: Address) -> date:
        """The date that is asked for one address: offices lie in different zones."""
        desired = self.declared.get(address)
        return desired.as_of if desired else self.as_of

    def source(self, address: Address, field: str | None = None) -> Source | None:
        desired = self.declared.get(address)
        return desired.source_of(field) if desired else None

    def problem(
        self, code: str, message: str, address: Address, field: str | None = None, *, hint: str | None = None
    ) -> Problem:
        """A problem of ``address``, placed where ``field`` was written if it is declared."""
        return Problem(
            code=code,
            message=message,
            address=address,
            field=field,
            hint=hint,
            source=self.source(address, field),
        )
