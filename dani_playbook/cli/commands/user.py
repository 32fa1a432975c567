"""``dani user password``."""

import click

from dani_playbook.cli import sinks
from dani_playbook.cli.asking import ask_new_password, ask_password
from dani_playbook.cli.group import DaniCommand, DaniGroup
from dani_playbook.cli.invocation import Invocation


@click.group("user", cls=DaniGroup)
def command() -> None:
    """Set passwords."""


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
    invocation.surroundings.stderr.write(sinks.terminal(f"{at} has a new password.") + "\n")
    return 0
