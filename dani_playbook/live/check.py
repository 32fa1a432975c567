"""Check: a binding held beside the live models and what is in them. Reads, and writes nothing."""

from collections.abc import Iterator, Mapping

from django.db import connections

from dani_playbook.core.binding import Binding
from dani_playbook.core.dictionary import KindSpec
from dani_playbook.live.bind import resolve
from dani_playbook.live.check_data import data_findings
from dani_playbook.live.check_models import model_findings
from dani_playbook.live.columns import Bound, meta
from dani_playbook.live.found import Found
from dani_playbook.live.orm import OrmLive

_LEVELS = ("error", "warning", "info")


def check(bindings: Mapping[str, Binding], dictionary: Mapping[str, KindSpec], using: str = "default") -> list[Found]:
    """Everything that is found, errors first. What is in the tables is looked at where no error stands before it."""
    kinds, found = resolve(bindings, dictionary)
    for kind, bound in kinds.items():
        found += [*model_findings(bound, kinds), *_unplaced(bindings[kind], bound)]
    found += _missing_tables(kinds, using)
    if not any(item.level == "error" for item in found):
        live = OrmLive(bindings, dictionary, using=using, name="", identity="")
        for kind, bound in kinds.items():
            found += data_findings(bound, live.read(kind), using)
    return sorted(found, key=lambda item: _LEVELS.index(item.level))


def _unplaced(binding: Binding, bound: Bound) -> Iterator[Found]:
    missing = [name for name in bound.spec.fields if name not in binding.fields]
    if missing:
        message = f"has no place for {', '.join(missing)}"
        yield Found(level="info", kind=bound.kind, path="fields", message=message, hint="they can't be declared here")


def _missing_tables(kinds: Mapping[str, Bound], using: str) -> Iterator[Found]:
    with connections[using].cursor() as cursor:
        there = {item.name for item in connections[using].introspection.get_table_list(cursor)}
    for kind, bound in kinds.items():
        models = [table.model for table in bound.tables] + [tie.model for tie in (*bound.children, *bound.blockers)]
        for model in dict.fromkeys(models):
            if meta(model).db_table not in there:
                message = f"{meta(model).label} has no table {meta(model).db_table} in the database"
                yield Found(level="error", kind=kind, path=meta(model).label, message=message)
