"""Together: what single files say becomes what all of them say."""

from collections.abc import Mapping, Sequence

from dani_playbook.core.address import Address
from dani_playbook.core.blob import BlobName
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import Dictionary
from dani_playbook.core.problem import Problem
from dani_playbook.core.resource import Move, Sheet
from dani_playbook.language.page import Page
from dani_playbook.language.paths import Found, PlaybookFile
from dani_playbook.language.project import Limits, Project
from dani_playbook.language.sheets import Declaring, Resources, Rest
from dani_playbook.language.stamps import may_have_templates, may_use_templates


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """``is_exact`` is false where reading all files thoroughly might say something else."""

    resources: Resources
    moves: tuple[Move, ...]
    problems: Sequence[Problem]
    warnings: Sequence[Problem]
    read: Mapping[str, BlobName]
    sheets: tuple[Sheet, ...]
    is_exact: bool


def put_together(
    found: Found, pages: Mapping[str, Page], data: Mapping[str, bytes], project: Project, dictionary: Dictionary
) -> Together:
    """Pages by file as they are, and thoroughly what has none; ``data`` has bytes of files that were read before."""
    rest = [file for file in found.files if file.name not in pages]
    read = Rest()
    if rest:
        from dani_playbook.language.thorough import read_rest

        read = read_rest(_needed(found.files, rest, data), {file.name for file in rest}, data, project, dictionary)
    declaring: dict[str, Declaring] = {**pages, **read.made}
    in_order = [declaring[file.name] for file in found.files if file.name in declaring]
    return _together(found, in_order, read, project.limits)


def _needed(
    files: Sequence[PlaybookFile], rest: Sequence[PlaybookFile], data: Mapping[str, bytes]
) -> Sequence[PlaybookFile]:
    """``rest``, and what has templates for it."""
    names = {file.name for file in rest}
    if not any(may_use_templates(data.get(name, b"")) for name in names):
        return rest
    return [file for file in files if file.name in names or may_have_templates(data.get(file.name, b""))]


def _together(found: Found, declaring: Sequence[Declaring], read: Rest, limits: Limits) -> Together:
    pages = [page for page in declaring if isinstance(page, Page)]
    resources = Resources(declaring)
    problems = [*found.problems, *read.problems, *_twice(resources, declaring)]
    moves, wrong, warnings = _resolved(_moves(declaring), resources) if read.is_whole else ((), [], [])
    rendered = read.rendered + sum(page.rendered for page in pages)
    problems += wrong
    return Together(
        resources=resources,
        moves=moves,
        problems=problems,
        warnings=warnings,
        read={**{name: blob for page in pages for name, blob in page.read}, **read.read},
        sheets=_sheets(found, declaring),
        is_exact=read.is_whole and _is_within(limits, rendered, len(resources), len(problems)),
    )


def _is_within(limits: Limits, rendered: int, resources: int, problems: int) -> bool:
    """Whether no limit comes near that counts over all files."""
    return rendered <= limits.rendered and resources < limits.resources and problems <= limits.problems


def _resolved(moves: list[Move], resources: Resources) -> tuple[tuple[Move, ...], list[Problem], list[Problem]]:
    if not moves:
        return (), [], []
    from dani_playbook.language.moves import resolve_moves

    return resolve_moves(moves, resources)


def _twice(resources: Resources, declaring: Sequence[Declaring]) -> list[Problem]:
    if not resources.twice:
        return []
    from dani_playbook.language.resources import already_declared

    return [
        already_declared(declaring[number].resource(address), resources[address]) for address, number in resources.twice
    ]


def _moves(declaring: Sequence[Declaring]) -> list[Move]:
    """In order of files and lines; the same move twice counts once."""
    moves: dict[tuple[Address, Address], Move] = {}
    for page in declaring:
        for move in page.moves:
            moves.setdefault((move.before, move.after), move)
    return list(moves.values())


def _sheets(found: Found, declaring: Sequence[Declaring]) -> tuple[Sheet, ...]:
    by_file = {page.file: page for page in declaring}
    return tuple(_sheet(file.name, by_file.get(file.name)) for file in found.files)


def _sheet(file: str, page: Declaring | None) -> Sheet:
    if page is None:
        return Sheet(file=file, stamp="", keys={}, absent=())
    return Sheet(
        file=page.file,
        stamp=page.stamp,
        keys={kind: tuple(keys) for kind, keys in page.keys.items()},
        absent=page.absent,
    )
