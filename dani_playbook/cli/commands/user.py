"""``dani user password|purge``."""

from pathlib import Path

import click

from dani_playbook.cli.asking import ask_new_password, ask_password
from dani_playbook.cli.group import DaniCommand, DaniGroup
from dani_playbook.cli.invocation import Invocation
from dani_playbook.cli.options import purge_out_option, wait_option
from dani_playbook.cli.planning import carry_out, exit_code


@click.group("user", cls=DaniGroup)
def command() -> None:
    """What is done with one person at a time."""


@command.command(
    "password",
    cls=DaniCommand,
    examples=("dani user password user.asmith", "dani user password user.asmith --password-stdin"),
)
@click.argument("address")
@click.option("--password-stdin", is_flag=True, help="Read from standard input; for one's own first the old one.")
@click.pass_obj
def password(invocation: Invocation, address: str, password_stdin: bool) -> int:
    """Set the password of an account, and end its sessions.

    For one's own the old one is asked. For others it needs the role admin; as long as no admin has a password, the
    machine's user may set the first one. At least 12 characters, for an admin 15.
    """
    from dani_playbook.runner.signing import is_own, set_password, way_to_set

    session = invocation.session()
    at = session.address(address)
    way_to_set(session, at)
    old = ask_password(invocation, "Old password", from_stdin=password_stdin) if is_own(session, at) else None
    set_password(session, at, ask_new_password(invocation, from_stdin=password_stdin), old)
    invocation.say(f"{at} has a new password.")
    return 0


@command.command(
    "purge",
    cls=DaniCommand,
    examples=(
        "dani user purge user.tlee --reason 'request 4711'",
        "dani user purge user.tlee --reason 'request 4711' --approve",
    ),
)
@click.argument("address")
@purge_out_option
@click.option("--approve", is_flag=True, help="Your yes; nothing is asked.")
@wait_option
@click.pass_obj
def purge(invocation: Invocation, address: str, out: Path | None, approve: bool, lock_timeout: float) -> int:
    """Forget a person who has left, for good.

    The person goes from the HR system, and the key that opens what the journal says of them is destroyed. The address
    and what was done when stay, and --reason, which it needs. It can't be taken back. Exit code 4 where something
    stands against it: a hold, retention, somebody who refers to the person. A purge that was cut off is finished by
    calling it again. Where approvals are asked for, --out saves its plan for dani approve; then call it again.
    """
    from dani_playbook.runner.purging import plan_purge

    session = invocation.session()
    planned = plan_purge(session, address, invocation.reason, reveal=invocation.reveal)
    if out is not None:
        planned = session.save(planned, out, overwrite=invocation.overwrite)
        return exit_code(invocation.show(planned.result), asked=False)
    return carry_out(invocation, session, planned, approved=approve, wait_s=lock_timeout)
