"""Forgetting one person: what is known of them, the plan, and what goes with it in the same transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from dani_playbook.core.access import Action
from dani_playbook.core.address import Address
from dani_playbook.core.change import Finding
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import KindSpec
from dani_playbook.core.errors import LiveError, PlaybookError, UsageError
from dani_playbook.core.memory import Entry, InventoryItem, Run
from dani_playbook.core.names import did_you_mean
from dani_playbook.core.plan import Plan
from dani_playbook.core.resource import Resource
from dani_playbook.core.values import Fields
from dani_playbook.engine.apply import Surroundings
from dani_playbook.engine.measure import in_force
from dani_playbook.engine.observe import Observed
from dani_playbook.engine.purge import Person, Terms, make_purge, nothing_left, telling_words, tells
from dani_playbook.language.timeline import today_in
from dani_playbook.runner.documents import Result
from dani_playbook.runner.originating import origin_of
from dani_playbook.runner.planning import Planned
from dani_playbook.runner.reach import reach
from dani_playbook.runner.session import Session
from dani_playbook.runner.settling import close_dead
from dani_playbook.runner.sheet_cache import empty_cache

if TYPE_CHECKING:
    from dani_playbook.state.forgetting import Forgotten, Subject

KEPT_DAYS = 90
"""Where dani.yaml doesn't say: long enough for a wrong date, a contested dismissal or somebody who comes back to show,
and no answer to what the law asks."""
_STAYS = "row {} of the audit trail tells something of the person in its reason, and can't be changed"
History = Sequence[tuple[Run, Entry]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Purge:
    """What belongs to the plan of a purge beyond its changes."""

    session: Session
    address: Address
    subject: "Subject"
    reason: str

    def around(self, surroundings: Surroundings) -> Surroundings:
        """The same, with what else belongs into the one transaction."""
        return replace(surroundings, first=self._first, last=self._last)

    def _first(self, run: str) -> None:
        from dani_playbook.state import forgetting

        using = self.session.database.using
        forgetting.shred(using)
        if self.session.database.built_in:
            from dani_playbook.hris.accounts.traces import take_traces_away

            take_traces_away(using, sorted(int(row) for row in self.subject.live_ids))

    def _last(self, run: str) -> None:
        """Keys go after the journal was written, so that what the purge itself wrote can't be read either."""
        from dani_playbook.state import forgetting
        from dani_playbook.state.chain import Event

        gone = forgetting.forget(self.session.database.using, self.subject)
        counts = {"entries": gone.entries, "keys": gone.keys, "sessions": gone.sessions, "api_keys": gone.api_keys}
        self.session.trail.append(
            Event(
                at=self.session.clock(),
                actor=self.session.actor,
                action="purged",
                object=str(self.address),
                run=run,
                detail={"reason": self.reason, "names": len(self.subject.names), **counts},
            )
        )

    def tidy(self) -> None:
        """Raises ``LiveError`` where it can't be, mostly since somebody else uses the database: all else is done then."""
        from dani_playbook.state import forgetting

        empty_cache(self.session.config.root)
        database = self.session.database
        try:
            forgetting.tidy(database.using, _tables(self.session) if database.built_in else ())
        except LiveError as error:
            raise type(error)(
                f"{self.address} is purged, but the database's files can't be written anew: others use them, or there is"
                " no room",
                hint="run the same command again later; until then deleted bytes may lie in the files",
            ) from None


def plan_purge(session: Session, address: str, reason: str, *, reveal: bool = False) -> Planned:
    """The plan that forgets one person. Raises ``PlanRefused`` with everything that stands against it.

    For somebody who was purged before it has no changes, and applying it tidies the files again.
    """
    at = _asked(session, address, reason)
    session.gate.require(Action.PURGE, reach(session.specs, [(at, session.specs[at.kind].fields)]))
    close_dead(session)
    inventory, observed = session.looked()
    history = session.memory.history(at)
    subject = _subject(at, inventory, observed, history)
    own = [(run, entry) for run, entry in history if entry.live_id in subject.live_ids]
    words = _words(session, at, observed, own)
    subject = replace(subject, is_told=lambda text: tells(text, words))
    purge = Purge(session=session, address=at, subject=subject, reason=reason.strip())
    if at not in observed.objects and at not in inventory and all(entry.purged for _, entry in own):
        plan = nothing_left(session.planner, session.today(), observed, inventory)
        return _planned(session, plan, purge, reveal=reveal)
    person = replace(_person(session, at, inventory, observed, own, subject), words=words)
    plan = make_purge(session.planner, person, _terms(session, at, reason), observed, inventory)
    return _planned(session, replace(plan, warnings=_warnings(session, at, subject)), purge, reveal=reveal)


def _warnings(session: Session, at: Address, subject: "Subject") -> tuple[Finding, ...]:
    from dani_playbook.state.forgetting import telling_rows, what_goes

    using = session.database.using
    told = [("irreversible", text) for text in _what_goes(what_goes(using, subject), subject)]
    told += [("stays", _STAYS.format(row)) for row in telling_rows(using, subject)]
    return tuple(Finding(code=code, message=text, address=at) for code, text in told)


def _words(session: Session, at: Address, observed: Observed, own: History) -> frozenset[str]:
    images = [image for _, entry in own for image in (entry.before, entry.after) if image]
    images += [observed.objects[at].fields] if at in observed.objects else []
    return telling_words(session.specs[at.kind], images)


def _asked(session: Session, address: str, reason: str) -> Address:
    if not reason.strip():
        raise UsageError("nobody is purged without a reason", hint="say it: --reason 'request 4711'")
    return session.address(address)


def _planned(session: Session, plan: Plan, purge: Purge, *, reveal: bool) -> Planned:
    plan = replace(plan, origin=origin_of(session, plan, session.clock(), decided="a purge stands in no file"))
    planned = session.told(plan, (), reveal=reveal)
    document = {**planned.result.document, "purges": str(purge.address)}
    result = Result(document=document, exit_code=2 if plan.changes else 0)
    return replace(planned, result=result, purge=purge, request={"purges": str(purge.address)})


def _subject(
    at: Address, inventory: Mapping[Address, InventoryItem], observed: Observed, history: History
) -> "Subject":
    """The object that has the address, and those that had it last and are gone. Raises ``PlaybookError`` for nobody."""
    from dani_playbook.state.forgetting import Subject

    ids = {item.live_id for item in (inventory.get(at),) if item}
    ids |= {observed.objects[at].id} if at in observed.objects else set()
    there = observed.by_id.get(at.kind, {})
    last_names = {entry.live_id: entry.address for _, entry in reversed(history) if entry.live_id}
    ids |= {id for id, name in last_names.items() if name == at and id not in there}
    if not ids:
        _raise_unknown(at, [there[id] for id in last_names if id in there], observed)
    own = [entry for _, entry in history if entry.live_id in ids]
    names = sorted({at, *(entry.address for entry in own), *(entry.previous for entry in own if entry.previous)})
    theirs = (name for name in names if name == at or name not in observed.objects)
    return Subject(kind=at.kind, live_ids=frozenset(ids), names=tuple(names), theirs=tuple(theirs))


def _raise_unknown(at: Address, now: Sequence[Address], observed: Observed) -> None:
    if now:
        raise PlaybookError(f"{at} is called {now[0]} now", hint=f"dani user purge {now[0]}")
    near = did_you_mean(str(at), map(str, observed.objects))
    raise PlaybookError(f"neither the live system nor the journal knows {at}{near}")


def _person(
    session: Session,
    at: Address,
    inventory: Mapping[Address, InventoryItem],
    observed: Observed,
    own: History,
    subject: "Subject",
) -> Person:
    from dani_playbook.state.forgetting import unfinished

    live = observed.objects.get(at)
    images = (entry.after or entry.before for _, entry in own)
    last = live.fields if live else next((image for image in images if image), None)
    newest = next((entry.live_id for _, entry in own), None)
    return Person(
        address=at,
        live_id=live.id if live else newest or min(subject.live_ids),
        live=live,
        item=inventory.get(at),
        last=last,
        left_on=_left_on(session, last, own, is_live=live is not None),
        unfinished=tuple(unfinished(session.database.using, subject)),
    )


def _left_on(session: Session, last: Fields | None, own: History, *, is_live: bool) -> date | None:
    """The end date; else the day of the run after which the person was gone; of who isn't live, the newest run's."""
    if last and last.get("end_date"):
        return date.fromisoformat(last["end_date"])
    runs = [run for run, entry in own if _ends(session.specs[entry.address.kind], entry)]
    runs += [] if is_live else [run for run, _ in own]
    moment = next((run.finished_at or run.started_at for run in runs), None)
    return today_in(session.config.time_zone, moment) if moment else None


def _ends(spec: KindSpec, entry: Entry) -> bool:
    if entry.deletes or entry.after is None:
        return entry.deletes
    return not in_force(spec, entry.after) and (entry.before is None or in_force(spec, entry.before))


def _terms(session: Session, at: Address, reason: str) -> Terms:
    return Terms(
        declared=_declared(session),
        today=session.today(),
        kept_days=session.config.retention.get(at.kind, KEPT_DAYS),
        reason=reason,
        is_self=session.identity.account == at or session.actor == str(at),
    )


def _declared(session: Session) -> Mapping[Address, Resource]:
    """Nothing where there are no playbooks; broken ones are a ``PlaybookError``: they may declare anybody."""
    if not (session.config.root / session.config.playbooks).exists():
        return {}
    return session.read(()).resources


def _what_goes(goes: "Forgotten", subject: "Subject") -> list[str]:
    told = [f"what the journal says can't be read any more: {_counted(goes.entries, 'entry', 'entries')} so far"]
    if len(subject.names) > 1:
        told.append(f"all names go together: {', '.join(map(str, subject.names))}")
    if goes.sessions or goes.api_keys:
        told.append(f"{_counted(goes.sessions, 'sign-in')} and {_counted(goes.api_keys, 'API key')} end")
    return told


def _counted(number: int, word: str, words: str | None = None) -> str:
    return f"{number} {word if number == 1 else words or word + 's'}"


def _tables(session: Session) -> list[str]:
    """Those of the built-in HR system that hold people, or point at them."""
    from django.apps import apps

    from dani_playbook.hris.accounts.traces import tables

    found = set(tables())
    for kind in session.kinds.values():
        models = [kind.binding.model, *(part.model for part in kind.binding.parts.values())]
        metas = [apps.get_model(model)._meta for model in models]  # noqa: SLF001
        found |= {meta.db_table for meta in metas}
        found |= {field.m2m_db_table() for meta in metas for field in meta.many_to_many}
    return sorted(found)
