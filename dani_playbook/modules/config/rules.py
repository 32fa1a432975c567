"""The business rules of settings."""

from collections.abc import Iterator

from dani_playbook.core.address import Address
from dani_playbook.core.module import Rule
from dani_playbook.core.problem import Problem
from dani_playbook.core.values import Value
from dani_playbook.core.world import World

_WORDS = ("password", "passwd", "secret", "token", "api_key", "apikey", "private_key", "credential")


def no_secrets(world: World) -> Iterator[Problem]:
    """A setting is read by everybody who may read settings: a text whose name says that it is secret is no setting."""
    for key, setting in world.of("setting").items():
        address = Address("setting", key)
        desired = world.declared.get(address)
        if desired is not None and "value" in desired.fields:
            for name in _secret_names(str(setting.get("name") or key), setting.get("value")):
                message = f'"{name}" looks like a secret, and settings are not secret'
                hint = "keep it outside, and name the place where it is kept"
                yield world.problem("secret-in-setting", message, address, "value", hint=hint)


def _secret_names(name: str, value: Value) -> Iterator[str]:
    if isinstance(value, str):
        last = name.lower().rsplit(".", 1)[-1].replace("-", "_")
        if any(last == word or last.endswith("_" + word) for word in _WORDS):
            yield name
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _secret_names(f"{name}.{key}", item)


SETTING_RULES: tuple[Rule, ...] = (no_secrets,)
