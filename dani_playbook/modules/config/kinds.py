"""Settings: their rules, and where they live in the built-in HR system."""

from collections.abc import Mapping

from dani_playbook.core.binding import Binding, Key
from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.module import Kind
from dani_playbook.modules.config.marks import SETTING_MARKS
from dani_playbook.modules.config.rules import SETTING_RULES


def kinds(specs: Mapping[str, KindSpec]) -> tuple[Kind, ...]:
    """The kinds of this corner."""
    setting = specs["setting"]
    places = {name: name for name in setting.fields}
    binding = Binding(kind="setting", model="settings.Setting", key=Key(columns=("key",), stored=True), fields=places)
    return (Kind(spec=setting, binding=binding, rules=SETTING_RULES, marks=SETTING_MARKS),)
