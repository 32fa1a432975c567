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
from dani_playbook.language.entries import Cache, entry_name, to_body, to_entry, to_page
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
    """A playbook's bytes."""

    name: str
    data: bytes


class Quire:
    """``data`` has the bytes of the files that can be read at all. Where the cache has none of them, what they are is
    only worked out once other processes are at work."""

    def __init__(
        self, files: Sequence[PlaybookFile], project: Project, dictionary: Dictionary, cache: Cache | None
    ) -> None:
        self._project = project
        self._cache = cache
        self._written = [written for file in files if (written := _written(file, project))]
        self.data = {written.name: written.data for written in self._written}
        self._dictionary = dictionary
        self._pages: dict[str, Page] = {}
        self._crew: Crew | None = None
        self._cold: list[int] = []

    @cached_property
    def read(self) -> dict[str, BlobName]:
        """What git would call the files."""
        return {written.name: blob_name(written.data) for written in self._written}

    @cached_property
    def _context(self) -> bytes | None:
        return context_of(self._project, self._dictionary)

    @cached_property
    def _keys(self) -> list[str]:
        """One a file; empty where there is no telling what they say."""
        context, read = self._context, self.read
        if context is None:
            return [""] * len(self._written)
        using = {one.name for one in self._written if may_use_templates(one.data)}
        templates = named(
            (one.name, read[one.name]) for one in self._written if one.name in using and may_have_templates(one.data)
        )
        return [key_of(context, name, blob, templates if name in using else b"") for name, blob in read.items()]

    @cached_property
    def _single(self) -> "SingleFiles":
        from dani_playbook.language.single import SingleFiles

        return SingleFiles(self._written, self._project, self._dictionary)

    def start(self, processes: int) -> None:
        """Looks into the cache, and lets others begin with the rest where that pays."""
        for number, written in enumerate(self._written):
            data = self._cache.get(entry_name(written.name)) if self._cache else None
            page = self._opened(number, data) if data and self._keys[number] else None
            if page:
                self._pages[written.name] = page
        self._cold = [number for number, one in enumerate(self._written) if one.name not in self._pages]
        others = min(processes, len(self._cold)) - 1
        size = sum(len(self._written[number].data) for number in self._cold)
        if others > 0 and size > _WORTH and active_count() == 1:
            self._crew = Crew(self._body, self._cold, others, _ROOM + _TIMES * size)

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

    def _opened(self, number: int, data: bytes) -> Page | None:
        with suppress(ValueError, KeyError, TypeError, IndexError):
            return to_page(self._keys[number], self._written[number].name, data, self._project)
        return None

    def _body(self, number: int) -> bytes | None:
        parts = self._single.parts(number)
        return to_body(parts) if parts else None

    def _entry(self, number: int, body: bytes) -> bytes:
        name = self._written[number].name.encode("utf-8", "surrogateescape")
        return to_entry(self._keys[number], digest(self._context or b"", name), body)

    def _share(self, crew: Crew) -> None:
        """Reads along with the others until nothing is left, then takes what they have."""
        left = set(self._cold)
        while (number := crew.next()) is not None:
            self._read(number)
            left.discard(number)
        for number, body in crew.results():
            data = self._entry(number, body) if body else b""
            page = self._opened(number, data) if data else None
            if page:
                self._take(number, page, data)
            if page or not data:
                left.discard(number)
        self._cold = sorted(left)

    def _read(self, number: int) -> None:
        parts: list[Plain] | None = self._single.parts(number)
        if parts:
            data = self._entry(number, to_body(parts))
            page = self._opened(number, data)  # folded, it takes a tenth of the memory
            self._take(number, page or Page(self._written[number].name, "", parts.__getitem__), data)

    def _take(self, number: int, page: Page, data: bytes) -> None:
        self._pages[self._written[number].name] = page
        if self._cache and self._keys[number]:
            self._cache.put(entry_name(page.file), data)


def _written(file: PlaybookFile, project: Project) -> Written | None:
    data, _ = read_file(file.path, file.name, project)
    return None if data is None else Written(file.name, data)
