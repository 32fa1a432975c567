"""The words that people read for the stable names in documents."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

VERBS = ("create", "adopt", "move", "update", "release", "remove")
"""In the order in which a summary tells them."""

MARKS = (
    "hire", "start", "rehire", "return", "reactivation", "transfer", "promotion", "pay", "rename", "leave", "suspension"
)  # fmt: skip
"""In the order in which HR people tell them; others follow by name, and who goes comes last."""

_LAST_MARKS = ("leaver", "deletion")
_MARK_WORDS: Mapping[str, str] = {"pay": "pay change", "membership": "membership change"}
_COLLECTIONS: Mapping[str, str] = {"powerapps": "PowerApps configuration"}

DRIFT: Mapping[str, tuple[str, str]] = {
    "missing": ("Gone", "managed, and no longer there"),
    "changed_outside": ("Changed outside", "differs from what was applied last"),
    "satisfied_late": ("Already as declared", "became so by another way; remembered with the next apply"),
    "due": ("Due", "a date has come; this is not drift"),
}
"""What a class of drift is called, and what it means, in the order of how much it matters."""

LOCK: Mapping[str, tuple[str, str]] = {
    "free": ("free", "Nobody is writing."),
    "alive": ("held", "Its process is alive."),
    "stopped": (
        "held",
        "Its process is there, but wasn't heard of for more than a minute; the next run may take over.",
    ),
    "dead": ("left behind", "Its process is dead; the next run takes over by itself."),
}
"""What a state of the lock is called, and what it means."""

OUTCOMES: Mapping[str, str] = {
    "running": "running",
    "closing": "not written",
    "not-written": "not written",
    "written": "written",
    "unknown": "unknown",
}
NOTHING_TO_RESUME = "No run was interrupted, or a later one has succeeded since."
OTHER_PLAN = "something changed since then, and it needs a yes of its own."

_REASONS: Mapping[str, str] = {
    "no_longer_declared": "no longer declared",
    "declared_absent": "declared absent",
    "adopted": "exists already, managed from now on",
    "released": "no longer declared, left as it is",
    "rollback": "taken back",
    "purged": "purge",
    "drift": "changed outside, put back",
}

_FIELD_REASONS: Mapping[str, str] = {
    "drift": "changed outside; put back as declared",
    "derived": "follows from the dates",
    "reactivation": "brings back who had left or was disabled",
    "conflict_settled": "conflict settled: the {winner} wins",
}

_NEXT: Mapping[str, str] = {
    "conflict": "change the playbook to what is right, or say which side wins: --prefer {address}.{field}=playbook "
    "(or =live)",
    "held": "if it shall be put back, approve it as a change of its own: --restore {address}",
    "disputed": "several live objects fit; give the resource an identity that only one of them has",
    "protected": "take protect: true away in the playbook, in a change of its own",
    "immutable": "put the old value back; this field can't change once it is set",
    "referred-to": "change what refers to it first",
    "removal-blocked": "settle that in the live system first, or take the removal back",
    "unreadable": "mend it in the live system, or leave it out: --exclude {address}",
    "key-taken": "choose another key, or tell the old one with moved:",
    "empty-source": "check that the table or folder was read as you meant it",
}


def counted(number: int, word: str, words: str | None = None) -> str:
    """``1 file``, ``2 files``, ``1,204 files``."""
    return f"{number:,} {word if number == 1 else words or word + 's'}"


def resources(counts: Mapping[str, int]) -> str:
    """``20 departments, 1 user`` by kind, in the order given."""
    return ", ".join(counted(number, _COLLECTIONS.get(kind, kind)) for kind, number in counts.items() if number)


def held_back(quiet: Mapping[str, Any]) -> str:
    """What a project would have done by itself, and didn't: ``Held back: 2 threads (rota.jobs), 0 mails.``"""
    threads = f" ({joined(quiet['threads_of'])})" if quiet["threads"] else ""
    return f"Held back: {counted(quiet['threads'], 'thread')}{threads}, {counted(quiet['mails'], 'mail')}."


def kept_quiet(quiet: Mapping[str, Any]) -> str:
    """The same, and whether it wrote all the same."""
    return f"{held_back(quiet)} {'Something' if quiet['writes'] else 'Nothing'} was written."


def people(number: int) -> str:
    """``1 person``, ``2 people``."""
    return counted(number, "person", "people")


def joined(parts: Sequence[str], last: str = "and") -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def marks_line(marks: Mapping[str, int]) -> str:
    """``1 hire · 2 transfers · 1 leaver``, empty where there is none."""
    shown = (mark for mark in sorted(marks, key=_mark_rank) if marks[mark])
    return " · ".join(counted(marks[mark], _MARK_WORDS.get(mark, mark)) for mark in shown)


def _mark_rank(mark: str) -> tuple[int, str]:
    if mark in _LAST_MARKS:
        return (len(MARKS) + 1 + _LAST_MARKS.index(mark), mark)
    return (MARKS.index(mark) if mark in MARKS else len(MARKS), mark)


def summary_line(summary: Mapping[str, int], unmanaged: Mapping[str, int]) -> str:
    """``1 to create, 1 to remove; 245 unchanged; 2 live resources unmanaged``."""
    verbs = [f"{summary[verb]:,} to {verb}" for verb in VERBS if summary.get(verb)]
    parts = [", ".join(verbs) or "nothing to do"]
    if unchanged := summary.get("unchanged"):
        parts.append(f"{unchanged:,} unchanged")
    if total := sum(unmanaged.values()):
        parts.append(f"{counted(total, 'live resource')} unmanaged")
    return "; ".join(parts)


def done_line(summary: Mapping[str, int]) -> str:
    """``1 created, 1 removed``."""
    past = {"create": "created", "adopt": "adopted", "move": "moved", "remove": "removed"}
    words = [f"{summary[verb]:,} {past.get(verb, verb + 'd')}" for verb in VERBS if summary.get(verb)]
    return ", ".join(words) or "nothing changed"


def change_note(change: Mapping[str, Any]) -> str:
    """Why and how an address changes, where its sign and its fields don't say it: a removal, a move, a release."""
    verb, reason = change["verb"], change.get("reason")
    if verb == "move" and change.get("previous"):
        return f"moved from {change['previous']}"
    note = _REASONS.get(reason or "", "")
    if reason == "purged":
        return note
    if verb != "remove":
        return note if verb in ("adopt", "release") else ""
    outcome = "delete" if change.get("deletes") else change.get("policy")
    return f"{note or 'remove'} → {outcome}" if outcome else note


def field_note(field: Mapping[str, Any]) -> tuple[str, str] | None:
    """A label and a text that say why a field changes, where that isn't plain from the change."""
    reason, since = field.get("reason"), field.get("since")
    if not field.get("writes", True) and reason not in ("adopted", "conflict_settled"):
        return ("owner", "no longer declared; the live system owns it from now on")
    if reason == "due":
        return ("start of change", f"due since {since}" if since else "due now")
    if reason == "correction":
        return ("start of change", f"{since or 'its date'}, a correction: it had passed before it was written down")
    text = _FIELD_REASONS.get(reason or "", "")
    return ("why", text.format(winner=_winner(field))) if text else None


def _winner(field: Mapping[str, Any]) -> str:
    """Where the live system wins nothing is written."""
    return "live system" if field.get("owner") == "live" or not field.get("writes", True) else "playbook"


def next_step(finding: Mapping[str, Any]) -> str:
    """What to do about a finding: what it says itself, else what its code asks for."""
    if finding.get("hint"):
        return str(finding["hint"])
    fields = finding.get("fields") or [{"name": "FIELD"}]
    text = _NEXT.get(finding["code"], "")
    return text.format(address=finding.get("address") or "ADDRESS", field=fields[0]["name"])


def lock_holder(document: Mapping[str, Any]) -> str:
    """``anna, process 4711 on host-1``."""
    return f"{document['holder']}, process {document['pid']} on {document['host']}"


def lock_broken(broken: Mapping[str, Any]) -> tuple[str, ...]:
    """Who has lost the lock, and whether the connection went with it."""
    ended = " Its connection was ended." if broken["connection_ended"] else ""
    return (f"{lock_holder(broken)}, has lost the lock {broken['token']}, and writes nothing more.{ended}",)


def lock_rows(document: Mapping[str, Any], moment: Callable[[str | None], str]) -> list[tuple[str, str]]:
    """What is known of who has the lock, by name."""
    if document["state"] == "free":
        return []
    rows = [("token", str(document["token"])), ("who", lock_holder(document))]
    if document["run"]:
        rows.append(("run", document["run"]))
    return [*rows, ("since", moment(document["since"])), ("heard of", f"{counted(document['age_s'], 'second')} ago")]


def resumed(run: Mapping[str, Any]) -> str:
    """Which run is carried on."""
    what = f", which takes back {run['undoes']}" if run["undoes"] else ""
    return f"Carrying on run {run['id']} of {run['actor']}{what}."


def put_back(item: Mapping[str, Any]) -> str:
    """A restore that somebody accepted."""
    first, last = item["common"] + 1, item["lost"]
    return f"The database was put back once, and that was accepted: its rows {first:,} to {last:,} of before are gone."
