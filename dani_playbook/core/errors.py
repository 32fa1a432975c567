"""The error tree.

DaniError
├── PlaybookError      the author must change a file            exit 3
├── UsageError         the command line was used wrongly        exit 64
├── PlanRefused        a person must decide                     exit 4
│   └── PlanStale      the plan must be made again              exit 6
├── Denied             who you are, or what is allowed          exit 5
└── LiveError          the operator must look
    ├── LiveUnreachable    a live system can't be reached       exit 9
    ├── LiveLocked         another run holds it                 exit 6
    │   └── LockLost           another took it over meanwhile       exit 6
    ├── ApplyFailed        failed, everything was rolled back   exit 8
    └── NeedsPerson        an outcome is unknown                exit 7
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from dani_playbook.core.problem import Problem

if TYPE_CHECKING:
    from dani_playbook.core.change import Moved


class DaniError(Exception):
    """What ``dani`` says on purpose: what happened, and what to do next.

    ``shown`` has the problems as documents where the files that they are about must not be read again here.
    """

    exit_code: ClassVar[int] = 1
    code: ClassVar[str] = "error"

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        problems: Sequence[Problem] = (),
        shown: Sequence[Mapping[str, Any]] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.problems = tuple(problems)
        self.shown = shown


class PlaybookError(DaniError):
    """Playbooks, configuration or data files are wrong; ``problems`` has all of it."""

    exit_code = 3
    code = "invalid"


class UsageError(DaniError):
    exit_code = 64
    code = "usage"


class PlanRefused(DaniError):
    """A guard stopped the plan; ``problems`` says which."""

    exit_code = 4
    code = "refused"


class PlanStale(PlanRefused):
    """The world isn't any more as the plan saw it; ``moved`` is what differs, field by field."""

    exit_code = 6
    code = "stale"
    moved: "tuple[Moved, ...]" = ()


class Denied(DaniError):
    exit_code = 5
    code = "denied"


class LiveError(DaniError):
    exit_code = 9
    code = "live"


class LiveUnreachable(LiveError):
    exit_code = 9
    code = "unreachable"


class LiveLocked(LiveError):
    """Another run writes, and didn't end within the time that one waits. Nothing happened."""

    exit_code = 6
    code = "locked"


class LockLost(LiveLocked):
    """The lock was taken over or broken since the run took it. Nothing was written after that."""

    code = "lock-lost"


class ApplyFailed(LiveError):
    """Something failed inside the pivot; nothing of the run is left in the live system. ``run`` is its id."""

    exit_code = 8
    code = "failed"
    run: str | None = None


class NeedsPerson(LiveError):
    exit_code = 7
    code = "needs-person"
