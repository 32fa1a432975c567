"""``dani export``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dani_playbook.cli.group import new_command
from dani_playbook.cli.invocation import Invocation
from dani_playbook.cli.progress import progress
from dani_playbook.cli.render import formats_of
from dani_playbook.core.errors import PlaybookError

if TYPE_CHECKING:
    from dani_playbook.runner.session import Session


@new_command(
    "export",
    examples=(
        "dani export --to exported",
        "dani export 'user.*' --to exported",
        "dani export user.jdoe --format json",
    ),
    gives="export",
)
@click.argument("selector", required=False)
@click.option(
    "--to",
    "folder",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Write playbooks into this folder, or bring those in it up to date.",
)
@click.pass_obj
def command(invocation: Invocation, selector: str | None, folder: Path | None) -> int:
    """Write what is live as playbooks.

    A plan of the written playbooks is empty. Playbooks that are in the folder already are changed where they differ
    from what is live, and keep everything else. Without --to the export is printed. SELECTOR is an address, or a
    pattern like user.* for many; a kind alone means all of it.
    """
    if folder is not None:
        invocation.check_form(formats_of("written"))
    session = invocation.session()
    with progress(invocation.surroundings, plain=invocation.plain) as tell:
        tell("reading the live system")
        if folder is None:
            result = session.export(selector, reveal=invocation.reveal)
        else:
            result = session.export_to(selector, folder, reveal=invocation.reveal)
    if selector and not result.document["resources"] and not _is_changed(result.document):
        _check(session, selector)
    return invocation.show(result)


def _is_changed(document: Mapping[str, Any]) -> bool:
    """Whether files were changed, because who stood there is gone."""
    return any(file["outcome"] != "unchanged" for file in document.get("files", ()))


def _check(session: Session, selector: str) -> None:
    """A typing error must not look like an empty system. Raises ``PlaybookError`` for what can mean nothing."""
    kind = selector.partition(".")[0]
    if "*" in kind or (kind in session.specs and (selector == kind or "*" in selector)):
        return
    address = session.address(selector if "." in selector else f"{selector}.any")
    raise PlaybookError(f"the live system has no {address}", hint=f"all of its kind: dani export {address.kind}")
