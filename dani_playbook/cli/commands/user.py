"""``dani user purge``."""

from pathlib import Path

import click

from dani_playbook.cli.group import DaniCommand, DaniGroup
from dani_playbook.cli.invocation import Invocation
from dani_playbook.cli.options import out_option
from dani_playbook.cli.planning import carry_out, exit_code


@click.group("user", cls=DaniGroup)
def command() -> None:
    """What is done with one person at a time."""


@command.command(
    "purge",
    cls=DaniCommand,
    examples=(
        "dani user purge user.tlee --reason 'request 4711'",
        "dani user purge user.tlee --reason 'request 4711' --approve",
    ),
)
@click.argument("address")
@click.option("--reason", metavar="TEXT", default="", help="Why; it stays in the audit trail for good.")
@out_option
@click.option("--approve", is_flag=True, help="Your yes; nothing is asked.")
@click.pass_obj
def purge(invocation: Invocation, address: str, reason: str, out: Path | None, approve: bool) -> int:
    """Forget a person who has left, for good.

    The person goes from the HR system, and the key that opens what the journal says of them is destroyed. The address
    and what was done when stay. It can't be taken back. Exit code 4 where something stands against it: a hold,
    retention, somebody who refers to the person. A purge that was cut off is finished by calling it again. Where
    approvals are asked for, --out saves its plan for dani approve; then call it again.
    """
    from dani_playbook.runner.purging import plan_purge

    session = invocation.session()
    planned = plan_purge(session, address, reason, reveal=invocation.reveal)
    if out is not None:
        planned = session.save(planned, out, overwrite=invocation.overwrite)
        return exit_code(invocation.show(planned.result), asked=False)
    return carry_out(invocation, session, planned, approved=approve)
