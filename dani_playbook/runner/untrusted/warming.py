"""Warming: everything that reading may need is loaded before the worker begins, since it may load and compile nothing itself."""

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from pathlib import Path

from dani_playbook.core.dataclass import compile_waiting
from dani_playbook.language.load import load
from dani_playbook.language.project import Project
from dani_playbook.language.tree import StoredTree
from dani_playbook.runner import registry

_NEEDED: Sequence[str] = (
    "csv", "decimal", "difflib", "encodings.idna", "encodings.cp437", "encodings.utf_16", "encodings.unicode_escape", "json", "unicodedata", "zipfile", "zlib",
    "jsonschema", "jsonschema.validators", "referencing.jsonschema", "python_calamine", "jinja2.lexer", "jinja2.parser",
    "dani_playbook.language.template", "dani_playbook.language.tables", "dani_playbook.language.single",
    "dani_playbook.language.thorough", "dani_playbook.language.moves", "dani_playbook.language.resources",
    "dani_playbook.language.references", "dani_playbook.language.frame", "dani_playbook.runner.config_check", "dani_playbook.runner.brake_check",
    "dani_playbook.runner.bindings_check",
    "dani_playbook.runner.bindings_parse", "dani_playbook.runner.health",
)  # fmt: skip

_PLAYBOOK = b"""\
version: 1
vars: {a: b}
users: {anna: {first_name: "{{ a }}", email: wrong, office: [1], mobile: x}}
generate: [{collection: users, each: {csv: t.csv}, key: "{{ row.k }}", fields: {first_name: "{{ row.k | lower }}"}}]
"""


@cache
def warm_up() -> None:
    """Imports, and reads one small playbook so that what is made at first use is made. Once a process."""
    for name in _NEEDED:
        import_module(name)
    files = {"playbooks/a.yaml": _PLAYBOOK, "playbooks/t.csv": b"k\nx\n"}
    registry.kinds()
    load((), Project(root=Path("/"), tree=StoredTree(files)), registry.dictionary())
    compile_waiting()
