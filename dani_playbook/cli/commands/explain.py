"""``dani explain``."""

from datetime import date

import click

from dani_playbook.cli.group import new_command
from dani_playbook.cli.invocation import Invocation
from dani_playbook.cli.options import at_option
from dani_playbook.cli.planning import request
from dani_playbook.core.errors import PlaybookError
from dani_playbook.core.names import did_you_mean


@new_command("explain", examples=("dani explain user.jdoe", "dani explain user.jdoe.department"))
@click.argument("address", metavar="ADDRESS[.FIELD]")
@at_option
@click.pass_obj
def command(invocation: Invocation, address: str, at: date | None) -> int:
    """Tell where a value comes from, who owns it, what was applied and what is live.

    Also what it overrules, what it becomes and when, and every run that changed it.
    """
    session = invocation.session()
    asked = request(invocation, at=at)
    kind, resource, name = _split(address)
    fields = session.specs[kind].fields if kind in session.specs else {}
    if name in fields:
        return invocation.show(session.explain(resource, name, asked))
    try:
        return invocation.show(session.explain(address, None, asked))
    except PlaybookError:
        if not did_you_mean(name, fields):
            raise
    return invocation.show(session.explain(resource, name, asked))


def _split(text: str) -> tuple[str, str, str]:
    """``user.j.doe.department`` as kind, address and last part. A key may hold dots; a last part may be a field."""
    kind, _, rest = text.partition(".")
    key, _, name = rest.rpartition(".")
    return (kind, f"{kind}.{key}", name if key else "")
