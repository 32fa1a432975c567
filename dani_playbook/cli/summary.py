"""The sentences that sum up a plan, the same in text and Markdown."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from dani_playbook.cli import values, words

Change = Mapping[str, Any]
UNTOUCHED = "No changes to the live system."
UNTRUSTED = (
    "Made of files that nobody vouches for: it can't be applied, and of personal and special values it tells only "
    "where they differ from the base, whatever is live."
)
FINDINGS = ("blockers", "held", "skipped", "warnings")
"""What a plan tells beside its changes, in the order of how much it matters."""

FEW = 5
"""So many objects that are taken as they are are named; more are counted."""


def short_digest(digest: str) -> str:
    """The first eight characters, without the name of the algorithm."""
    return digest.rpartition(":")[2][:8]


def origin(document: Mapping[str, Any]) -> str:
    """What the plan was made from: playbooks, or a run that it takes back."""
    if document.get("undoes"):
        return f"the way back from run {document['undoes']}"
    if document.get("purges"):
        return f"the purge of {document['purges']}"
    counts = f"{words.counted(document['files'], 'file')}, {words.counted(document['declared'], 'resource')}"
    paths = [path if path.endswith((".yaml", ".yml", "/")) else f"{path}/" for path in document.get("paths") or []]
    return f"{', '.join(paths)} ({counts})" if paths else counts


def nothing(document: Mapping[str, Any]) -> tuple[str, str]:
    """A plan without changes: what to stress, and the rest of the sentence."""
    compared = words.counted(document["summary"].get("unchanged", 0), "resource")
    if blocked := len(document["blockers"]):
        things = "1 thing is" if blocked == 1 else f"{blocked:,} things are"
        return ("No changes", f"until {things} settled.")
    if held := len(document["held"]):
        return (
            "No changes",
            f"without a yes of its own: {words.counted(held, 'thing')} held back, {compared} compared.",
        )
    if document.get("purges"):
        return ("No changes.", f"{document['purges']} was purged before, and the files are tidied again.")
    if document.get("undoes"):
        return ("No changes.", f"There is nothing left of run {document['undoes']} to take back.")
    if not document["complete"]:
        return ("No changes", "in the part that was looked at.")
    unmanaged = sum(document["unmanaged"].values())
    tail = f", {words.counted(unmanaged, 'live resource')} unmanaged" if unmanaged else ""
    return ("No changes.", f"{document['live']} is as the playbooks say: {compared} compared{tail}.")


def folded(changes: Sequence[Change]) -> tuple[Sequence[Change], Sequence[Change]]:
    """Changes to show one by one, and objects that are only taken as they are, where these are more than a few."""
    quiet = [change for change in changes if is_quiet(change)]
    if len(quiet) <= FEW:
        return changes, ()
    return [change for change in changes if not is_quiet(change)], quiet


def is_quiet(change: Change) -> bool:
    """Whether nothing happens but that ``dani`` manages an object from now on."""
    return change["verb"] == "adopt" and not change.get("fields")


def changes_nothing_live(document: Mapping[str, Any]) -> bool:
    """Whether a plan has changes, and all of them leave the live system as it is."""
    return bool(document["changes"]) and all(is_quiet(change) for change in document["changes"])


def are_managed(quiet: Sequence[Change], *, done: bool = False) -> str:
    """``181 objects are as declared and will be managed from the next apply on: 131 users, 50 jobs.``"""
    counts = Counter(change["kind"] for change in quiet)
    objects = words.counted(len(quiet), "object")
    if len(quiet) == 1:
        tells = "was as declared and is managed since" if done else "is as declared and will be managed"
    else:
        tells = "were as declared and are managed since" if done else "are as declared and will be managed"
    return f"{objects} {tells}{'' if done else ' from the next apply on'}: {words.resources(counts)}."


def reversibility(document: Mapping[str, Any]) -> tuple[str, str]:
    """What can't be taken back, and which; the second is empty where everything can."""
    final = [change["address"] for change in document["changes"] if not change["reversible"]]
    if not final:
        return ("Nothing irreversible.", "")
    named = words.joined(final if len(final) <= 3 else [*final[:2], f"{len(final) - 2:,} more"])
    return (f"{words.counted(len(final), 'change')} can't be taken back", f": {named}.")


def touched(document: Mapping[str, Any]) -> str:
    """``Touches 3 of 248 people.``"""
    people = document["people"]
    if not people["touched"]:
        return "Touches nobody." if people["total"] else ""
    if people["touched"] > people["total"]:
        return f"Touches {words.people(people['touched'])}."
    return f"Touches {people['touched']:,} of {words.people(people['total'])}."


def was_and_is(item: Mapping[str, Any]) -> str:
    """``when the plan was made: sales; now: legal; the plan wants: engineering``."""
    both = values.difference(item["planned"], item["now"])
    return f"when the plan was made: {both.before}; now: {both.after}; the plan wants: {values.shown(item['wanted'])}"


def approval_lines(document: Mapping[str, Any]) -> list[str]:
    """``2 by hr_manager or admin (pay): 1 given by user.asmith, 1 missing; for user.tlee``."""
    said = document.get("approvals") or {}
    lines = [_approval_line(rule) for rule in said.get("rules") or []]
    if lines and said["strangers"]:
        lines.append(f"nobody knows {words.joined(said['strangers'])}, who had a part in it")
    lines += said.get("doubts") or [] if lines else []
    if said.get("first"):
        lines.append("nobody has such a role yet, and this is the first run: the operator's yes is enough")
    return lines


def _approval_line(rule: Mapping[str, Any]) -> str:
    why = f" ({rule['name']})" if rule["name"] else ""
    given = f"given by {words.joined(rule['given'])}" if rule["given"] else "none given"
    missing = f", {rule['missing']} missing" if rule["missing"] else ""
    first = rule["addresses"][:FEW]
    more = f" and {len(rule['addresses']) - FEW:,} more" if len(rule["addresses"]) > FEW else ""
    whom = f"; for {', '.join(first)}{more}" if first else ""
    return f"{rule['need']} by {' or '.join(rule['roles'])}{why}: {given}{missing}{whom}"


def approval_sentence(document: Mapping[str, Any]) -> tuple[str, str]:
    """What to stress of an approval, and the rest of the sentence."""
    digest = short_digest(document["digest"])
    if not document["is_needed"]:
        return ("Nothing to approve.", f" No rule of dani.yaml asks for a yes to plan {digest}.")
    if not document["is_new"]:
        return ("Approved already.", f" Plan {digest} has the yes of {document['approver']}.")
    end = "it can be applied now" if document["approvals"]["complete"] else "it needs more before it can be applied"
    return ("Approved:", f" plan {digest}, by {document['approver']}, for {document['hours']} hours; {end}.")


def saved_line(saved: Mapping[str, Any]) -> str:
    """Where a saved plan is, and how long it may be applied."""
    until = saved["expires_at"].replace("T", " ").replace("Z", " UTC")
    day = f", before {saved['crosses']}" if saved["crosses"] else ""
    seal = "" if saved["verified"] else " Its seal was not looked at: the project's key isn't here."
    return f"Saved in {saved['path']}, made by {saved['made_by']}; to be applied until {until}{day}.{seal}"


def limit_lines(document: Mapping[str, Any]) -> list[str]:
    """What comes near its limit or over it: ``leavers: 3 of 40, 2 allowed: too many``."""
    return [_limit_line(item) for item in document.get("limits") or [] if _is_near(item)]


def _is_near(item: Mapping[str, Any]) -> bool:
    allowed = item["allowed"]
    return allowed is not None and 2 * (item["count"] + item["earlier"]) > allowed


def _limit_line(item: Mapping[str, Any]) -> str:
    earlier = f" and {item['earlier']} in the last 24 hours" if item["earlier"] else ""
    raised = " (raised for this plan)" if item["raised"] is not None else ""
    end = ": too many" if item["tripped"] else ""
    return f"{item['measure']}: {item['count']}{earlier} of {item['of']}, {item['allowed']} allowed{raised}{end}"
