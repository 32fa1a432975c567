"""Repository: the files that ``dani init`` begins with."""

import json
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from dani_playbook.core.errors import UsageError

STARTER = "starter"
_NAME = "@NAME@"
_DOT = "dot."
"""Names in the package begin with this where the written ones begin with a dot: packagers pass dot files over."""


def begin(folder: Path, name: str) -> list[Path]:
    """Writes every file below ``folder`` and gives their paths. Raises ``UsageError``, before anything is written."""
    texts = {folder / path: text.replace(_NAME, json.dumps(name, ensure_ascii=False)) for path, text in starter()}
    if existing := [path for path in texts if path.exists() or path.is_symlink()]:
        listed = ", ".join(str(path) for path in existing)
        raise UsageError(f"these files exist already: {listed}", hint="move them away, or name another folder")
    try:
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
    except OSError as error:
        raise UsageError(f"{error.filename} can't be written: {error.strerror}") from None
    return list(texts)


def starter() -> list[tuple[Path, str]]:
    """The files of a new repository with their texts, by path."""
    return sorted(_below(files("dani_playbook.cli") / STARTER, Path()))


def _below(folder: Traversable, path: Path) -> Iterator[tuple[Path, str]]:
    for item in folder.iterdir():
        name = path / _written_name(item.name)
        if item.is_dir():
            yield from _below(item, name)
        elif not item.name.endswith((".py", ".pyc")):
            yield name, item.read_text("utf-8")


def _written_name(name: str) -> str:
    return f".{name.removeprefix(_DOT)}" if name.startswith(_DOT) else name
