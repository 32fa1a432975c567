"""Changes -> the order in which they are shown and done: what is referred to comes first, removal the other way round."""

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence

from dani_playbook.core.address import Address
from dani_playbook.core.change import Change, Verb
from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.values import Fields


def references(spec: KindSpec, fields: Fields | None, *, deferred: bool = False) -> Iterator[Address]:
    """The addresses that ``fields`` point at; those that may be set in a second step only where asked for."""
    for field in spec.references:
        value = (fields or {}).get(field.name)
        if value is None or (field.deferred and not deferred):
            continue
        for key in value if isinstance(value, tuple) else (value,):
            yield Address(field.references or "", key)


def order(changes: Iterable[Change], kinds: Mapping[str, KindSpec]) -> tuple[Change, ...]:
    """Topological, ties by removal last, then kind, then key. The order of ``changes`` doesn't matter.

    Where live holds a ring (two removed people who manage each other), it is cut at its smallest address.
    """
    by_address = {change.address: change for change in changes}
    rank = {name: position for position, name in enumerate(kinds)}
    waits: dict[Address, set[Address]] = {address: set() for address in by_address}
    frees: dict[Address, list[Address]] = {address: [] for address in by_address}
    for first, then in _edges(by_address, kinds):
        if first not in waits[then]:
            waits[then].add(first)
            frees[first].append(then)
    return tuple(by_address[address] for address in _sorted(by_address, waits, frees, rank))


def _edges(changes: Mapping[Address, Change], kinds: Mapping[str, KindSpec]) -> Iterator[tuple[Address, Address]]:
    for address, change in changes.items():
        spec = kinds[address.kind]
        if change.verb is not Verb.REMOVE:
            for other in references(spec, change.after):
                if other in changes and other != address and changes[other].verb is not Verb.REMOVE:
                    yield other, address
        for other in references(spec, change.before, deferred=True):
            if other in changes and other != address and changes[other].verb is Verb.REMOVE:
                yield address, other


def _sorted(
    changes: Mapping[Address, Change],
    waits: dict[Address, set[Address]],
    frees: Mapping[Address, Sequence[Address]],
    rank: Mapping[str, int],
) -> Iterator[Address]:
    def place(address: Address) -> tuple[bool, int, Address]:
        removal = changes[address].verb is Verb.REMOVE
        return (removal, -rank[address.kind] if removal else rank[address.kind], address)

    ready = [place(address) for address in waits if not waits[address]]
    heapq.heapify(ready)
    left = dict.fromkeys(sorted(changes, key=place))
    while left:
        address = heapq.heappop(ready)[2] if ready else next(iter(left))
        if address not in left:
            continue
        del left[address]
        yield address
        for then in frees[address]:
            waits[then].discard(address)
            if not waits[then] and then in left:
                heapq.heappush(ready, place(then))
