"""``dani drift``."""

from datetime import date

import click

from dani_playbook.cli.group import new_command
from dani_playbook.cli.invocation import Invocation
from dani_playbook.cli.options import at_option
from dani_playbook.cli.planning import exit_code, request


@new_command("drift", gives="drift", examples=("dani drift", "dani drift --exit-code", "dani drift --format json"))
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@at_option
@click.option("--exit-code", "asked", is_flag=True, help="Exit with 2 where there is drift.")
@click.pass_obj
def command(invocation: Invocation, paths: tuple[str, ...], at: date | None, asked: bool) -> int:
    """Show what others changed since the last apply.

    A dated change whose day has come is due; it is no drift.
    """
    result = invocation.session().drift(request(invocation, paths=paths, at=at))
    invocation.write_document(result.document)
    return exit_code(result.exit_code, asked=asked)
