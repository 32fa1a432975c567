"""``dani audit list|verify|export``."""

import click

from dani_playbook.cli.group import DaniCommand, DaniGroup
from dani_playbook.cli.invocation import Invocation


@click.group("audit", cls=DaniGroup)
def command() -> None:
    """Show who did what, and whether the record is whole.

    Runs, and every look at masked values, leave a row that nobody can change without being noticed.
    """


@command.command(
    "list",
    cls=DaniCommand,
    gives="audit",
    examples=("dani audit list", "dani audit list --action reveal", "dani audit list --object user.jdoe"),
)
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="At most so many.")
@click.option("--action", default="", metavar="ACTION", help="Only this: run-succeeded, reveal, export and so on.")
@click.option("--object", "named", default="", metavar="ADDRESS", help="Only what concerns this address or run.")
@click.pass_obj
def list_rows(invocation: Invocation, limit: int, action: str, named: str) -> int:
    """List what happened, the newest first.

    On a pipe the columns are separated by tabs and have no header.
    """
    from dani_playbook.runner.auditing import audit_list

    return invocation.show(audit_list(invocation.session(), limit, action, named))


@command.command("verify", cls=DaniCommand, examples=("dani audit verify", "dani audit verify --format json"))
@click.pass_obj
def verify(invocation: Invocation) -> int:
    """Check that no row was changed, taken out, moved or cut off.

    Exit code 4 where one was; the first bad row is named. Heads kept in .dani/audit-head show what was cut off at
    the end.
    """
    from dani_playbook.runner.auditing import audit_verify

    return invocation.show(audit_verify(invocation.session()))


@command.command("export", cls=DaniCommand, examples=("dani audit export --output audit.jsonl",))
@click.pass_obj
def export(invocation: Invocation) -> int:
    """Write all rows as JSON, one a line, the oldest first."""
    from dani_playbook.runner.auditing import audit_lines

    invocation.write("".join(audit_lines(invocation.session())))
    return 0
