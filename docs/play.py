"""Plays a page: what its examples say is done, and what they show is compared with what comes out.

- ```` ```yaml path/to/file.yaml ```` and ```` ```python path/to/file.py ```` are written to that file.
- ```` ```console ```` has commands behind ``$ `` and what they print below. ``…`` stands for anything: alone on a
  line for any lines, within a line for any text. Run ids, digests and moments differ from call to call; the first
  time one is shown it is remembered, and stands for the same one from then on. An exit code that isn't 0 is shown
  as ``(exit code 3)``.
- ``$ echo TEXT | dani …`` gives ``dani`` the text on standard input. Who signs in on a page is signed in there only.
- ```` ```text ```` and ```` ```sh ```` are for reading.
- ``<!-- begin: starter -->`` and ``<!-- begin: company -->`` say in which project a page plays, already applied;
  ``bare`` is a project without playbooks. Other pages begin in an empty folder.
- ``<!-- apart -->`` makes each command a process of its own: a process knows one Django project.
"""

import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

HOME = Path(__file__).parents[1]
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

_FENCE = re.compile(r"^(?P<ticks>`{3,})(?P<info>[^`\n]*)\n(?P<body>.*?)^(?P=ticks)\n", re.MULTILINE | re.DOTALL)
_APART = "<!-- apart -->"
_WRITTEN = ("yaml", "python")
_BEGIN = re.compile(r"<!-- begin: (\w+) -->")
_CHANGING = re.compile(r"\b(?:[0-9a-f]{12}|[0-9a-f]{8})\b")
_MOMENT = re.compile(r"\b\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}(?: UTC|Z)?")
_SHELL = re.compile(r"[|<>&;$*]")
_TYPED = re.compile(r'echo "(?P<text>[^"]*)" \| (?P<command>dani .*)')


@dataclass(frozen=True)
class Block:
    """One fenced example; ``line`` is where its first line of text stands, from 1."""

    language: str
    argument: str
    body: str
    line: int


@dataclass(frozen=True)
class Step:
    """One command of a console block and what is printed below it."""

    command: str
    expected: str
    line: int


@dataclass
class Mismatch:
    """What a page shows, and what came out."""

    step: Step
    actual: str

    def __str__(self) -> str:
        return f"line {self.step.line}: $ {self.step.command}\n--- shown\n{self.step.expected}\n--- real\n{self.actual}"


@dataclass
class Player:
    """One page in one folder."""

    folder: Path
    bound: dict[str, str] = field(default_factory=dict)
    home: str = ""
    is_apart: bool = False

    def __post_init__(self) -> None:
        self.home = self.home or str(self.folder / ".home")

    def begin(self, project: str) -> None:
        if project == "starter":
            self.dani("dani init . --name Acme")
        if project == "bare":
            (self.folder / "dani.yaml").write_text("version: 1\n", "utf-8")
            return
        if project == "company":
            shutil.copytree(HOME / "playbooks", self.folder / "playbooks")
            shutil.copy(HOME / "dani.yaml", self.folder)
        self.dani("dani apply --approve")

    def play(self, page: str) -> Iterator[Mismatch]:
        self.is_apart = _APART in page
        if begun := _BEGIN.search(page):
            self.begin(begun[1])
        for block in blocks(page):
            if block.language in _WRITTEN and block.argument:
                path = self.folder / block.argument
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(block.body, "utf-8")
            if block.language == "console":
                yield from (wrong for step in steps(block) if (wrong := self.step(step)))

    def step(self, step: Step) -> Mismatch | None:
        command = _CHANGING.sub(lambda found: self.bound.get(found[0], found[0]), step.command)
        typed = _TYPED.fullmatch(command)
        line = typed["command"] if typed else command
        if line.startswith("dani ") and not _SHELL.search(line) and not self.is_apart:
            actual = self.dani(line, typed["text"] + "\n" if typed else "")
        else:
            actual = self.shell(command)
        actual = "\n".join(line.rstrip() for line in actual.strip("\n").split("\n"))
        return None if self.fits(step.expected, actual) else Mismatch(step, self.as_on_the_page(actual))

    def as_on_the_page(self, actual: str) -> str:
        """Ids by the names they were shown under, and one moment for all."""
        names = {real: name for name, real in reversed(self.bound.items())}
        renamed = _CHANGING.sub(lambda found: names.get(found[0], found[0]), actual)
        return _MOMENT.sub(f"{NOW:%Y-%m-%d %H:%M:%S} UTC", renamed)

    def fits(self, expected: str, actual: str) -> bool:
        """Whether the output is as shown; ids shown for the first time are bound to the real ones."""
        found = re.fullmatch(_pattern(expected), _MOMENT.sub("‹moment›", actual) + "\n")
        if not found:
            return False
        shown = _CHANGING.findall(_MOMENT.sub("", expected))
        pairs = list(zip(shown, found.groups(), strict=True))
        if any(self.bound.get(name, real) != real for name, real in pairs):
            return False
        self.bound.update(pairs)
        return True

    def dani(self, command: str, typed: str = "", **variables: str) -> str:
        """What ``dani`` prints on both streams, called in this process on the morning of a certain day."""
        from dani_playbook.cli.main import run
        from dani_playbook.cli.surroundings import Surroundings

        out = io.StringIO()
        environ = {"DANI_ACTOR": "anna", "DANI_HOME": self.home, "PATH": os.environ["PATH"]}
        environ |= variables or {"NO_COLOR": "1"}
        around = Surroundings(environ=environ, now=NOW, stdin=io.StringIO(typed), stdout=out, stderr=out)
        before = Path.cwd()
        os.chdir(self.folder)
        try:
            with redirect_stdout(out), redirect_stderr(out):
                code = run(shlex.split(command)[1:], around)
        finally:
            os.chdir(before)
        return out.getvalue() + (f"(exit code {code})\n" if code else "")

    def shell(self, command: str) -> str:
        if command.startswith("cd "):
            self.folder = self.folder / command[3:]
            return ""
        environ = dict(os.environ, DANI_ACTOR="anna", DANI_HOME=self.home, PYTHONPATH=str(HOME), NO_COLOR="1")
        python = f'python() {{ "{sys.executable}" "$@"; }}'
        script = f'{python}; dani() {{ python -m dani_playbook "$@"; }}; {command}'
        done = subprocess.run(
            ["bash", "-c", script], cwd=self.folder, env=environ, capture_output=True, text=True, check=False
        )
        return done.stdout + done.stderr + (f"(exit code {done.returncode})\n" if done.returncode else "")


def blocks(page: str) -> Iterator[Block]:
    """All fenced examples of a page, in order."""
    for found in _FENCE.finditer(page):
        language, _, argument = found["info"].strip().partition(" ")
        yield Block(language, argument, found["body"], page.count("\n", 0, found.start("body")) + 1)


def steps(block: Block) -> list[Step]:
    """The commands of a console block."""
    found: list[Step] = []
    for number, line in enumerate(block.body.split("\n"), block.line):
        if line.startswith("$ "):
            found.append(Step(line[2:], "", number))
        elif found:
            found[-1] = replace(found[-1], expected=f"{found[-1].expected}\n{line}")
    return [replace(step, expected=step.expected.strip("\n")) for step in found]


def _pattern(expected: str) -> str:
    lines = []
    for line in _MOMENT.sub("‹moment›", expected).split("\n"):
        line = line.rstrip()
        if line.strip() == "…":
            lines.append(r"(?:[^\n]*\n)*?")
            continue
        parts = []
        for text in re.split(f"({_CHANGING.pattern}|…)", line):
            if text == "…":
                parts.append(r"[^\n]*")
            else:
                parts.append("([0-9a-f]+)" if _CHANGING.fullmatch(text) else re.escape(text))
        lines.append("".join(parts) + "\n")
    return "".join(lines)


def refreshed(page: str, folder: Path) -> str:
    """The page with what really comes out wherever that differs from what it shows."""
    lines = page.split("\n")
    shift = 0
    for wrong in Player(folder).play(page):
        start = wrong.step.line + shift
        end = start + len([] if not wrong.step.expected else wrong.step.expected.split("\n"))
        new = wrong.actual.split("\n") if wrong.actual else []
        lines[start:end] = new
        shift += len(new) - (end - start)
    return "\n".join(lines)
