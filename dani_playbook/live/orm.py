"""OrmLive: the live system as a Django project keeps it, this one or any other."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connections
from django.db.transaction import atomic

from dani_playbook.core.address import Address
from dani_playbook.core.binding import Actor, Binding
from dani_playbook.core.change import Change
from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.errors import LiveError
from dani_playbook.core.live import Attached, Unfit
from dani_playbook.core.snapshot import KindSnapshot, LiveId
from dani_playbook.live.actor import Acting
from dani_playbook.live.afterwards import Afterwards
from dani_playbook.live.bind import bind
from dani_playbook.live.columns import Bound
from dani_playbook.live.ids import live_id, row_of
from dani_playbook.live.keys import Suggestions
from dani_playbook.live.read import read_rows
from dani_playbook.live.refusal import in_our_words
from dani_playbook.live.statements import batches


class OrmLive:
    """Any Django models as a live system; fulfils ``core.live.Live``. Django must be set up before.

    ``identity`` tells two databases apart and stays the same after a restart. ``by`` is who acts, for the live
    system's own history, which learns it as ``actor`` says. Raises ``LiveError`` where a binding doesn't fit the models.
    """

    def __init__(
        self,
        bindings: Mapping[str, Binding],
        dictionary: Mapping[str, KindSpec],
        *,
        using: str = "default",
        name: str,
        identity: str,
        actor: Actor | None = None,
        by: str = "",
    ) -> None:
        self.name = name
        self.identity = identity
        self._using = using
        self._kinds = bind(bindings, dictionary)
        self._suggestions = Suggestions(self._kinds, using)
        self._acting = Acting(actor or Actor(), by, using)

    def read(self, kind: str) -> KindSnapshot:
        with in_our_words():
            return KindSnapshot(kind, read_rows(self._bound(kind), self._kinds, self._suggestions, self._using))

    def read_some(self, kind: str, ids: Collection[LiveId]) -> KindSnapshot:
        bound = self._bound(kind)
        rows = sorted({row_of(bound, each) for each in ids})
        with in_our_words():
            found = {
                id: item
                for batch in batches(rows)
                for id, item in read_rows(bound, self._kinds, self._suggestions, self._using, batch).whole().items()
            }
        return KindSnapshot(kind, found, complete=False)

    def attached(self, kind: str, ids: Collection[LiveId]) -> Mapping[LiveId, Sequence[Attached]]:
        from dani_playbook.live.beyond import unsaid
        from dani_playbook.live.ties import attached, unknown

        bound = self._bound(kind)
        if not bound.deletes:
            stays = Attached(what=f"the binding of {kind} says that its rows stay", stops=True)
            return {each: [stays] for each in ids}
        found: dict[LiveId, list[Attached]] = {}
        with in_our_words():
            rows = sorted({row_of(bound, each) for each in ids})
            for row, item in (
                *attached(bound, rows, self._using),
                *unknown(bound, rows, self._kinds, self._using),
                *unsaid(bound, rows, self._using),
            ):
                found.setdefault(live_id(row), []).append(item)
        return found

    def loose(self, kind: str) -> Collection[str]:
        from dani_playbook.live.beyond import loose_links

        return loose_links(self._bound(kind))

    def unfit(self, changes: Sequence[Change]) -> Sequence[Unfit]:
        if not changes:
            return ()
        from dani_playbook.live.fitting import unfit

        with in_our_words():
            return list(unfit(self._kinds, changes, self._using))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        afterwards = Afterwards(self._using, [])
        with in_our_words(), durable(self._using):
            yield
            afterwards.take_over()
        afterwards.raise_if_failed()

    def write(self, changes: Sequence[Change], ids: Mapping[Address, LiveId]) -> Mapping[Address, LiveId]:
        from dani_playbook.live.write import write

        with in_our_words():
            self._suggestions.remember()
            with self._acting.writing():
                return write(self._kinds, changes, ids, self._acting, self._using)

    def _bound(self, kind: str) -> Bound:
        if kind not in self._kinds:
            raise LiveError(f"{self.name} has no {kind}")
        return self._kinds[kind]


@contextmanager
def durable(using: str) -> Iterator[None]:
    """A transaction that is on the disk when it ends, and the only one that writes on SQLite."""
    connection = connections[using]
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        with _immediate(using), atomic(using, durable=True):
            yield
        return
    with atomic(using, durable=True):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL synchronous_commit = on")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        yield


@contextmanager
def _immediate(using: str) -> Iterator[None]:
    """The lock is taken at the beginning: who waits for it later would read what is about to change."""
    connection: Any = connections[using]
    if not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous = FULL")
    before = getattr(connection, "transaction_mode", None)
    connection.transaction_mode = "IMMEDIATE"
    try:
        yield
    finally:
        connection.transaction_mode = before
