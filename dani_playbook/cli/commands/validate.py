"""``dani validate``."""

import click

from dani_playbook.cli.group import new_command
from dani_playbook.cli.invocation import Invocation
from dani_playbook.cli.untrusted import call_of, check_untrusted, untrusted_options


@new_command(
    "validate",
    examples=(
        "dani validate",
        "dani validate playbooks/people",
        "dani validate --output problems.json",
        "dani validate --format github       annotations in a CI job",
        "dani validate --untrusted           for pull requests of strangers",
    ),
    gives="validation",
)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@untrusted_options
@click.pass_obj
def command(invocation: Invocation, paths: tuple[str, ...], base: str | None, *, untrusted: bool) -> int:
    """Check playbooks without a live system.

    Everything that the files alone can tell: YAML, fields, references, templates, tables, dates. All problems of all
    files come out at once, each with its place. Exit code 3 where there are some.
    """
    check_untrusted(invocation, {}, base, untrusted=untrusted)
    if untrusted:
        from dani_playbook.runner.untrusted.grounds import untrusted_validation

        return invocation.show(untrusted_validation(call_of(invocation), base, paths))
    return invocation.show(invocation.offline().validate(invocation.paths(paths)))
