"""The words HR people use for changes of jobs."""

from dani_playbook.core.change import Change

JOB_MARKS = ("opening", "closing")


def job_mark(change: Change) -> str | None:
    """``opening`` when the job begins to take applicants, ``closing`` when it ends for good."""
    status = change.written.get("status")
    if status == "open":
        return "opening"
    was_over = (change.before or {}).get("status") in (None, "closed", "filled")
    return "closing" if not was_over and status in ("closed", "filled") else None
