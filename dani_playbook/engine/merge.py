"""What a plan wanted to remember, laid over what the inventory says by now."""

from dataclasses import replace

from dani_playbook.core.memory import InventoryItem


class Overtaken(Exception):
    """Another run has said something else about the same since the plan was made."""


def merged(
    before: InventoryItem | None, after: InventoryItem | None, now: InventoryItem | None
) -> InventoryItem | None:
    """``after``, and what other runs have come to own meanwhile.

    ``before`` is what the plan saw. Raises ``Overtaken`` where the same field, or the object itself, has moved.
    """
    if now == before:
        return after
    if before is None or after is None or now is None or now.live_id != before.live_id:
        raise Overtaken
    applied = dict(now.applied)
    for name in {**before.applied, **after.applied}:
        was, wanted, current = before.applied.get(name), after.applied.get(name), now.applied.get(name)
        if was == wanted:
            continue
        if current != was:
            raise Overtaken
        if wanted is None:
            del applied[name]
        else:
            applied[name] = wanted
    return replace(after, applied=applied)
