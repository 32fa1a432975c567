"""``dani whoami``."""

import click

from dani_playbook.cli.group import new_command
from dani_playbook.cli.invocation import Invocation


@new_command("whoami", examples=("dani whoami", "dani whoami --format json"))
@click.pass_obj
def command(invocation: Invocation) -> int:
    """Tell who acts here, and what that may do.

    A key in DANI_API_KEY, else who signed in with dani login, else the user of the machine.
    """
    from dani_playbook.runner.signing import whoami

    return invocation.show(whoami(invocation.session()))
