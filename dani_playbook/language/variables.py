"""Variables: the names that templates of one file may use."""

from typing import Any

from dani_playbook.language.documents import Document
from dani_playbook.language.marks import Map
from dani_playbook.language.project import Project
from dani_playbook.language.render import FAILED, Renderer, plain
from dani_playbook.language.report import Report

RESERVED = frozenset(("env", "row"))


def outer_scope(project: Project) -> dict[str, Any]:
    """Variables of the project and over them those of the environment, and ``env``."""
    return {
        **plain(project.variables),
        **plain(project.environment_variables),
        "env": project.environment,
    }


def file_scope(document: Document, outer: dict[str, Any], renderer: Renderer, report: Report) -> dict[str, Any]:
    """``outer`` with the file's ``vars`` over it. A variable may use those of the project and the environment."""
    variables = document.content.get("vars")
    if variables is None:
        return outer
    if not isinstance(variables, Map):
        report.problem("wrong-type", "vars must be a mapping of names to values", document.content.at("vars"))
        return outer
    scope = dict(outer)
    for name, value in variables.items():
        if _is_name(name, variables, report):
            rendered = renderer.render(value, variables.at(name), outer, report)
            scope[name] = rendered if rendered is FAILED else plain(rendered)
    return scope


def _is_name(name: str, variables: Map, report: Report) -> bool:
    if name in RESERVED:
        report.problem(
            "reserved-name", f"{name} is a name that dani gives", variables.key_place(name), hint="rename it"
        )
    elif not (name.isascii() and name.isidentifier()) or name.startswith("_"):
        hint = "use letters, digits and _, beginning with a letter"
        report.problem("bad-name", f'"{name}" can\'t be the name of a variable', variables.key_place(name), hint=hint)
    else:
        return True
    return False
