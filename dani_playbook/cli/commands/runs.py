"""``dani runs``."""

import click

from dani_playbook.cli.group import new_command
from dani_playbook.cli.invocation import Invocation


@new_command("runs", gives="runs", examples=("dani runs", "dani runs --limit 5", "dani runs --format json"))
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="At most so many.")
@click.pass_obj
def command(invocation: Invocation, limit: int) -> int:
    """List past runs, the newest first.

    On a pipe the columns are separated by tabs and have no header.
    """
    return invocation.show(invocation.session().runs(limit))
