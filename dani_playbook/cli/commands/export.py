"""``dani export``."""

from pathlib import Path

import click

from dani_playbook.cli.group import new_command
from dani_playbook.cli.invocation import Invocation
from dani_playbook.cli.progress import progress


@new_command(
    "export",
    examples=(
        "dani export --to exported",
        "dani export 'user.*' --to exported",
        "dani export user.jdoe --format json",
    ),
)
@click.argument("selector", required=False)
@click.option(
    "--to", "folder", metavar="DIR", type=click.Path(path_type=Path), help="Write playbooks into this folder."
)
@click.pass_obj
def command(invocation: Invocation, selector: str | None, folder: Path | None) -> int:
    """Write what is live as playbooks.

    A plan of the written playbooks is empty. Without --to the export is printed. SELECTOR is an address, or a pattern
    like user.* for many.
    """
    session = invocation.session()
    with progress(invocation.surroundings, plain=invocation.plain) as tell:
        tell("reading the live system")
        if folder is None:
            result = session.export(selector, reveal=invocation.reveal)
        else:
            result = session.export_to(selector, folder, reveal=invocation.reveal)
    return invocation.show(result)
