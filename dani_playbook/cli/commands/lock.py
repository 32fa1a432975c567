"""``dani lock show|break``."""

import click

from dani_playbook.cli.group import DaniCommand, DaniGroup
from dani_playbook.cli.invocation import Invocation
from dani_playbook.cli.options import reason_option


@click.group("lock", cls=DaniGroup)
def command() -> None:
    """Show who is writing, and take the lock away from who can't give it back.

    One run writes at a time. A lock whose process is dead is taken over by the next run without asking.
    """


@command.command("show", cls=DaniCommand, examples=("dani lock show", "dani lock show --format json"))
@click.pass_obj
def show(invocation: Invocation) -> int:
    """Tell who has the lock, since when, and whether that process is alive."""
    from dani_playbook.runner.locking import lock_show

    return invocation.show(lock_show(invocation.session()))


@command.command("break", cls=DaniCommand, examples=('dani lock break 17 --reason "the machine hangs since 02:10"',))
@click.argument("token", type=click.IntRange(min=1))
@reason_option("Why; it stays in the audit trail.")
@click.pass_obj
def break_(invocation: Invocation, token: int, reason: str) -> int:
    """Take the lock away from the process that has it with this TOKEN.

    dani lock show tells the token. Whatever that process does afterwards writes nothing: it ends with exit code 6.
    On PostgreSQL its connection is ended, too.
    """
    from dani_playbook.runner.locking import lock_break

    return invocation.show(lock_break(invocation.session(), token, reason))
