"""Envelope: the outermost keys of a playbook."""

from collections.abc import Iterator
from typing import Any

from dani_playbook.core.dictionary import LANGUAGE_VERSION, Dictionary, KindSpec
from dani_playbook.core.names import did_you_mean
from dani_playbook.language.documents import Document
from dani_playbook.language.marks import Items, Map
from dani_playbook.language.report import Report

KEYS = ("version", "name", "vars", "defaults", "templates", "generate", "moved")
LATER = frozenset(("applicants", "interviews", "offers"))


def check_envelope(document: Document, dictionary: Dictionary, report: Report) -> bool:
    """Whether the rest of the file can be read; everything wrong with the outermost keys is reported."""
    content = document.content
    if not isinstance(content, Map):
        message = "a playbook must be a mapping that begins with version: 1"
        place = content.place if isinstance(content, Items) else (1, 1, 0)
        report.problem("wrong-type", message, place)
        return False
    if not _version(content, report):
        return False
    known = [*KEYS, *dictionary.by_collection]
    for name in content:
        if name not in known:
            _unknown(name, known, content, report)
    if not isinstance(content.get("name", ""), str):
        report.problem("wrong-type", "name must be a text", content.at("name"), hint="put it in quotes")
    return True


def _version(content: Map, report: Report) -> bool:
    if "version" not in content:
        hint = f"begin the file with: version: {LANGUAGE_VERSION}"
        report.problem("missing-field", "the playbook doesn't say which version it is", content.place, hint=hint)
        return True
    version = content["version"]
    if version == LANGUAGE_VERSION and type(version) is int:
        return True
    message = f"this dani reads playbooks of version {LANGUAGE_VERSION}"
    report.problem("unsupported-version", message, content.at("version"), hint=f"write version: {LANGUAGE_VERSION}")
    return False


def _unknown(name: str, known: list[str], content: Map, report: Report) -> None:
    place = content.key_place(name)
    if name in LATER:
        hint = "take it out; a later version of dani will know it"
        report.problem("unknown-collection", f"{name} are not yet in this version", place, hint=hint)
        return
    hint = f"a playbook may have: {', '.join(known)}"
    report.problem("unknown-collection", f"nothing is called {name}{did_you_mean(name, known)}", place, hint=hint)


def mapping(content: Map, name: str, report: Report) -> Map:
    """The mapping under ``name``; an empty one where it is missing, empty or something else, which is reported."""
    value = content.get(name)
    if isinstance(value, Map):
        return value
    if value is not None:
        report.problem("wrong-type", f"{name} must be a mapping", content.at(name))
    return Map()


def sequence(content: Map, name: str, report: Report) -> Items:
    """As ``mapping``, for a list."""
    value = content.get(name)
    if isinstance(value, Items):
        return value
    if value is not None:
        report.problem("wrong-type", f"{name} must be a list", content.at(name), hint="begin each item with -")
    return Items()


def by_kind(name: str, content: Map, dictionary: Dictionary, report: Report) -> Iterator[tuple[KindSpec, str, Any]]:
    """Kind, collection and what is written under it, for ``defaults`` and ``templates``."""
    inner = mapping(content, name, report)
    known = dictionary.by_collection
    for collection, value in inner.items():
        if collection in known:
            yield known[collection], collection, value
            continue
        message = f"{name} has no collection {collection}{did_you_mean(collection, known)}"
        report.problem("unknown-collection", message, inner.key_place(collection))
