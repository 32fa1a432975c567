"""``dani timeline``."""

from datetime import date

import click

from dani_playbook.cli.group import new_command
from dani_playbook.cli.invocation import Invocation
from dani_playbook.cli.options import at_option


@new_command(
    "timeline", gives="timeline", examples=("dani timeline", "dani timeline user.jdoe", "dani timeline --at 2027-01-01")
)
@click.argument("address", required=False)
@at_option
@click.pass_obj
def command(invocation: Invocation, address: str | None, at: date | None) -> int:
    """Show what comes when, as the playbooks say: starts, changes, leavers.

    Needs no live system.
    """
    return invocation.show(invocation.offline().timeline((), address, at))
