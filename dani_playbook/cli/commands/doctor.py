"""``dani doctor``."""

import click

from dani_playbook.cli.checks import installation_checks, project_checks
from dani_playbook.cli.group import new_command
from dani_playbook.cli.invocation import Invocation

FAILED = 3


@new_command("doctor", examples=("dani doctor", "dani doctor --env test", "dani doctor --format json"))
@click.pass_obj
def command(invocation: Invocation) -> int:
    """Check the installation and every connection.

    Each thing that isn't well comes with its remedy. Exit code 3 where something failed.
    """
    checks = [*installation_checks(), *project_checks(invocation)]
    invocation.write_document({"format": "dani.doctor/1", "checks": checks})
    return FAILED if any(check["state"] == "failed" for check in checks) else 0
