"""The words used for changes of schedules."""

from dani_playbook.core.change import Change

SCHEDULE_MARKS = ("restart", "stop")


def schedule_mark(change: Change) -> str | None:
    """Whether an existing schedule begins or ceases to run."""
    was = (change.before or {}).get("enabled")
    if was is True and change.written.get("enabled") is False:
        return "stop"
    return "restart" if was is False and change.written.get("enabled") is True else None
