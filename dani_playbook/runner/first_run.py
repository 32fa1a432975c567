"""First run: the one sentence that tells what a system in use has to expect of it."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from dani_playbook.core.change import Verb
from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.plan import Plan

Specs = Mapping[str, KindSpec]


def first_run(specs: Specs, plan: Plan) -> dict[str, Any] | None:
    """What a first run does to a system that has something already; nothing for an empty one and for any other run."""
    counted = Counter((change.verb, change.address.kind) for change in plan.changes)
    adopts, creates = ({k: counted[verb, k] for k in specs if counted[verb, k]} for verb in (Verb.ADOPT, Verb.CREATE))
    left = {kind: plan.unmanaged[kind] for kind in specs if plan.unmanaged.get(kind)}
    if not plan.first or not (adopts or left):
        return None
    removes = sum(change.verb is Verb.REMOVE or change.deletes for change in plan.changes)
    counts = {"adopts": adopts, "creates": creates, "removes": removes, "left_alone": left}
    return {"sentence": _sentence(specs, counts), **counts}


def _sentence(specs: Specs, counts: Mapping[str, Any]) -> str:
    """``First run: adopts 10,000 people and removes nothing; 3 live groups that nobody declares are left alone.``"""
    done = [f"adopts {_named(specs, counts['adopts'])}"]
    done += [f"creates {_named(specs, counts['creates'])}"] if counts["creates"] else []
    between = ", " if len(done) > 1 or len(counts["adopts"]) > 1 else " "
    removed = f"removes {counts['removes']:,}" if counts["removes"] else "removes nothing"
    sentence = f"First run: {', '.join(done)}{between}and {removed}"
    left = counts["left_alone"]
    if not left:
        return f"{sentence}."
    verb = "is" if sum(left.values()) == 1 else "are"
    return f"{sentence}; {_named(specs, left, 'live ')} that nobody declares {verb} left alone."


def _named(specs: Specs, counts: Mapping[str, int], word: str = "") -> str:
    """``10,000 people, 40 departments and 1 group``."""
    parts = [f"{number:,} {word}{_word(specs[kind], number)}" for kind, number in counts.items()]
    return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else "".join(parts) or "nothing"


def _word(spec: KindSpec, number: int) -> str:
    if spec.people:
        return "person" if number == 1 else "people"
    return spec.name if number == 1 else spec.collection
