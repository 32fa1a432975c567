"""``dani rollback``."""

from pathlib import Path

import click

from dani_playbook.cli.group import new_command
from dani_playbook.cli.invocation import Invocation
from dani_playbook.cli.options import out_option, raise_options, wait_option
from dani_playbook.cli.planning import carry_out, exit_code


@new_command(
    "rollback",
    gives="apply",
    examples=(
        "dani rollback 3f9a0c51d2e4",
        "dani rollback 3f9a0c51d2e4 --approve",
        "dani rollback 3f9a0c51d2e4 --out back.plan",
    ),
)
@click.argument("run")
@raise_options
@out_option
@click.option("--approve", is_flag=True, help="Your yes to the way back; nothing is asked.")
@wait_option
@click.pass_obj
def command(
    invocation: Invocation,
    run: str,
    approve: bool,
    raises: dict[str, int],
    reason: str,
    out: Path | None,
    lock_timeout: float,
) -> int:
    """Take a run back.

    Plans the way back from what is live now and shows it. What others changed since the run, and what is
    protected, is listed and left alone; the exit code is then 7. It is a run like any other and can be taken back
    itself. With --out the way back is only saved, to be approved and applied as it is.
    """
    session = invocation.session()
    planned = session.rollback(run, reveal=invocation.reveal, raises=raises, reason=reason)
    if out is not None:
        planned = session.save(planned, out, overwrite=invocation.overwrite)
        return exit_code(invocation.show(planned.result), asked=False)
    return carry_out(invocation, session, planned, approved=approve, wait_s=lock_timeout)
