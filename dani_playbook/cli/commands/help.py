"""``dani help``."""

import click

from dani_playbook.cli.group import new_command
from dani_playbook.cli.invocation import Invocation
from dani_playbook.cli.topics import TOPICS
from dani_playbook.core.errors import UsageError
from dani_playbook.core.names import did_you_mean


@new_command("help", examples=("dani help plan", "dani help exit-codes"))
@click.argument("names", nargs=-1, metavar="[COMMAND|TOPIC]")
@click.pass_context
def command(context: click.Context, names: tuple[str, ...]) -> int:
    """Show help on a command or a topic.

    Topics: exit-codes, environment, addresses, signs.
    """
    invocation = context.ensure_object(Invocation)
    parent = context.parent
    assert parent is not None, "help is a command of the group"
    invocation.write(_text(parent, names))
    return 0


def _text(parent: click.Context, names: tuple[str, ...]) -> str:
    if names and names[0] in TOPICS:
        return TOPICS[names[0]]
    context = parent
    for name in names:
        context = _below(context, name)
    return context.get_help() + "\n"


def _below(context: click.Context, name: str) -> click.Context:
    group = context.command
    found = group.get_command(context, name) if isinstance(group, click.Group) else None
    if found is None:
        known = [*group.list_commands(context), *TOPICS] if isinstance(group, click.Group) else []
        begun = next((topic for topic in TOPICS if len(name) > 2 and topic.startswith(name)), name)
        raise UsageError(f'there is no command or topic "{name}"{did_you_mean(begun, known)}', hint="see: dani --help")
    return click.Context(found, info_name=name, parent=context)
