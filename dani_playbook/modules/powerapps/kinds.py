"""Power Apps configurations: their rules, their words, and where they live in the built-in HR system."""

from collections.abc import Mapping

from dani_playbook.core.binding import Binding, Key
from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.module import Kind
from dani_playbook.modules.powerapps.marks import POWERAPPS_MARKS, powerapps_mark
from dani_playbook.modules.powerapps.rules import powerapps_rules


def kinds(specs: Mapping[str, KindSpec]) -> tuple[Kind, ...]:
    """The kinds of this corner; ``specs`` is the whole dictionary."""
    config = specs["powerapps"]
    places = {name: name for name in config.fields}
    binding = Binding(
        kind="powerapps", model="powerapps.PowerAppsConfig", key=Key(columns=("key",), stored=True), fields=places
    )
    return (
        Kind(spec=config, binding=binding, rules=powerapps_rules(specs), mark=powerapps_mark, marks=POWERAPPS_MARKS),
    )
