"""References to secrets -> the secrets, right before they are written."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from dani_playbook.core.change import Change, FieldChange
from dani_playbook.core.errors import PlaybookError
from dani_playbook.core.normalize import normalize_value
from dani_playbook.core.problem import Problem, in_order
from dani_playbook.core.values import Secret, SecretRef, Value
from dani_playbook.engine.plan import Planner

Resolve = Callable[[SecretRef], Value]
"""Reads a secret. Raises ``LookupError`` with a sentence that says what is missing, never the secret."""


def with_secrets(planner: Planner, changes: Sequence[Change], resolve: Resolve) -> tuple[Change, ...]:
    """Every reference to a secret replaced by the secret; all that can't be read are named together."""
    problems: list[Problem] = []
    done = []
    for change in changes:
        fields = []
        for field in change.fields:
            if isinstance(field.after, SecretRef):
                field = _resolved(planner, change, field, resolve, problems)
            fields.append(field)
        done.append(_with_fields(change, tuple(fields)))
    if problems:
        raise PlaybookError("Secrets that this plan needs can't be read", problems=in_order(problems))
    return tuple(done)


def _with_fields(change: Change, fields: tuple[FieldChange, ...]) -> Change:
    if fields == change.fields or change.after is None:
        return change
    return replace(change, fields=fields, after={**change.after, **{f.name: f.after for f in fields if f.writes}})


def _resolved(
    planner: Planner, change: Change, field: FieldChange, resolve: Resolve, problems: list[Problem]
) -> FieldChange:
    spec = planner.specs[change.address.kind].fields[field.name]
    try:
        return replace(field, after=Secret(normalize_value(spec, resolve(field.after))))
    except LookupError as error:
        is_a_sentence = type(error) is LookupError
        message = str(error.args[0]) if is_a_sentence else f"{field.after.uri} can't be read: {type(error).__name__}"
    except ValueError:
        message = f"{field.after.uri} doesn't hold a {spec.type} as {field.name} needs it"
    problems.append(
        Problem(
            code="secret-unreadable",
            message=message,
            address=change.address,
            field=field.name,
            source=field.source,
        )
    )
    return field
