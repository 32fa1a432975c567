"""``dani fmt``."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

import click

from dani_playbook.cli import sinks, words
from dani_playbook.cli.formatting import Formatted, difference, format_files
from dani_playbook.cli.group import new_command
from dani_playbook.cli.invocation import Invocation
from dani_playbook.cli.output import write_stream
from dani_playbook.cli.surroundings import is_terminal

DIFFERS = 3


@new_command(
    "fmt",
    examples=("dani fmt", "dani fmt playbooks/people", "dani fmt --check --diff", "dani fmt --fold"),
)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--check", "checking", is_flag=True, help="Write nothing; exit with 3 where a file isn't tidy.")
@click.option("--diff", "showing", is_flag=True, help="Write nothing; show what would change.")
@click.option("--fold", is_flag=True, help="Fold dated changes whose day has passed into the base.")
@click.pass_obj
def command(invocation: Invocation, paths: tuple[str, ...], checking: bool, showing: bool, fold: bool) -> int:
    """Tidy playbooks, keeping comments.

    Prints the names of the files that it changed, or would change with --check.
    """
    config = invocation.config(required=not paths)
    today = invocation.surroundings.now.astimezone(ZoneInfo(config.time_zone)).date()
    files = format_files(config, invocation.paths(paths), fold_until=today if fold else None)
    changed = [file for file in files if file.is_changed]
    if not checking and not showing:
        for file in changed:
            file.write()
    invocation.write("".join(_lines(changed, showing=showing)))
    stderr = invocation.surroundings.stderr
    if not changed and is_terminal(stderr):
        told = f"{words.counted(len(files), 'file')} looked at; nothing to tidy."
        write_stream(stderr, f"{sinks.terminal(told)}\n")
    return DIFFERS if checking and changed else 0


def _lines(changed: list[Formatted], *, showing: bool) -> Iterator[str]:
    for file in changed:
        if not showing:
            yield f"{sinks.terminal(file.name)}\n"
            continue
        for line in difference(file):
            yield f"{sinks.terminal(line)}\n"
