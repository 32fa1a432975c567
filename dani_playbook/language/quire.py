"""Quire: the pages of one load, from the cache where it has them, else read, by several processes where that pays."""

from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property
from threading import active_count
from typing import TYPE_CHECKING

from dani_playbook.core.blob import BlobName, blob_name
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import Dictionary
from dani_playbook.language.coding import Plain
from dani_playbook.language.crew import Crew
from dani_playbook.language.documents import read_file
from dani_playbook.language.entries import Cache, entry_name, to_bytes, to_page
from dani_playbook.language.page import Page
from dani_playbook.language.paths import PlaybookFile
from dani_playbook.language.project import Project
from dani_playbook.language.stamps import context_of, digest, key_of, may_have_templates, may_use_templates, named

if TYPE_CHECKING:
    from dani_playbook.language.single import SingleFiles

_WORTH = 300_000
"""How many bytes must be read anew before another process pays."""
_ROOM = 32 * 1024 * 1024
_TIMES = 4


@dataclass(frozen=True, slots=True)
class Written:
    """A playbook's bytes, with what git would call them."""

    name: str
    data: bytes
    blob: BlobName


class Quire:
    """``data`` and ``read`` have the bytes of the files that can be read at all, and what git would call them."""

    def __init__(
        self, files: Sequence[PlaybookFile], project: Project, dictionary: Dictionary, cache: Cache | None
    ) -> None:
        self._project = project
        self._cache = cache
        self._written = [written for file in files if (written := _written(file, project))]
        self.data = {written.name: written.data for written in self._written}
        self.read: dict[str, BlobName] = {written.name: written.blob for written in self._written}
        self._context = context_of(project, dictionary)
        self._keys = self._made_keys()
        self._dictionary = dictionary
        self._pages: dict[str, Page] = {}
        self._crew: Crew | None = None
        self._cold: list[int] = []

    def _made_keys(self) -> list[str]:
        """One a file; empty where there is no telling what they say."""
        context = self._context
        if context is None:
            return [""] * len(self._written)
        using = {one.name for one in self._written if may_use_templates(one.data)}
        templates = named(
            (one.name, one.blob) for one in self._written if one.name in using and may_have_templates(one.data)
        )
        return [key_of(context, one.name, one.blob, templates if one.name in using else b"") for one in self._written]

    @cached_property
    def _single(self) -> "SingleFiles":
        from dani_playbook.language.single import SingleFiles

        return SingleFiles(self._written, self._project, self._dictionary)

    def start(self, processes: int) -> None:
        """Looks into the cache, and lets others begin with the rest where that pays."""
        for number, written in enumerate(self._written):
            page = self._cached(number)
            if page:
                self._pages[written.name] = page
        self._cold = [number for number, one in enumerate(self._written) if one.name not in self._pages]
        others = min(processes, len(self._cold)) - 1
        size = sum(len(self._written[number].data) for number in self._cold)
        if others > 0 and size > _WORTH and active_count() == 1:
            self._crew = Crew(self._entry, self._cold, others, _ROOM + _TIMES * size)

    @property
    def is_shared(self) -> bool:
        """Whether other processes read along."""
        return self._crew is not None

    def finish(self, *, is_whole: bool) -> dict[str, Page]:
        """All pages by file; a file without one has problems. With ``is_whole`` the cache keeps nothing else."""
        if self._crew:
            self._share(self._crew)
        for number in self._cold:
            self._read(number)
        if self._cache and is_whole:
            self._cache.keep({entry_name(name) for name in self._pages})
        return self._pages

    def close(self) -> None:
        """Ends what is still at work."""
        if self._crew:
            self._crew.close()
            self._crew = None

    def _cached(self, number: int) -> Page | None:
        key, name = self._keys[number], self._written[number].name
        data = self._cache.get(entry_name(name)) if self._cache and key else None
        return self._opened(number, data) if data else None

    def _opened(self, number: int, data: bytes) -> Page | None:
        with suppress(ValueError, KeyError, TypeError, IndexError):
            return to_page(self._keys[number], self._written[number].name, data, self._project)
        return None

    def _entry(self, number: int) -> bytes | None:
        parts = self._single.parts(number)
        return self._folded(number, parts) if parts else None

    def _folded(self, number: int, parts: list[Plain]) -> bytes:
        name = self._written[number].name.encode("utf-8", "surrogateescape")
        return to_bytes(self._keys[number], digest(self._context or b"", name), parts)

    def _share(self, crew: Crew) -> None:
        """Reads along with the others until nothing is left, then takes what they have."""
        left = set(self._cold)
        while (number := crew.next()) is not None:
            self._read(number)
            left.discard(number)
        for number, data in crew.results():
            page = self._opened(number, data) if data else None
            if page and data:
                self._take(number, page, data)
            if page or not data:
                left.discard(number)
        self._cold = sorted(left)

    def _read(self, number: int) -> None:
        parts: list[Plain] | None = self._single.parts(number)
        if parts:
            data = self._folded(number, parts)
            page = self._opened(number, data)  # folded, it takes a tenth of the memory
            self._take(number, page or Page(self._written[number].name, "", parts.__getitem__), data)

    def _take(self, number: int, page: Page, data: bytes) -> None:
        self._pages[self._written[number].name] = page
        if self._cache and self._keys[number]:
            self._cache.put(entry_name(page.file), data)


def _written(file: PlaybookFile, project: Project) -> Written | None:
    data, _ = read_file(file.path, file.name, project)
    return None if data is None else Written(file.name, data, blob_name(data))
