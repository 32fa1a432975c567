"""``dani config get|set|list|validate``."""

from collections.abc import Iterable
from typing import Any

import click

from dani_playbook.cli import sinks, values
from dani_playbook.cli.group import DaniCommand, DaniGroup
from dani_playbook.cli.invocation import Invocation
from dani_playbook.cli.output import write_stream


@click.group("config", cls=DaniGroup)
def command() -> None:
    """Show and change settings.

    They come from dani.yaml, its environments and variables of the shell; each is shown with where it was said.
    """


@command.command("list", cls=DaniCommand, examples=("dani config list", "dani config list --env test"))
@click.pass_obj
def list_settings(invocation: Invocation) -> int:
    """List all settings, each with where it comes from."""
    from dani_playbook.runner.config_edit import settings

    return _show(invocation, settings(invocation.config()))


@command.command("get", cls=DaniCommand, examples=("dani config get time_zone", "dani config get database --env test"))
@click.argument("name")
@click.pass_obj
def get_setting(invocation: Invocation, name: str) -> int:
    """Show one setting; as text its value alone."""
    from dani_playbook.runner.config_edit import setting

    found = setting(invocation.config(), name)
    if invocation.form == "text":
        invocation.write(f"{sinks.terminal(values.shown(found[1]))}\n")
        return 0
    return _show(invocation, [found])


@command.command(
    "set",
    cls=DaniCommand,
    examples=("dani config set time_zone Europe/Berlin", "dani config set environments.test.vars.city Toronto"),
)
@click.argument("name")
@click.argument("value")
@click.pass_obj
def set_setting(invocation: Invocation, name: str, value: str) -> int:
    """Write one setting into dani.yaml; comments stay.

    What results is checked first. A value that begins with a dash comes after --.
    """
    from dani_playbook.runner.config_edit import set_value

    path = invocation.config().path
    assert path is not None, "a configuration that is required has a file"
    set_value(path, name, value)
    write_stream(invocation.surroundings.stderr, sinks.terminal(f"{path.name}: {name} is set") + "\n")
    return 0


@command.command(
    "validate",
    cls=DaniCommand,
    gives="validation",
    examples=("dani config validate", "dani config validate --env test"),
)
@click.pass_obj
def validate_settings(invocation: Invocation) -> int:
    """Check dani.yaml and the variables that lie over it. Exit code 3 where something is wrong."""
    config = invocation.config()
    document = {"format": "dani.validation/1", "files": 1, "resources": {}, "problems": [], "warnings": []}
    invocation.write_document(document if config.path else {**document, "files": 0})
    return 0


def _show(invocation: Invocation, found: Iterable[tuple[str, Any, str]]) -> int:
    listed = [{"name": name, "value": value, "origin": origin} for name, value, origin in found]
    invocation.write_document({"format": "dani.config/1", "settings": listed})
    return 0
