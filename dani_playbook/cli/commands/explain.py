"""``dani explain``."""

from datetime import date

import click

from dani_playbook.cli.group import new_command
from dani_playbook.cli.invocation import Invocation
from dani_playbook.cli.options import at_option
from dani_playbook.cli.planning import request


@new_command("explain", examples=("dani explain user.jdoe", "dani explain user.jdoe.department"))
@click.argument("address", metavar="ADDRESS[.FIELD]")
@at_option
@click.pass_obj
def command(invocation: Invocation, address: str, at: date | None) -> int:
    """Tell where a value comes from, who owns it, what was applied and what is live.

    Also what it overrules, what it becomes and when, and every run that changed it.
    """
    session = invocation.session()
    resource, name = _split(address, {kind: tuple(spec.fields) for kind, spec in session.specs.items()})
    return invocation.show(session.explain(resource, name, request(invocation, at=at)))


def _split(text: str, fields: dict[str, tuple[str, ...]]) -> tuple[str, str | None]:
    """``user.j.doe.department`` as address and field. A key may hold dots; a last part that is a field is one."""
    kind, _, rest = text.partition(".")
    key, dot, name = rest.rpartition(".")
    if dot and key and (name in fields.get(kind, ()) or "_" in name):
        return (f"{kind}.{key}", name)
    return (text, None)
