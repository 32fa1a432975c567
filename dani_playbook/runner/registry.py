"""The only list of the corners."""

from collections.abc import Mapping
from dataclasses import replace

from dani_playbook.core.binding import Bindings, fitted
from dani_playbook.core.dictionary import Dictionary, shipped
from dani_playbook.core.module import Kind, Module, bound
from dani_playbook.modules.config import MODULE as CONFIG
from dani_playbook.modules.powerapps import MODULE as POWERAPPS
from dani_playbook.modules.recruitment import MODULE as RECRUITMENT
from dani_playbook.modules.reports import MODULE as REPORTS
from dani_playbook.modules.user import MODULE as USER

MODULES: tuple[Module, ...] = (USER, RECRUITMENT, REPORTS, POWERAPPS, CONFIG)


def dictionary() -> Dictionary:
    """The shipped data dictionary, read once a process."""
    return shipped()


def kinds(known: Dictionary | None = None) -> Mapping[str, Kind]:
    """Every kind by name, in the dictionary's order."""
    known = known or dictionary()
    found = {kind.spec.name: kind for module in MODULES for kind in module.kinds(known.kinds)}
    return {name: found[name] for name in known.kinds}


def bound_kinds(bindings: Bindings, known: Dictionary | None = None) -> Mapping[str, Kind]:
    """The kinds that a customer's project has, as far as it has a place for them. Rules go by what is bound, too."""
    known = known or dictionary()
    specs = {
        name: fitted(spec, bindings.kinds[name]) if name in bindings.kinds else spec
        for name, spec in known.kinds.items()
    }
    found = kinds(replace(known, kinds=specs))
    return {name: bound(found[name], bindings.kinds[name]) for name in found if name in bindings.kinds}
