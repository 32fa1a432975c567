"""Settings one by one: shown with who said them, and changed in the file without losing a comment."""

import io
import os
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from dani_playbook.core.dictionary import Dictionary, read_dictionary
from dani_playbook.core.errors import PlaybookError, UsageError
from dani_playbook.core.names import did_you_mean
from dani_playbook.core.problem import Problem
from dani_playbook.language.documents import parse
from dani_playbook.language.project import Limits
from dani_playbook.language.scalars import resolve
from dani_playbook.runner.config import SCHEMA, Config, shown_database
from dani_playbook.runner.config_check import check_document
from dani_playbook.runner.database_url import refuse_password


def settings(config: Config) -> tuple[tuple[str, Any, str], ...]:
    """Every setting as (dotted name, value, origin), in the order of the schema."""
    plain = ("name", "playbooks", "database", "time_zone")
    values = {name: getattr(config, name) for name in plain}
    values["database"] = shown_database(config.database)
    if config.bindings:
        del values["database"]
        values["bindings"] = config.bindings.file
    groups = (
        ("offices", config.offices),
        ("vars", config.all_vars),
        ("removal", config.removal),
        ("limits", config.limits),
        ("retention", config.retention),
        ("access", config.access),
    )
    for group, members in groups:
        values.update({f"{group}.{name}": members[name] for name in sorted(members)})
    return tuple((name, value, config.origins.get(name, "default")) for name, value in values.items())


def setting(config: Config, name: str) -> tuple[str, Any, str]:
    """One of them. Raises ``UsageError`` where there is none of this name."""
    by_name = {item[0]: item for item in settings(config)}
    if name not in by_name:
        message = f'there is no setting "{name}"{did_you_mean(name, by_name)}'
        raise UsageError(message, hint="dani config list shows all settings")
    return by_name[name]


def set_value(path: Path, name: str, text: str, *, dictionary: Dictionary | None = None) -> None:
    """Write one setting into the file at ``path``, under its dotted name.

    The rest of the file stays as it is, comments too. What results is checked before anything is written, and the
    file is replaced in one step. Raises PlaybookError where the file would be invalid, UsageError where no setting
    can have this name or the file can't be written.
    """
    schema = (dictionary or read_dictionary()).schemas[SCHEMA]
    steps = _steps(name, schema["properties"])
    if steps[-1] == "database":
        refuse_password(text)
    before = path.read_text("utf-8")
    after = _changed(before, steps, _typed(steps, text))
    if problems := _problems(after, path.name, schema):
        given = "this" if steps[-1] == "database" else f'"{text}"'
        told = tuple(replace(item, source=None, related=(), field=name) for item in problems)
        raise PlaybookError(f"{name} can't be {given}; {path.name} stays as it was", problems=told)
    try:
        _replace(path, after)
    except OSError as error:
        raise UsageError(f"{path.name} can't be written: {error.strerror}", hint="nothing was changed") from None


def _steps(name: str, known: Mapping[str, Any]) -> tuple[str, ...]:
    """``environments.test.vars.city`` as steps. Only the last may hold a dot: an office's name may."""
    first, dot, rest = name.partition(".")
    if first not in known:
        raise UsageError(f'there is no setting "{name}"{did_you_mean(first, known)}', hint=", ".join(known))
    if first == "environments":
        environment, _, inner = rest.partition(".")
        if not environment or not inner:
            raise UsageError(f'"{name}" names no setting', hint="write it like environments.test.database")
        return (first, environment, *_steps(inner, {key: known[key] for key in known if key != "environments"}))
    is_group = first in ("offices", "vars", "removal", "limits", "retention", "access")
    if is_group != bool(dot and rest):
        hint = f"write it like {first}.NAME" if is_group else f"write it as {first}"
        raise UsageError(f'"{name}" names no setting', hint=hint)
    return (first, rest) if is_group else (first,)


def _typed(steps: tuple[str, ...], text: str) -> Any:
    """Variables, the version, days and what concerns access may be numbers and truth values; everything else is text."""
    return resolve(text) if {"vars", "retention", "access"} & set(steps) or steps[-1] == "version" else text


def _changed(text: str, steps: tuple[str, ...], value: Any) -> str:
    from ruamel.yaml import YAML
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    editor = YAML()
    editor.preserve_quotes = True
    editor.width = 10_000
    content = editor.load(text)
    _keep_anchors(content)
    container = content
    for step in steps[:-1]:
        if container.get(step) is None:
            container[step] = {}
        container = container[step]
    is_mistakable = isinstance(value, str) and not isinstance(resolve(value), str)
    container[steps[-1]] = DoubleQuotedScalarString(value) if is_mistakable else value
    written = io.StringIO()
    editor.dump(content, written)
    return written.getvalue()


def _keep_anchors(node: Any) -> None:
    """An anchor that nothing points at would be dropped."""
    anchor = getattr(node, "yaml_anchor", lambda: None)()
    if anchor is not None:
        anchor.always_dump = True
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for child in children:
        _keep_anchors(child)


def _problems(text: str, file: str, schema: Mapping[str, Any]) -> list[Problem]:
    """Of the whole file as it would be. The places in it mean nothing to who sees the file as it is."""
    document, problems = parse(text, file, Limits())
    if document is not None and not problems:
        problems = check_document(document, schema)
    return list(problems)


def _replace(path: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
        Path(name).chmod(path.stat().st_mode & 0o777)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
