"""Fields of live objects that couldn't be read for sure: nobody may say that they differ, or that they don't."""

from dani_playbook.core.change import Finding
from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.resource import Desired
from dani_playbook.core.snapshot import LiveObject


def unreadable(spec: KindSpec, desired: Desired, live: LiveObject) -> Finding | None:
    """What keeps a resource from being compared; nothing where only fields are doubtful that it doesn't declare."""
    ignored = desired.resource.ignore
    doubtful = [name for name in spec.fields if name in live.doubts and name in desired.fields and name not in ignored]
    if not doubtful:
        return None
    told = "; ".join(f"{name}: {live.doubts[name]}" for name in doubtful)
    return Finding(
        code="unreadable",
        message=f"can't be compared with the live system: {told}",
        address=desired.address,
        title=spec.shown_name(live.fields),
        source=desired.source_of(doubtful[0]),
        hint=f"mend it in the live system, or leave it out of this plan: --exclude {desired.address}",
    )
