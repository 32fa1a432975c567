"""``dani settle``."""

import click

from dani_playbook.cli.group import new_command
from dani_playbook.cli.invocation import Invocation
from dani_playbook.cli.options import reason_option
from dani_playbook.core.errors import UsageError


@new_command(
    "settle",
    examples=(
        "dani settle",
        "dani settle 3f9a0c51d2e4",
        'dani settle --accept-restored --reason "restored after a disk fault"',
    ),
)
@click.argument("run", required=False)
@click.option("--accept-restored", is_flag=True, help="The database was put back to an older state, and that is meant.")
@reason_option("Why; it stays in the audit trail.")
@click.pass_obj
def command(invocation: Invocation, run: str | None, accept_restored: bool, reason: str) -> int:
    """Tell what became of runs that nobody ended, by looking.

    A run is written as a whole or not at all; those whose process is gone are closed. Exit code 6 where a living
    process has the lock, 7 where something stays unknown.
    """
    from dani_playbook.runner.restoring import accept_restored as accept
    from dani_playbook.runner.settling import settle

    if reason and not accept_restored:
        raise UsageError("--reason belongs to --accept-restored, which wasn't said", hint="see: dani settle --help")
    session = invocation.session()
    if accept_restored:
        accept(session, reason)
    return invocation.show(settle(session, run))
