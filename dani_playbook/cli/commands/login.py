"""``dani login``."""

import click

from dani_playbook.cli.asking import ask_password, ask_text
from dani_playbook.cli.group import new_command
from dani_playbook.cli.invocation import Invocation


@new_command(
    "login",
    examples=("dani login", "dani login anna.smith@example.com", "dani login anna.smith@example.com --password-stdin"),
)
@click.argument("email", required=False)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.pass_obj
def command(invocation: Invocation, email: str | None, password_stdin: bool) -> int:
    """Sign in with e-mail and password.

    The account is one of the HR system. What you may do follows from its roles, and ends with them. The sign-in is
    kept on this machine for this database, until dani logout, or as long as access: in dani.yaml says.
    """
    from dani_playbook.runner.signing import login

    session = invocation.session()
    named = email or ask_text(invocation, "E-mail", "say it: dani login EMAIL --password-stdin")
    password = ask_password(invocation, "Password", from_stdin=password_stdin)
    return invocation.show(login(session, named, password))
