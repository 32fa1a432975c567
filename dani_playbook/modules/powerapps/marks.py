"""The words used for changes of Power Apps configurations."""

from dani_playbook.core.change import Change

POWERAPPS_MARKS = ("connection", "disconnection", "remapping")


def powerapps_mark(change: Change) -> str | None:
    """Whether records of an existing configuration begin or cease to be fetched, or are read in another way."""
    if change.before is None:
        return None
    was = change.before.get("enabled")
    if was is True and change.written.get("enabled") is False:
        return "disconnection"
    if was is False and change.written.get("enabled") is True:
        return "connection"
    return "remapping" if "field_mapping" in change.written else None
