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
from dani_playbook.runner.saving import is_saved_plan


@new_command(
    "show",
    examples=(
        "dani show 3f9a0c51d2e4",
        "dani show change.plan",
        "dani show plan.json",
        "dani show plan.json --format markdown",
    ),
    gives="any",
)
@click.argument("named", metavar="RUN|PLAN|FILE")
@click.pass_obj
def command(invocation: Invocation, named: str) -> int:
    """Show a past run, a saved plan, or a document that was saved with --format json.

    A run is shown with its changes as they were carried out. A saved plan is shown with its approvals where the
    project's key is, and unchecked where it isn't. A document needs no live system.
    """
    path = Path(named)
    if is_saved_plan(path):
        return _show_plan(invocation, path)
    if path.suffix == ".json" or path.is_file():
        _show_document(invocation, path)
        return 0
    return invocation.show(invocation.session().run(named, reveal=invocation.reveal))


def _show_plan(invocation: Invocation, path: Path) -> int:
    from dani_playbook.runner.project import has_key
    from dani_playbook.runner.registry import dictionary
    from dani_playbook.runner.saving import unverified

    if has_key(invocation.root, invocation.surroundings.environ):
        invocation.write_document(invocation.session().saved(path, reveal=invocation.reveal).result.document)
        return 0
    return invocation.show(unverified(path, dictionary().kinds))


def _show_document(invocation: Invocation, path: Path) -> None:
    """Anybody may have written it: what a renderer misses in it is no bug of ours."""
    document = _saved(path)
    try:
        invocation.write_document(document)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        raise PlaybookError(
            f"{path} isn't whole: {document_name(document)} documents have more in them", hint="make it again"
        ) from None


def _saved(path: Path) -> Mapping[str, Any]:
    """Raises ``PlaybookError`` where the file holds no document of ours."""
    try:
        document = json.loads(path.read_text("utf-8"), parse_constant=_no_number)
        if document_name(document) in DOCUMENTS:
            return dict(document)
    except FileNotFoundError:
        raise PlaybookError(f"there is no file {path}") from None
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        pass
    raise PlaybookError(
        f"{path} holds no document that dani can show", hint="save one with: dani plan --output FILE.json"
    )


def _no_number(text: str) -> None:
    raise ValueError(text)
