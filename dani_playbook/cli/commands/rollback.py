"""``dani rollback``."""

import click

from dani_playbook.cli.group import new_command
from dani_playbook.cli.invocation import Invocation
from dani_playbook.cli.options import raise_options
from dani_playbook.cli.planning import carry_out


@new_command("rollback", gives="apply", examples=("dani rollback 3f9a0c51d2e4", "dani rollback 3f9a0c51d2e4 --approve"))
@click.argument("run")
@raise_options
@click.option("--approve", is_flag=True, help="Your yes to the way back; nothing is asked.")
@click.pass_obj
def command(invocation: Invocation, run: str, approve: bool, raises: dict[str, int], reason: str) -> int:
    """Take a run back.

    Plans the way back from what is live now and shows it. What others changed since the run, and what is
    protected, is listed and left alone; the exit code is then 7. It is a run like any other and can be taken back
    itself.
    """
    session = invocation.session()
    planned = session.rollback(run, reveal=invocation.reveal, raises=raises, reason=reason)
    return carry_out(invocation, session, planned, approved=approve)
