"""Text leaves only through sinks: the lint rule finds what goes around them, and the program has nothing of it."""

import runpy
from pathlib import Path
from typing import Any

import pytest

RULE: dict[str, Any] = runpy.run_path(str(Path(__file__).parents[2] / ".ci/sinks.py"), run_name="rule")


def found(file: str, text: str) -> list[str]:
    return [violation.what for violation in RULE["of_source"](file, text)]


def test_the_program_writes_through_sinks_only() -> None:
    assert RULE["violations"]() == []


PLANTED = [
    'print("x")',
    "import sys\nsys.stdout.write(name)",
    "from sys import stderr\nstderr.write(name)",
    "import click\nclick.echo(name)",
    "from click import secho\nclick.secho(name)",
    "console.print(name)",
    "self.surroundings.stderr.write(name)",
    "path.write_text(name)",
    "path.write_bytes(name)",
    'path.open("w")',
    'open(path, mode="ab")',
    "import os\nos.write(1, name)",
    'os.fdopen(handle, "w")',
    'write_stream(stream, f"{name} is gone")',
    "write_stream(stream, name)",
    'write_stream(stream, sinks.terminal("x") + name)',
    'invocation.write("".join(f"{path}" for path in paths))',
    "def text(x):\n    return x\n\ninvocation.write(text(name))",
    'def text(x):\n    if x:\n        return "a"\n    return x\n\ninvocation.write(text(name))',
]


@pytest.mark.parametrize("text", PLANTED)
@pytest.mark.parametrize("file", ["cli/commands/new.py", "runner/new.py"])
def test_a_way_around_the_sinks_is_found(file: str, text: str) -> None:
    assert found(file, text)


HARMLESS = [
    'write_stream(stream, "Stopped.\\n")',
    'write_stream(stream, sinks.terminal(name) + "\\n")',
    'invocation.write(f"{sinks.terminal(name)}\\n")',
    'invocation.write("".join(f"{sinks.terminal(x)}" for x in names))',
    "invocation.write(render(document, form, surface))",
    "def text(x):\n    return sinks.terminal(x)\n\ninvocation.write(text(name))",
    "module.write(page, document)",
    'path.open("rb")',
    "path.open()",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_goes_through_a_sink_is_fine(text: str) -> None:
    assert not found("cli/commands/new.py", text)


@pytest.mark.parametrize("name", ["mark_safe", "format_html", "SafeString"])
def test_djangos_ways_around_escaping_are_found_anywhere(name: str) -> None:
    assert found("hris/accounts/admin.py", f"from django.utils.safestring import {name}\n{name}(x)")


def test_the_rule_is_part_of_the_lint_target() -> None:
    assert ".ci/sinks.py" in (Path(__file__).parents[2] / "Makefile").read_text("utf-8")
