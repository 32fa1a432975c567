"""Work for several processes: each takes the next piece when it is free, and what none has done is done here."""

from collections.abc import Callable, Mapping
from threading import active_count

from dani_playbook.language.crew import Crew

_ROOM = 1024 * 1024


def shared(
    work: Callable[[int], bytes], count: int, meanwhile: Callable[[], None], processes: int
) -> Mapping[int, bytes]:
    """What ``work`` gives for each number below ``count``. The other processes are forked: they know all that this one
    knows, and end without a trace. Once they are at work, and before it takes its part, this one does ``meanwhile``."""
    others = min(processes, count) - 1
    if others < 1 or active_count() > 1:
        return {number: work(number) for number in range(count)}
    crew = Crew(work, range(count), others, _ROOM)
    try:
        done: dict[int, bytes] = {}
        meanwhile()
        while (number := crew.next()) is not None:
            done[number] = work(number)
        done |= {number: data for number, data in crew.results() if data}
    finally:
        crew.close()
    return done | {number: work(number) for number in range(count) if number not in done}
