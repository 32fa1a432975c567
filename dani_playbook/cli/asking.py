"""Asking: what is typed by somebody, or comes on standard input; a password is never shown."""

from getpass import getpass

from dani_playbook.cli import sinks
from dani_playbook.cli.invocation import Invocation
from dani_playbook.cli.output import write_stream
from dani_playbook.core.errors import UsageError
from dani_playbook.core.values import Secret


def ask_text(invocation: Invocation, question: str, option: str) -> str:
    """One line of text. Raises ``UsageError`` where nobody is there; ``option`` is how to say it instead."""
    around = invocation.surroundings
    if not around.can_ask:
        raise UsageError(f"nobody is here to be asked for the {question.lower()}", hint=option)
    write_stream(around.stderr, sinks.terminal(f"{question}: "))
    return around.stdin.readline().strip()


def ask_password(invocation: Invocation, question: str, *, from_stdin: bool) -> Secret:
    """One line of standard input, else typed without being shown. Raises ``UsageError`` where there is none."""
    around = invocation.surroundings
    if from_stdin:
        line = around.stdin.readline().rstrip("\r\n")
    elif around.can_ask:
        line = getpass(f"{question}: ")
    else:
        raise UsageError("nobody is here to type a password", hint="give it on standard input: --password-stdin")
    if not line:
        raise UsageError("there is no password", hint="one line on standard input, or typed on a terminal")
    return Secret(line)


def ask_new_password(invocation: Invocation, *, from_stdin: bool) -> Secret:
    """Typed twice on a terminal. Raises ``UsageError`` where both differ."""
    new = ask_password(invocation, "New password", from_stdin=from_stdin)
    if not from_stdin and ask_password(invocation, "The same again", from_stdin=False) != new:
        raise UsageError("both passwords differ", hint="nothing was changed; try again")
    return new
