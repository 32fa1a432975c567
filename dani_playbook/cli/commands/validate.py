"""``dani validate``."""

import click

from dani_playbook.cli.group import new_command
from dani_playbook.cli.invocation import Invocation


@new_command(
    "validate",
    examples=(
        "dani validate",
        "dani validate playbooks/people",
        "dani validate --output problems.json",
        "dani validate --format github       annotations in a CI job",
    ),
    gives="validation",
)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.pass_obj
def command(invocation: Invocation, paths: tuple[str, ...]) -> int:
    """Check playbooks without a live system.

    Everything that the files alone can tell: YAML, fields, references, templates, tables, dates. All problems of all
    files come out at once, each with its place. Exit code 3 where there are some.
    """
    return invocation.show(invocation.offline().validate(invocation.paths(paths)))
