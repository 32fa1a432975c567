"""Found: what a look at a binding beside the live models brings to light."""

from collections.abc import Sequence

from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.errors import LiveError
from dani_playbook.core.problem import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """``level`` is error, warning or info; ``path`` a field of ours, a part, or a column of the live system."""

    level: str
    kind: str
    path: str
    message: str
    hint: str | None = None


class Misfit(ValueError):
    """A binding that fits no model, or a value that fits no column; the text never repeats a value."""

    def __init__(self, why: str, hint: str | None = None) -> None:
        super().__init__(why)
        self.hint = hint


def as_error(found: Sequence[Found]) -> LiveError:
    """All of it in one error."""
    first = found[0]
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    return LiveError(
        f"the binding of {first.kind} doesn't fit the live system: {first.message}{more}",
        hint=first.hint or "dani binding check looks at all of it",
        problems=[
            Problem(code="binding-misfit", message=f"{item.kind}: {item.message}", field=item.path, hint=item.hint)
            for item in found[1:]
        ],
    )
