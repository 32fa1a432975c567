"""``dani binding check|suggest``."""

from pathlib import Path

import click

from dani_playbook.cli import sinks
from dani_playbook.cli.group import DaniCommand, DaniGroup
from dani_playbook.cli.invocation import Invocation


@click.group("binding", cls=DaniGroup)
def command() -> None:
    """Bind a Django project of your own, and prove that the bindings fit.

    A binding says where people, departments and other kinds live there: bindings: in dani.yaml names its file.
    """


@command.command("check", cls=DaniCommand, examples=("dani binding check", "dani binding check --format json"))
@click.pass_obj
def check(invocation: Invocation) -> int:
    """Prove the bindings against the live models, without writing.

    Starts the project, asks its models, reads every kind once, and tells what was kept from happening meanwhile. Exit
    code 3 where something doesn't fit.
    """
    from dani_playbook.runner.binding_check import check_binding

    return invocation.show(check_binding(invocation.session()))


@command.command(
    "suggest",
    cls=DaniCommand,
    examples=(
        "dani binding suggest --settings company.settings --folder ../company",
        "dani binding suggest --settings company.settings --folder ../company --to bindings.yaml",
    ),
)
@click.option("--settings", metavar="MODULE", help="The settings module; else DJANGO_SETTINGS_MODULE.")
@click.option("--folder", metavar="DIR", default=".", help="The folder of manage.py; else this one.")
@click.option("--to", "target", metavar="FILE", help="Write the draft there; it must not exist yet.")
@click.pass_obj
def suggest(invocation: Invocation, settings: str | None, folder: str, target: str | None) -> int:
    """Draft bindings from the models of a project.

    It starts the project, reads its models and no row, and writes YAML whose comments say why, and what is left open.
    """
    from dani_playbook.cli.output import check_target, write_file
    from dani_playbook.runner.suggesting import suggest

    path = Path(target) if target else None
    if path:
        check_target(path, overwrite=False)
    text = suggest(settings, Path(folder), path)
    if path is None:
        invocation.write(sinks.terminal_lines(text))
        return 0
    write_file(path, text)
    invocation.say(f"{path}: a draft, to be read and completed; then name it in dani.yaml and run dani binding check")
    return 0
