"""``dani show``."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from dani_playbook.cli.group import new_command
from dani_playbook.cli.invocation import Invocation
from dani_playbook.cli.render import DOCUMENTS, document_name
from dani_playbook.core.errors import PlaybookError


@new_command(
    "show",
    examples=(
        "dani show 3f9a0c51d2e4",
        "dani show plan.json",
        "dani show plan.json --format markdown",
    ),
    gives="any",
)
@click.argument("named", metavar="RUN|FILE")
@click.pass_obj
def command(invocation: Invocation, named: str) -> int:
    """Show a past run, or a document that was saved with --format json.

    A run is shown with its changes as they were carried out. A document needs no live system.
    """
    path = Path(named)
    if path.suffix == ".json" or path.is_file():
        invocation.write_document(_saved(path))
        return 0
    return invocation.show(invocation.session().run(named, reveal=invocation.reveal))


def _saved(path: Path) -> Mapping[str, Any]:
    """Raises ``PlaybookError`` where the file holds no document of ours."""
    try:
        document = json.loads(path.read_text("utf-8"))
        if document_name(document) in DOCUMENTS:
            return dict(document)
    except FileNotFoundError:
        raise PlaybookError(f"there is no file {path}") from None
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        pass
    raise PlaybookError(
        f"{path} holds no document that dani can show", hint="save one with: dani plan --output FILE.json"
    )
