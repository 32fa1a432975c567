"""Config: the settings of one project, and where each was said."""

import re
from collections.abc import Callable, Mapping
from dataclasses import field, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.dictionary import Dictionary, read_dictionary
from dani_playbook.core.errors import PlaybookError, UsageError
from dani_playbook.core.names import did_you_mean
from dani_playbook.core.problem import Problem, in_order
from dani_playbook.core.source import Source
from dani_playbook.language.documents import Document, document_of, read_document
from dani_playbook.language.project import Limits
from dani_playbook.runner.bindings import BindingsFile, Reading, bindings_said
from dani_playbook.runner.config_check import check_document, check_values

FILE_NAME = "dani.yaml"
SCHEMA = "config.schema.json"

_URL = re.compile(
    r"sqlite:///[^?#]*"
    r"|postgres(?:ql)?://(?:[^/?#@\[\]]*@)?(?:[A-Za-z0-9._~-]*|\[[0-9a-fA-F:.]+\])(?::[0-9]*)?/[^/?#@:]*(?:\?[^#]*)?"
)
_PLAIN = ("name", "playbooks", "database", "time_zone")
_BY_NAME = ("offices", "removal", "limits", "retention", "access")
_DEFAULTS: Mapping[str, str] = {
    "name": "",
    "playbooks": "playbooks",
    "database": "sqlite:///.dani/hris.sqlite3",
    "time_zone": "UTC",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """Who must sign in, how long it lasts, and how old it may be for what matters most."""

    login: str = "optional"
    hours: int = 8
    idle_minutes: int = 30
    fresh_minutes: int = 60

    @property
    def is_required(self) -> bool:
        return self.login == "required"


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What one call works with: files, the chosen environment and the process's variables laid over each other.

    ``root`` is the folder of the file at ``path``, which is ``None`` where defaults stand alone. ``playbooks`` is
    relative to ``root``. ``vars`` are the project's, ``environment_vars`` lie over them. ``origins`` tells by dotted
    name who said a value: ``default``, ``file:line:column``, or the name of a variable.
    """

    root: Path
    path: Path | None = None
    name: str = ""
    playbooks: str = "playbooks"
    database: str = field(default="sqlite:///.dani/hris.sqlite3", repr=False)
    time_zone: str = "UTC"
    offices: Mapping[str, str] = field(default_factory=dict)
    vars: Mapping[str, Any] = field(default_factory=dict, repr=False)
    environment: str = ""
    environment_vars: Mapping[str, Any] = field(default_factory=dict, repr=False)
    removal: Mapping[str, str] = field(default_factory=dict)
    limits: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    retention: Mapping[str, int] = field(default_factory=dict)
    access: Mapping[str, Any] = field(default_factory=dict)
    bindings: BindingsFile | None = field(default=None, repr=False)
    protected: tuple[str, ...] = ()
    freezes: tuple[Mapping[str, Any], ...] = ()
    approvals: Mapping[str, Any] = field(default_factory=dict)
    plan_hours: int = 72
    origins: Mapping[str, str] = field(default_factory=dict)

    @property
    def sign_in(self) -> SignIn:
        return SignIn(**self.access)

    @property
    def all_vars(self) -> Mapping[str, Any]:
        """The project's variables with the environment's laid over them."""
        return {**self.vars, **self.environment_vars}


def find_config(start: Path) -> Path | None:
    """The ``dani.yaml`` in ``start`` or the nearest folder above it."""
    folders = (start, *start.parents)
    return next((folder / FILE_NAME for folder in folders if (folder / FILE_NAME).is_file()), None)


def read_config(
    start: Path,
    environ: Mapping[str, str],
    *,
    path: Path | None = None,
    environment: str | None = None,
    required: bool = True,
    dictionary: Dictionary | None = None,
) -> Config:
    """The configuration that holds in the folder ``start``.

    ``path`` names the file, else ``DANI_CONFIG`` does, else it is looked for upwards. Where there is none, defaults
    apply unless ``required``. Variables like ``DANI_DATABASE`` win over the environment, that over the file.

    Raises: PlaybookError with every problem; UsageError where the environment isn't known.
    """
    start = start.absolute()
    found = _located(start, path or environ.get("DANI_CONFIG"))
    if found is None and required:
        raise PlaybookError(
            f"there is no {FILE_NAME} in this folder or above it",
            hint="begin a project here with: dani init",
        )
    known = dictionary or read_dictionary()
    root = found.parent if found else start
    document = _checked_document(found, known.schemas[SCHEMA]) if found else None
    config = _said_here(root, found, document, environ, environment, known.schemas[SCHEMA])
    return _bound(config, document, Reading(root=root, dictionary=known))


def parse_config(
    data: bytes,
    path: Path,
    environ: Mapping[str, str],
    *,
    environment: str | None = None,
    dictionary: Dictionary | None = None,
    limits: Limits | None = None,
    beside: Callable[[str], bytes],
) -> Config:
    """The configuration in ``data``, as if it stood in the file at ``path``, which is not read. Raises as above.

    ``beside`` gives the bytes of a file that it names, relative to its folder, or raises ``PlaybookError``.
    """
    known, bounds = dictionary or read_dictionary(), limits or Limits()
    document = _checked(*document_of(data, path.name, bounds), path.name, known.schemas[SCHEMA])
    config = _said_here(path.parent, path, document, environ, environment, known.schemas[SCHEMA])
    return _bound(config, document, Reading(root=path.parent, dictionary=known, limits=bounds, beside=beside))


def _bound(config: Config, document: Document | None, reading: Reading) -> Config:
    """The same with what ``bindings:`` says, here or in a file beside."""
    content = document.content if document else {}
    layers = (((content.get("environments") or {}).get(config.environment) or {}), content)
    layer = next((layer for layer in layers if layer.get("bindings") is not None), None)
    if layer is None or document is None:
        return config
    if (said := config.origins["database"]) != "default":
        raise PlaybookError(
            f"{said} names a database, and a project with bindings: has one of its own, in its Django settings",
            hint="take it out, or take bindings: out",
        )
    found = bindings_said(layer["bindings"], document.file, reading)
    return replace(config, bindings=found, origins={**config.origins, "bindings": _place(document, layer, "bindings")})


def _said_here(
    root: Path,
    path: Path | None,
    document: Document | None,
    environ: Mapping[str, str],
    environment: str | None,
    schema: Mapping[str, Any],
) -> Config:
    chosen = environment if environment is not None else environ.get("DANI_ENV", "")
    said = {name: value for name in _PLAIN if (value := environ.get(f"DANI_{name.upper()}"))}
    problems = check_values(said, schema)
    if problems:
        raise PlaybookError("a variable of the shell can't be used", problems=problems)
    return _laid_over(root, path, document, chosen, said)


def shown_database(url: str) -> str:
    """A database URL without its password; a password that is a reference stays.

    Of one that can't be taken apart only the scheme is told: any part of it may be a piece of a password.
    """
    if not _URL.fullmatch(url):
        return f"{url.partition(':')[0]}://‹…›" if ":" in url else "‹…›"
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    query = [(name, value) for name, value in parse_qsl(parts.query) if name != "password" or value.startswith("env:")]
    shown = parts._replace(netloc=user.partition(":")[0] + at + host, query=urlencode(query, safe=":/"))
    # urlunsplit writes sqlite:/x where the host is empty
    return urlunsplit(shown) if shown.netloc else url.partition("?")[0]


def _located(start: Path, named: Path | str | None) -> Path | None:
    if named is None:
        return find_config(start)
    found = (start / named).absolute()
    if not found.is_file():
        raise PlaybookError(f"there is no configuration file {named}", hint="look at what --config or DANI_CONFIG says")
    return found


def _checked_document(path: Path, schema: Mapping[str, Any]) -> Document:
    return _checked(*read_document(path, path.name, Limits()), path.name, schema)


def _checked(document: Document | None, problems: list[Problem], file: str, schema: Mapping[str, Any]) -> Document:
    if document is not None and not problems:
        problems = check_document(document, schema)
    if document is None or problems:
        raise invalid(file, problems)
    return document


def invalid(file: str, problems: list[Problem]) -> PlaybookError:
    """All that is wrong with a configuration file."""
    return PlaybookError(f"{file} has problems", problems=in_order(problems))


def _laid_over(
    root: Path, path: Path | None, document: Document | None, chosen: str, said: Mapping[str, str]
) -> Config:
    content = document.content if document else {}
    overlay = _environment(content, chosen, document.file if document else FILE_NAME)
    layers = [_layer(content, document), _layer(overlay, document)]
    values: dict[str, Any] = dict(_DEFAULTS)
    origins = dict.fromkeys(_DEFAULTS, "default")
    for layer, places in layers:
        for name in _PLAIN:
            if name in layer:
                values[name], origins[name] = layer[name], places[name]
        for group in _BY_NAME:
            values[group] = {**values.get(group, {}), **layer.get(group, {})}
        origins.update({name: place for name, place in places.items() if "." in name})
    values.update(said)
    origins.update({name: f"DANI_{name.upper()}" for name in said})
    return Config(
        root=root,
        path=path,
        protected=tuple(content.get("protected") or ()),
        freezes=tuple(content.get("freezes") or ()),
        approvals=content.get("approvals") or {},
        plan_hours=(content.get("plans") or {}).get("hours", 72),
        vars=content.get("vars") or {},
        environment=chosen,
        environment_vars=overlay.get("vars") or {},
        origins=origins,
        **values,
    )


def _environment(content: Mapping[str, Any], chosen: str, file: str) -> Mapping[str, Any]:
    known: Mapping[str, Any] = content.get("environments") or {}
    if not chosen:
        return {}
    if chosen not in known:
        names = ", ".join(known) or "none"
        raise UsageError(
            f'no environment is called "{chosen}"{did_you_mean(chosen, known)}', hint=f"{file} knows: {names}"
        )
    return known[chosen] or {}


def _layer(content: Mapping[str, Any], document: Document | None) -> tuple[Mapping[str, Any], dict[str, str]]:
    """A layer's values, and where each stands by dotted name."""
    places: dict[str, str] = {}
    for name, value in content.items():
        if name in ("vars", *_BY_NAME):
            places.update({f"{name}.{inner}": _place(document, value, inner) for inner in value or {}})
        elif name in _PLAIN:
            places[name] = _place(document, content, name)
    return content, places


def _place(document: Document | None, container: Any, name: str) -> str:
    return str(Source(document.file, *container.at(name))) if document else "default"
