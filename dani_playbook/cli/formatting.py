"""Formatting: playbooks as they are and as ``fmt`` would have them."""

from collections.abc import Iterator, Sequence
from datetime import date
from difflib import SequenceMatcher
from pathlib import Path

from dani_playbook.cli.output import replace_file
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import Dictionary, read_dictionary
from dani_playbook.core.errors import PlaybookError
from dani_playbook.runner.config import Config


@dataclass(frozen=True, slots=True, kw_only=True)
class Formatted:
    """A file before and after. ``name`` is as shown in messages."""

    path: Path
    name: str
    before: str
    after: str

    @property
    def is_changed(self) -> bool:
        return self.before != self.after

    def write(self) -> None:
        """Replaces the file in one step and keeps its mode. Raises ``UsageError``."""
        replace_file(self.path, self.after)


def format_files(config: Config, paths: Sequence[str], *, fold_until: date | None) -> list[Formatted]:
    """Every playbook under ``paths``, tidied. Raises ``PlaybookError`` with the problems of what can't be found."""
    from dani_playbook.language.paths import find_files
    from dani_playbook.language.project import Project

    found = find_files(paths, Project(root=config.root, playbooks=config.playbooks))
    if found.problems:
        raise PlaybookError("not every path can be read", problems=found.problems)
    dictionary = read_dictionary()
    return [_formatted(file.path, file.name, dictionary, fold_until) for file in found.files]


def difference(file: Formatted) -> Iterator[str]:
    """What changes, as ``diff -u`` shows it; values that nobody may read are blanked on both sides."""
    from dani_playbook.language.frame import names_of, shown_line

    sides = (tuple(file.before.splitlines()), tuple(file.after.splitlines()))
    names = names_of(read_dictionary())
    yield from (f"--- {file.name}", f"+++ {file.name}")
    for group in SequenceMatcher(None, *sides).get_grouped_opcodes():
        (_, old, _, new, _), (_, _, old_end, _, new_end) = group[0], group[-1]
        yield f"@@ -{old + 1},{old_end - old} +{new + 1},{new_end - new} @@"
        for verb, *spans in group:
            for side, (start, end) in enumerate((spans[:2], spans[2:])):
                if verb == "equal" and side == 1:
                    continue
                sign = " " if verb == "equal" else "-+"[side]
                yield from (f"{sign}{shown_line(sides[side], number, names)}" for number in range(start + 1, end + 1))


def _formatted(path: Path, name: str, dictionary: Dictionary, fold_until: date | None) -> Formatted:
    try:
        before = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        raise PlaybookError(f"{name} can't be read as UTF-8 text") from None
    return Formatted(path=path, name=name, before=before, after=_tidied(before, name, dictionary, fold_until))


def _tidied(text: str, name: str, dictionary: Dictionary, fold_until: date | None) -> str:
    """One file's text as it should be written. Raises ``PlaybookError`` where it is no YAML."""
    from dani_playbook.language.fmt import format_text
    from dani_playbook.language.fold import fold

    if fold_until is not None:
        return fold(text, fold_until, dictionary, file=name)
    return format_text(text, dictionary, file=name)
