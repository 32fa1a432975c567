"""Values: what was written for one field becomes its canonical value, or problems."""

from typing import Any

from dani_playbook.core.dictionary import FieldSpec, KindSpec
from dani_playbook.core.normalize import normalize_value
from dani_playbook.core.values import SetEdit, Value
from dani_playbook.language.faults import Fault
from dani_playbook.language.marks import Items, Map, Place
from dani_playbook.language.ready import DOUBT
from dani_playbook.language.render import FAILED
from dani_playbook.language.report import Report
from dani_playbook.language.scalars import resolve
from dani_playbook.language.schema import Checker

SECRET_HINT = 'write {secret: "env:NAME"}, {secret: "file:PATH"} or {secret: "keyring:SERVICE/NAME"}'


def read_value(kind: KindSpec, spec: FieldSpec, value: Any, place: Place, report: Report, checker: Checker) -> Value:
    """The canonical value of a rendered field; ``FAILED`` where it is wrong and reported."""
    ready = checker.ready[kind.name][spec.name].take(value)
    if ready is not DOUBT:
        return ready
    if spec.sensitivity.is_reference_only:
        return _secret(spec, value, place, report)
    faults = checker.faults(kind, spec, value)
    for fault in faults:
        where = _place_of(fault, value, place)
        report.problem(fault.code, fault.message, where, field=spec.name, hint=fault.hint)
    if faults:
        return FAILED
    if spec.is_set and isinstance(value, dict):
        return _edit(spec, value, place, report)
    try:
        return normalize_value(spec, value)
    except ValueError as error:
        report.problem("bad-format", f"{spec.name}: {error}", place, field=spec.name)
        return FAILED


def from_table(spec: FieldSpec, value: Any) -> Any:
    """A table has no types of its own: text and numbers become what the field wants, where that is plain."""
    if type(value) is int and spec.type in ("string", "date", "datetime", "money"):
        return str(value)
    if isinstance(value, str) and spec.type in ("integer", "boolean"):
        wanted = int if spec.type == "integer" else bool
        plain = resolve(value.strip().lower() or "-")
        return plain if type(plain) is wanted else value
    return value


def _secret(spec: FieldSpec, value: Any, place: Place, report: Report) -> Value:
    if isinstance(value, dict) and list(value) == ["secret"]:
        message = f"{spec.name} doesn't say where the secret is kept"
        report.problem("bad-secret", message, place, field=spec.name, hint=SECRET_HINT)
        return FAILED
    message = f"{spec.name} is of the class {spec.sensitivity}: it is never written in a playbook"
    report.problem("secret-in-clear", message, place, field=spec.name, hint=SECRET_HINT)
    return FAILED


def _edit(spec: FieldSpec, value: dict[str, Any], place: Place, report: Report) -> Value:
    edit: SetEdit = normalize_value(spec, SetEdit(tuple(value.get("add", ())), tuple(value.get("remove", ()))))
    if not edit.add and not edit.remove:
        message = f"{spec.name} names nothing to add or to remove"
        report.problem("wrong-type", message, place, field=spec.name, hint="write [] for an empty set")
        return FAILED
    if set(edit.add) & set(edit.remove):
        report.problem("set-clash", f"{spec.name} adds and removes the same item", place, field=spec.name)
        return FAILED
    return edit


def _place_of(fault: Fault, value: Any, place: Place) -> Place:
    for step in fault.path:
        if isinstance(value, Map | Items):
            place = value.at(step)  # type: ignore[arg-type]  # a name in a mapping, a number in a list
        value = value[step]
    if fault.at_key is not None and isinstance(value, Map) and fault.at_key in value.places:
        return value.key_place(fault.at_key)
    return place
