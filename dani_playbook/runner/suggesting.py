"""``dani binding suggest``: a draft of bindings from a project's models. No row is read, and nothing is overwritten."""

import os
from pathlib import Path

from dani_playbook.core.binding import Boot
from dani_playbook.core.errors import PlaybookError, UsageError
from dani_playbook.runner import registry
from dani_playbook.runner.bindings import parse_bindings

_SAID = "the call: --settings and --folder"


def suggest(settings: str | None, folder: Path, target: Path | None) -> str:
    """The text of a draft. ``target`` is where it will stand, which its paths are relative to.

    Raises ``UsageError`` where no settings are named, ``LiveUnreachable`` where the project can't be started, and
    ``PlaybookError`` where no model looks like people, departments or groups.
    """
    from dani_playbook.runner.boot import start
    from dani_playbook.runner.suggest.draft import drafts
    from dani_playbook.runner.suggest.reading import read_project
    from dani_playbook.runner.suggest.written import text_of

    module = settings or os.environ.get("DJANGO_SETTINGS_MODULE")
    if not module:
        raise UsageError("no settings are named", hint="name the settings module: --settings company.settings")
    start(Boot(settings=module, folder=str(folder.resolve())), _SAID)
    whole, lacking = drafts(read_project(), registry.dictionary().kinds)
    if not whole:
        near = "; ".join(f"{draft.root.label} lacks {', '.join(draft.lacks)}" for draft in lacking)
        raise PlaybookError(
            f"no model of this project looks like people, departments or groups{f': {near}' if near else ''}",
            hint="write the bindings by hand; dani schema bindings says how",
        )
    home = target.absolute().parent if target else Path.cwd()
    name = target.name if target else "bindings.yaml"
    text = text_of(whole, lacking, module, os.path.relpath(folder.resolve(), home.resolve()), name)
    _prove(text, name, home)
    return text


def _prove(text: str, name: str, home: Path) -> None:
    """A draft is a file that is read without a problem; else this is a bug, and says where."""
    from dani_playbook.language.documents import document_of
    from dani_playbook.language.project import Limits

    document, problems = document_of(text.encode("utf-8"), name, Limits())
    assert document is not None, problems
    parse_bindings(document.content, name, home, registry.dictionary())
