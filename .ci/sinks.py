"""Finds text that leaves ``cli/`` or ``runner/`` by another way than a sink. Part of ``make lint``.

Two rules. Streams and files are written to only in the few places of ``WRITERS``. What is given to ``write_stream`` and
to ``invocation.write`` is a constant, or went through a function of ``cli/sinks.py``, or was rendered from a document.
And Django's ways around escaping are used nowhere.
"""

import ast
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1] / "dani_playbook"
FOLDERS = ("cli", "runner")

WRITERS: Mapping[str, frozenset[str]] = {
    "cli/output.py": frozenset({"write_file", "write_stream", "prepare_streams", "drop"}),
    "cli/surroundings.py": frozenset({"of_process", "_nowhere"}),
    "cli/log.py": frozenset({"_open"}),
    "cli/repository.py": frozenset({"begin"}),
    "cli/text/page.py": frozenset({"written"}),
    "cli/group.py": frozenset({"format_options", "format_epilog", "write_options"}),
    "cli/django/management/commands/dani.py": frozenset({"run_from_argv"}),
    "runner/project.py": frozenset({"private_folder", "_make_key"}),
    "runner/checkpoint.py": frozenset({"_append"}),
    "runner/saving.py": frozenset({"write_plan"}),
    "runner/sheet_cache.py": frozenset({"put"}),
    "runner/session_file.py": frozenset({"read_token", "write_token"}),
    "runner/untrusted/worker.py": frozenset({"_send_bytes"}),
    "runner/config_edit.py": frozenset({"_replace"}),
    "runner/database.py": frozenset({"_make_place"}),
    "runner/migrating.py": frozenset({"_alone"}),
}
"""Where a file or a stream is opened or written to: functions by file."""

MAKERS = frozenset({"render", "render_pieces", "audit_lines", "get_help"})
"""Functions whose text is harmless: documents through their renderers, JSON in ASCII, help of our own."""

OWN_TEXTS: Mapping[str, frozenset[str]] = {
    "cli/commands/schema.py": frozenset({"command"}),
    "cli/commands/completion.py": frozenset({"command"}),
    "cli/commands/help.py": frozenset({"command"}),
    "cli/invocation.py": frozenset({"write"}),
}
"""Where a text is a file of the package, or was checked where it was handed in."""

_STREAMS = frozenset({"stdout", "stderr", "__stdout__", "__stderr__"})
_WRITES = frozenset({"write", "writelines", "write_text", "write_bytes", "fdopen", "echo", "secho", "echo_via_pager"})
_UNESCAPED = frozenset({"mark_safe", "format_html", "format_html_join", "SafeString", "SafeText"})
_TAKERS = frozenset({"write_stream", "write"})


class Violation(NamedTuple):
    """A line, and what is wrong with it."""

    file: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"dani_playbook/{self.file}:{self.line}: {self.what}"


def violations(root: Path = ROOT) -> list[Violation]:
    """All of them, in order."""
    found = []
    for path in sorted(root.rglob("*.py")):
        name = path.relative_to(root).as_posix()
        found += list(of_source(name, path.read_text("utf-8")))
    return found


def of_source(file: str, text: str) -> Iterator[Violation]:
    """Of one file, named from the package."""
    tree = ast.parse(text)
    yield from _unescaped(file, tree)
    if file.startswith(tuple(f"{folder}/" for folder in FOLDERS)):
        functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        yield from _inside(file, tree, "", functions)


def _unescaped(file: str, tree: ast.AST) -> Iterator[Violation]:
    for node in ast.walk(tree):
        names = [node.attr] if isinstance(node, ast.Attribute) else [node.id] if isinstance(node, ast.Name) else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.ImportFrom) else []
        for name in _UNESCAPED.intersection(names):
            yield Violation(file, getattr(node, "lineno", 0), f"{name} goes around escaping")


def _inside(file: str, node: ast.AST, function: str, functions: Mapping[str, ast.FunctionDef]) -> Iterator[Violation]:
    for child in ast.iter_child_nodes(node):
        within = child.name if isinstance(child, ast.FunctionDef) else function
        if within not in WRITERS.get(file, ()):
            yield from _writing(file, child)
        if isinstance(child, ast.Call) and within not in OWN_TEXTS.get(file, ()):
            yield from _given(file, child, functions)
        yield from _inside(file, child, within, functions)


def _writing(file: str, node: ast.AST) -> Iterator[Violation]:
    if isinstance(node, ast.Attribute) and node.attr in _STREAMS and _name(node.value) == "sys":
        yield Violation(file, node.lineno, f"sys.{node.attr} is only for cli/surroundings.py")
    if isinstance(node, ast.Call) and (what := _way_out(node)):
        yield Violation(file, node.lineno, f"{what} is no sink; use invocation.write or write_stream")


def _way_out(call: ast.Call) -> str:
    """How a call writes by itself, empty where it doesn't."""
    name, owner = _name(call.func), _name(call.func.value) if isinstance(call.func, ast.Attribute) else ""
    if isinstance(call.func, ast.Name):
        return name if name == "print" or (name == "open" and _opens_to_write(call)) else ""
    if name == "print" or (name == "open" and _opens_to_write(call)):
        return f"{owner}.{name}"
    is_renderer = name == "write" and owner != "os" and (len(call.args) != 1 or owner == "invocation")
    return f"{owner}.{name}" if name in _WRITES and not is_renderer else ""


def _opens_to_write(call: ast.Call) -> bool:
    said = [*call.args, *(keyword.value for keyword in call.keywords)]
    modes = [item.value for item in said if isinstance(item, ast.Constant) and isinstance(item.value, str)]
    return any(set(mode) & set("wax+") and len(mode) <= 3 for mode in modes)


def _given(file: str, call: ast.Call, functions: Mapping[str, ast.FunctionDef]) -> Iterator[Violation]:
    name = _name(call.func)
    owner = _name(call.func.value) if isinstance(call.func, ast.Attribute) else ""
    if name not in _TAKERS or (name == "write" and owner != "invocation") or not call.args:
        return
    if not _is_harmless(call.args[-1], functions, frozenset()):
        yield Violation(file, call.lineno, "this text went through no sink")


def _is_harmless(node: ast.expr | None, functions: Mapping[str, ast.FunctionDef], seen: frozenset[str]) -> bool:
    if isinstance(node, ast.JoinedStr):
        parts = (part.value for part in node.values if isinstance(part, ast.FormattedValue))
        return all(_is_harmless(part, functions, seen) for part in parts)
    if isinstance(node, ast.BinOp):
        return all(_is_harmless(side, functions, seen) for side in (node.left, node.right))
    if isinstance(node, ast.IfExp):
        return all(_is_harmless(side, functions, seen) for side in (node.body, node.orelse))
    if isinstance(node, ast.GeneratorExp | ast.ListComp):
        return _is_harmless(node.elt, functions, seen)
    if isinstance(node, ast.Call):
        return _is_harmless_call(node, functions, seen)
    return isinstance(node, ast.Constant) or (isinstance(node, ast.Name) and node.id.isupper())


def _is_harmless_call(call: ast.Call, functions: Mapping[str, ast.FunctionDef], seen: frozenset[str]) -> bool:
    name = _name(call.func)
    if isinstance(call.func, ast.Attribute):
        if name == "join":
            return all(_is_harmless(item, functions, seen) for item in call.args)
        return _name(call.func.value) == "sinks" or name in MAKERS
    if name in MAKERS or name in seen:
        return True
    return name in functions and _says_harmless(functions[name], functions, seen | {name})


def _says_harmless(function: ast.FunctionDef, functions: Mapping[str, ast.FunctionDef], seen: frozenset[str]) -> bool:
    said = [node.value for node in ast.walk(function) if isinstance(node, ast.Return | ast.Yield) and node.value]
    return bool(said) and all(_is_harmless(value, functions, seen) for value in said)


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


if __name__ == "__main__":
    found = violations()
    sys.stdout.write("".join(f"{violation}\n" for violation in found))
    sys.exit(1 if found else 0)
