"""Exporting: the live system as playbooks that a plan adopts just as it is, beside what the folder says already."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import field, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dani_playbook.core.address import Address
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.errors import PlaybookError
from dani_playbook.core.problem import Problem, in_order
from dani_playbook.core.resource import DesiredState, Resource
from dani_playbook.core.snapshot import LiveId
from dani_playbook.core.source import Source
from dani_playbook.core.values import Fields, Value
from dani_playbook.engine.adoptable import Trial, against_dates, not_adoptable, recognised
from dani_playbook.engine.moves import follow_moves
from dani_playbook.engine.observe import Observed, read_all
from dani_playbook.engine.target import matches
from dani_playbook.language.folder import Folder, read_folder, write_folder
from dani_playbook.language.legal import Legal, legal_keys
from dani_playbook.language.reexport import Export, FileChange, file_changes
from dani_playbook.language.timeline import DateOf, desired, desired_state
from dani_playbook.language.write import hidden_fields, left_out
from dani_playbook.runner.documents import Result
from dani_playbook.runner.problems import problem_document

if TYPE_CHECKING:
    from dani_playbook.runner.looking import Looking

_MOST_ROUNDS = 20
_PATIENT_ROUNDS = 2
"""So often only the first place of a problem is left out; then all of them: many may have the same identity."""

_NEEDS_PERSON = 7


@dataclass(slots=True, kw_only=True)
class Draft:
    """What is to be said, which shrinks as more is found that can't be; ``findings`` tell what was left out and why."""

    said: dict[Address, dict[str, Value]]
    live: Mapping[Address, Fields]
    ids: Mapping[Address, LiveId]
    hidden: dict[Address, tuple[str, ...]] = field(default_factory=dict)
    left: dict[Address, set[str]] = field(default_factory=dict)
    findings: list[Problem] = field(default_factory=list)

    def leave_out(self, problem: Problem) -> bool:
        """Whether something was there to be left out: the field that a problem is about, else the whole object."""
        address, name = problem.address, problem.field
        if address is None or address not in self.said or name in self.left.get(address, ()):
            return False
        if name in self.said[address]:
            del self.said[address][name]
            self.left.setdefault(address, set()).add(name)
        else:
            del self.said[address]
        what = f"{name} is left out" if name in self.live[address] else "it is left out"
        hint = f"{what}; {problem.hint}" if problem.hint else f"{what}; correct it in the live system"
        self.findings.append(replace(problem, source=None, related=(), hint=hint))
        return True


def export_to(session: "Looking", selector: str | None, path: Path, *, reveal: bool) -> Result:
    """Write, or bring up to date, the playbooks in a folder. Exit 7 where something live can't be said in one."""
    folder = read_folder(path, session.project, session.dictionary)
    playbooks = folder.loaded.playbooks
    date_of = session.date_of(None)
    state = desired_state(playbooks, date_of, session.today(), session.derive)
    moved = follow_moves(session.memory.inventory(), state.moves)
    trial = Trial(
        kinds=session.kinds,
        snapshots=read_all([kind.spec for kind in session.kinds.values()], session.live),
        moved=moved,
        came_from={},
    )
    observed, doubts = recognised(trial, state)
    if doubts:
        message = f"{folder.path} declares what could be several live objects"
        raise PlaybookError(message, hint="nothing was written; settle it, then export again", problems=doubts)
    draft = _drafted(session, observed, state, selector)
    _leave_out_unreadable(session, draft, observed)
    session.may_export({address: draft.live[address] for address in draft.said}, selector, reveal=reveal)
    _hide(session, draft, reveal=reveal)
    _leave_out_illegal(session, draft)
    _leave_out_unadoptable(session, replace(trial, came_from=draft.ids), draft, date_of, state)
    changes = file_changes(_export(session, draft, selector, reveal=reveal), folder, state, session.dictionary)
    write_folder(folder, {change.name: change.text for change in changes if change.outcome != "unchanged"})
    document = _document(session, folder, draft, changes)
    return Result(document=document, exit_code=_NEEDS_PERSON if draft.findings else 0)


def _drafted(session: "Looking", observed: Observed, state: DesiredState, selector: str | None) -> Draft:
    """Every live object under a legal address, its references by the keys of such addresses."""
    renamed = legal_keys(observed.objects, {*observed.objects, *state.resources})
    keys: dict[str, dict[str, str]] = {}
    for before, after in renamed.items():
        keys.setdefault(before.kind, {})[before.key] = after.key
    live: dict[Address, Fields] = {}
    ids: dict[Address, LiveId] = {}
    for address, found in observed.objects.items():
        own = renamed.get(address, address)
        live[own], ids[own] = _referring(session, address, found.fields, keys), found.id
    said = {
        a: {name: value for name, value in session.placed(a, live[a]).items() if value is not None}
        for a in sorted(live)
        if not selector or matches(a, (selector,))
    }
    return Draft(said=said, live=live, ids=ids)


def _referring(session: "Looking", address: Address, fields: Fields, keys: Mapping[str, Mapping[str, str]]) -> Fields:
    changed: dict[str, Value] = {}
    for spec in session.specs[address.kind].references if keys else ():
        known, value = keys.get(spec.references or "", {}), fields[spec.name]
        if isinstance(value, tuple):
            changed[spec.name] = tuple(sorted(known.get(item, item) for item in value))
        elif value in known:
            changed[spec.name] = known[value]
    return {**fields, **changed} if changed else fields


def _leave_out_unreadable(session: "Looking", draft: Draft, observed: Observed) -> None:
    """What can't be read for sure isn't empty: what a file says of it stays."""
    found = {(address.kind, live.id): live.doubts for address, live in observed.objects.items() if live.doubts}
    for address in draft.said if found else ():
        placed = session.placed(address, found.get((address.kind, draft.ids[address]), {}))
        for name, why in placed.items():
            draft.said[address].pop(name, None)
            draft.left.setdefault(address, set()).add(name)
            hint = f"{name} is left out; mend it in the live system"
            draft.findings.append(
                Problem(code="unreadable", message=f"{name}: {why}", address=address, field=name, hint=hint)
            )


def _hide(session: "Looking", draft: Draft, *, reveal: bool) -> None:
    for address, fields in draft.said.items():
        draft.hidden[address] = hidden_fields(session.specs[address.kind], fields, reveal=reveal)
        for name in draft.hidden[address]:
            del fields[name]


def _leave_out_illegal(session: "Looking", draft: Draft) -> None:
    """What the language refuses: characters, lengths, forms, and references to what has no key."""
    legal = Legal(session.dictionary)
    wrong = [
        Problem(code="not-writable", message=why, address=address, field=name)
        for address, fields in draft.said.items()
        for name, value in fields.items()
        if (why := legal.refusal(session.specs[address.kind], session.specs[address.kind].fields[name], value))
    ]
    for problem in wrong:
        draft.leave_out(problem)


def _leave_out_unadoptable(
    session: "Looking", trial: Trial, draft: Draft, date_of: DateOf, state: DesiredState
) -> None:
    """What rules refuse, what dates contradict, and who couldn't be told from others."""
    for problem in _contradictions(session, draft, date_of):
        draft.leave_out(problem)
    problems: list[Problem] = []
    for number in range(_MOST_ROUNDS):
        problems = not_adoptable(trial, _declared(session, draft, date_of, state))
        most = len(draft.said) if number >= _PATIENT_ROUNDS else 1
        if not [one for one in problems if _leave_out(draft, _places(session, one), most)]:
            break
    draft.findings += [replace(problem, source=None, related=()) for problem in problems]


def _leave_out(draft: Draft, places: Iterable[Problem], most: int) -> bool:
    """Whether at least one, of ``most`` places of one problem at most, was there to be left out."""
    done = (place for place in places if draft.leave_out(place))
    return bool(list(islice(done, most)))


def _places(session: "Looking", problem: Problem) -> Iterator[Problem]:
    """A problem at the place it is told of, and at those that it is related to."""
    yield problem
    for source in problem.related:
        kind, _, key = source.file.partition(".")
        if source.line:
            name = list(session.specs[kind].fields)[source.line - 1]
            yield replace(problem, address=Address(kind, key), field=name)


def _contradictions(session: "Looking", draft: Draft, date_of: DateOf) -> list[Problem]:
    found = []
    for address, fields in draft.said.items():
        kind = session.kinds[address.kind]
        days = tuple(name for name, spec in kind.spec.fields.items() if spec.type == "date")
        as_of = date_of(Resource(address=address, fields=fields, source=Source(str(address), 0)))
        for name in against_dates(kind.derive, fields, draft.live[address], as_of, days) if days else ():
            message = f"{name} says that something else holds today than what is live"
            found.append(Problem(code="against-dates", message=message, address=address, field=name))
    return found


def _declared(session: "Looking", draft: Draft, date_of: DateOf, state: DesiredState) -> DesiredState:
    resources = (_resource(session.specs[address.kind], address, fields) for address, fields in draft.said.items())
    said = {r.address: desired(r, date_of(r), session.derive[r.address.kind]) for r in resources}
    return DesiredState(as_of=state.as_of, resources=said, moves=state.moves)


def _resource(spec: KindSpec, address: Address, fields: Fields) -> Resource:
    """As if it were declared; a place says which field of which object it is, so that problems lead back to it."""
    numbers = {name: number for number, name in enumerate(spec.fields, start=1)}
    sources = {name: Source(str(address), numbers[name]) for name in fields}
    return Resource(address=address, fields=fields, source=Source(str(address), 0), sources=sources)


def _export(session: "Looking", draft: Draft, selector: str | None, *, reveal: bool) -> Export:
    """What is masked stays as it is written, also where nothing is live: not even that may be told."""
    masked = {name: spec.reference_only if reveal else spec.masked for name, spec in session.specs.items()}
    untouched = {a: masked[a.kind].union(draft.hidden[a], draft.left.get(a, ())) for a in draft.said}
    return Export(
        said=draft.said,
        present=draft.live.keys(),
        untouched=untouched,
        hidden=draft.hidden,
        is_asked=lambda address: not selector or matches(address, (selector,)),
    )


def _document(session: "Looking", folder: Folder, draft: Draft, changes: Iterable[FileChange]) -> dict[str, Any]:
    personal, never = left_out(session.dictionary, draft.hidden)
    root, dictionary = session.config.root, session.dictionary
    return {
        "format": "dani.written/1",
        "files": [_file(folder, change) for change in changes],
        "resources": len(draft.said),
        "left_out": {"personal": personal, "only_references": never},
        "findings": [problem_document(item, root, dictionary) for item in in_order(draft.findings)],
    }


def _file(folder: Folder, change: FileChange) -> dict[str, Any]:
    def listed(addresses: Collection[Address]) -> list[str]:
        return [str(address) for address in addresses]

    return {
        "path": str(folder.path / change.name),
        "outcome": change.outcome,
        "added": listed(change.added),
        "changed": listed(change.changed),
        "removed": listed(change.removed),
    }
