"""``dani init``."""

from pathlib import Path

import click

from dani_playbook.cli import sinks
from dani_playbook.cli.group import new_command
from dani_playbook.cli.invocation import Invocation
from dani_playbook.cli.output import write_stream
from dani_playbook.cli.repository import begin


@new_command("init", examples=("dani init", "dani init people-ops", "dani init people-ops --name Nordwind"))
@click.argument("folder", required=False, default=".", metavar="[DIR]", type=click.Path(path_type=Path))
@click.option("--name", metavar="NAME", help="What the company is called; else the folder's name.")
@click.pass_obj
def command(invocation: Invocation, folder: Path, name: str | None) -> int:
    """Begin a new repository.

    Writes dani.yaml, playbooks that plan cleanly, a CI workflow that comments on pull requests, a pre-commit hook and
    a README. Refuses, and writes nothing, where one of the files exists.
    """
    written = begin(folder, name or folder.resolve().name)
    invocation.write("".join(f"{sinks.terminal(str(path))}\n" for path in written))
    go = "" if folder == Path() else f"cd {folder} && "
    write_stream(invocation.surroundings.stderr, f"\n{sinks.terminal(f'Next: {go}dani plan')}\n")
    return 0
