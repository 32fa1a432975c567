"""No personal value, secret, key or password comes out: of any command, in any format, however it ends.

Canaries stand in every field from the class personal upwards, in the environment, in keys and in inputs that are wrong.
Every command that there is runs in every format; a new one fails here until ``CALLS`` says how it is called.
"""

import base64
import gzip
import io
import itertools
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
import pytest

from dani_playbook.cli.main import SECTIONS, dani
from dani_playbook.cli.render import FORMATS
from tests.cli.inside import call
from tests.cli.program import Ended
from tests.cli.program import environment as clean_environment
from tests.conftest import Figure
from tests.trust import canaries
from tests.trust.canaries import CHOSEN, DICTIONARY, Canary, Search, encodings, word

PEOPLE = ("p0", "p1", "p2", "p3")
KEY = canaries.sha256(b"canary key").hexdigest()
TOKEN = word("a token in the environment")
PASSWORD = word("the password of a database")

WIDE = "".join(
    f"\n  {name}: {{number: 10000, share: 90, ceiling: 10000}}"
    for name in ("leavers", "removals", "memberships", "field", "creates")
)

CALLS: Mapping[str, tuple[str, ...]] = {
    "validate": ("",),
    "plan": (
        "",
        "--out {new}",
        "--untrusted --base main",
        "--horizon 400d",
        "--deep",
        "--at 2027-06-01",
        "--target user.p0",
        "--exclude user.p1",
    ),
    "apply": ("", "{plan} --approve", "--approve", "--approve --restore user.p0"),
    "rollback": ("{run}", "{run} --approve"),
    "show": ("{run}", "{saved}", "{plan}", "nothing"),
    "runs": ("",),
    "drift": ("", "--exit-code"),
    "timeline": ("", "user.p0"),
    "explain": ("user.p0", "user.p0.mobile", "user.p0.grade", "job.dev", "powerapps.form", "user.nobody"),
    "audit list": ("", "--object user.p0"),
    "audit verify": ("",),
    "audit export": ("",),
    "init": ("{new}", "."),
    "export": ("", "user.*", "user.p0", "--to {new}"),
    "fmt": ("--check --diff", ""),
    "schema": ("user", "--list"),
    "doctor": ("",),
    "config list": ("",),
    "config get": ("database",),
    "config set": ("name Nordwind", f"database postgresql://u:{PASSWORD}@h/d", f"database mysql:{PASSWORD}"),
    "config validate": ("",),
    "binding check": ("",),
    "binding suggest": ("", "--to {new}", "--settings nowhere.settings"),
    "completion": ("bash",),
    "approve": ("{plan} --digest 00000000", "{plan}", "nothing.plan"),
    "settle": ("", "{run}"),
    "resume": ("", "{run} --approve"),
    "lock show": ("",),
    "lock break": ("1 --reason why",),
    "login": ("p0@example.com --password-stdin", f"{TOKEN}@example.com --password-stdin"),
    "logout": ("", "--everywhere"),
    "whoami": ("",),
    "user password": ("user.p0 --password-stdin", "user.nobody --password-stdin"),
    "user purge": ("user.p0 --reason why --approve", "user.nobody --reason why"),
    "keys create": ("nightly --scope plan",),
    "keys list": ("",),
    "keys revoke": ("4k0d8s1x",),
    "help": ("plan", "exit-codes"),
}
"""How every command is called; ``{run}`` is the last run, ``{saved}`` a saved document, ``{plan}`` a saved plan,
``{new}`` what isn't there yet. Each reads a canary where it asks for a password."""


def commands() -> list[str]:
    """Every command that there is, the inner ones too."""
    context = click.Context(dani, info_name="dani")
    found = []
    for name in (name for section in SECTIONS.values() for name in section):
        command = dani.get_command(context, name)
        inner = sorted(command.commands) if isinstance(command, click.Group) else []
        found += [f"{name} {below}" for below in inner] or [name]
    return found


@dataclass
class House:
    """A project full of canaries, in two versions between which every masked value changes."""

    root: Path
    canaries: list[Canary] = field(default_factory=list)
    environ: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    outputs: list[tuple[str, bytes]] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=itertools.count)

    @property
    def out(self) -> Path:
        return self.root.parent / "out"

    def build(self) -> None:
        """Writes the project; the first version stands."""
        self.out.mkdir()
        (self.root / "playbooks").mkdir(parents=True)
        (self.root / "dani.yaml").write_text(f"version: 1\nname: Canary\nlimits:{WIDE}\n")
        self.environ |= {"DANI_KEY": KEY, "API_TOKEN": TOKEN, "PGPASSWORD": PASSWORD, "PATH": os.environ["PATH"]}
        self.canaries += [Canary(name, text, text) for name, text in (("key", KEY), ("token", TOKEN), ("pw", PASSWORD))]
        self.texts = {time: self._playbook(time) for time in ("first", "second")}
        self.turn("first")

    def turn(self, time: str | None = None) -> None:
        """Puts the other version of the playbooks in place."""
        path = self.root / "playbooks/all.yaml"
        old = path.read_text() if path.exists() else ""
        path.write_text(self.texts[time or ("second" if old == self.texts["first"] else "first")])

    def _playbook(self, time: str) -> str:
        people = "".join(
            f"  {key}:\n    template: base\n    email: {key}@example.com\n    first_name: Ann\n    last_name: Lee\n"
            f"    department: it\n    start_date: 1930-01-01\n    office: {time}\n{self._fields('user', key, time)}"
            for key in PEOPLE
        )
        template = Canary(f"template.{time}", f"+49 40 {canaries.digits(time)}", canaries.digits(time))
        self.canaries.append(template)
        steady = Canary("user.steady.mobile", f"+49 60 {canaries.digits('steady')}", canaries.digits("steady"))
        self.canaries.append(steady)
        people += (
            f'  steady:\n    mobile: "{steady.written}"\n    email: s@example.com\n    first_name: Bo\n    last_name: Ek\n'
            "    department: it\n    start_date: 1930-01-01\n"
        )
        return (
            "version: 1\nname: All\ndepartments:\n  it: {name: IT}\n"
            f'templates:\n  users:\n    base:\n      mobile: "{template.written}"\n'
            f"users:\n{people}"
            f"    upcoming:\n      2027-01-01:\n        job_title: X\n{self._fields('user', 'later', time, '    ')}"
            f"jobs:\n  dev:\n    title: Dev {time}\n    department: it\n    hiring_manager: p0\n{self._fields('job', 'dev', time)}"
            "powerapps:\n  form:\n    name: Form\n    app: form\n    table: forms\n    kind: user\n    environment: hr\n    dedupe_key: [a]\n"
            "    endpoint: https://forms.example/api\n    auth_type: client_secret\n    tenant: t\n    client_id: c\n"
            f"    description: {time}\n    field_mapping:\n      - {{from: a, to: key, required: true}}\n"
            "      - {from: b, to: email, required: true}\n      - {from: c, to: first_name, required: true}\n"
            f"{self._fields('powerapps', 'form', time)}"
        )

    def _fields(self, kind: str, key: str, time: str, more: str = "") -> str:
        lines = []
        for spec in DICTIONARY.kinds[kind].fields.values():
            if not spec.sensitivity.is_masked or (spec.create_only and more):
                continue
            if spec.name in CHOSEN:
                lines.append(f"{more}    {spec.name}: {CHOSEN[spec.name]}\n")
                continue
            found = list(canaries.of_field(kind, key, spec, time))
            self.canaries += [canary for _, canary in found]
            lines.append(f"{more}    {spec.name}: {self._written(spec, found)}\n")
        return "".join(lines)

    def _written(self, spec: Any, found: list[tuple[str, Canary]]) -> str:
        if spec.sensitivity.is_reference_only:
            name = f"SECRET_{len(self.environ)}"
            self.environ[name] = found[0][1].written
            return f'{{secret: "env:{name}"}}'
        if spec.type == "object":
            return "{" + ", ".join(f'{path[1:]}: "{canary.written}"' for path, canary in found) + "}"
        if spec.type == "list":
            return f"[{{start_date: {found[0][1].written}}}]"
        return f'"{found[0][1].written}"'

    def call(self, *arguments: str, environ: Mapping[str, str] | None = None) -> Ended:
        """Runs one command with a log of everything, and takes all bytes that it produced."""
        log = self.out / "log.jsonl"
        logging = ("--log-level", "debug", "--log-file", str(log))
        typed = f"{PASSWORD}\n" * 3
        ended = call(*arguments, *logging, environ={**self.environ, **(environ or {})}, text=typed)
        name = " ".join(arguments)
        self.outputs += [(f"{name} > stdout", ended.out.encode()), (f"{name} > stderr", ended.err.encode())]
        for path in sorted(self.out.rglob("*")):
            if path.is_file():
                self.outputs.append((f"{name} > {path.name}", path.read_bytes()))
                path.unlink()
        return ended

    def last_run(self) -> str:
        runs = json.loads(call("runs", "--limit", "9999", "--format", "json", environ=self.environ).out)["runs"]
        return str(next(run["id"] for run in runs if run["state"] == "succeeded"))

    def new(self) -> str:
        return str(self.out / f"new{next(self.numbers)}")

    def all_calls(self, form: str) -> Iterator[list[str]]:
        """Every command line in a format, made when it is its turn."""
        for name in commands():
            for said in CALLS[name]:
                if "--approve" in said:
                    self.turn()
                run = self.last_run() if "{run}" in said else ""
                kept = {name: self.root / f"saved.{ending}" for name, ending in (("saved", "json"), ("plan", "plan"))}
                line = said.format(run=run, new=self.new(), **kept)
                file = ["--output", f"{self.new()}.{form}"] if form in ("xlsx", "html") else []
                yield [*name.split(), *line.split(), "--format", form, *file]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    before = Path.cwd()
    made = House(tmp_path_factory.mktemp("canaries") / "project")
    made.build()
    os.chdir(made.root)
    begun = made.call("apply", "--approve")
    assert begun.code == 0, begun.out + begun.err
    made.turn()
    (made.root / "saved.json").write_text(call("plan", "--format", "json", environ=made.environ).out)
    assert call("plan", "--out", str(made.root / "saved.plan"), environ=made.environ).code == 0
    _drift(made)
    yield made
    os.chdir(before)


def _drift(house: House) -> None:
    """Somebody else writes canaries into the live system."""
    other = Canary("live mobile", f"+49 50 {canaries.digits('drift')}", canaries.digits("drift"))
    house.canaries.append(other)
    with sqlite3.connect(house.root / ".dani/hris.sqlite3") as database:
        steady = "SELECT id FROM accounts_user WHERE key = 'steady'"
        update = f"UPDATE employees_employee SET mobile = ? WHERE user_id = ({steady})"
        assert database.execute(update, (other.written,)).rowcount == 1


def found_in(house: House) -> dict[str, list[str]]:
    """Places of canaries by output; the figures are printed."""
    search = Search(house.canaries)
    hits = {name: found for name, data in house.outputs if (found := search.hits(data))}
    sys.stdout.write(
        f"\n{len(house.canaries)} canaries, {search.outputs} outputs, {search.searched:,} bytes, {len(hits)} with a hit"
        "\n"
    )
    house.outputs.clear()
    return hits


def test_there_are_canaries_in_every_masked_field(house: House) -> None:
    masked = {f"{kind.name}.{name}" for kind in DICTIONARY.kinds.values() for name in kind.masked} - {
        f"user.{name}" for name in CHOSEN
    }
    there = {".".join((parts := canary.place.split("."))[:1] + parts[2:3]) for canary in house.canaries}
    assert masked <= there
    assert len({canary.needle for canary in house.canaries}) >= 100


def test_every_command_is_called() -> None:
    assert sorted(CALLS) == sorted(commands()), "say in CALLS how the new command is called"


@pytest.mark.parametrize("form", FORMATS)
def test_no_canary_comes_out_of_any_command(house: House, form: str, figure: Figure) -> None:
    house.outputs.clear()
    codes = {" ".join(line): house.call(*line).code for line in house.all_calls(form)}
    assert not [line for line, code in codes.items() if code == 1], "a bug"
    assert sum(code in (0, 2) for code in codes.values()) > len(codes) / (2 if form in ("text", "json") else 10)
    figure("canaries, of which none was found", len(house.canaries))
    figure("outputs searched for canaries, by format", f"{len(house.outputs)} {form}")
    if form in ("text", "json", "markdown"):
        assert any("‹personal›" in data.decode() for _, data in house.outputs)
    assert found_in(house) == {}


def test_no_canary_stands_in_the_tables_of_the_memory(house: House) -> None:
    house.outputs.clear()
    with sqlite3.connect(house.root / ".dani/hris.sqlite3") as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in (name for name in tables if name.startswith("dani_state_")):
            for row in database.execute(f'SELECT * FROM "{table}"'):
                data = [cell if isinstance(cell, bytes) else str(cell).encode() for cell in row]
                house.outputs += [(table, cell) for cell in data]
                house.outputs += [(table, base64.b64decode(cell)) for cell in data if _is_base64(cell)]
    assert {"dani_state_entry", "dani_state_inventory", "dani_state_run"} <= {name for name, _ in house.outputs}
    # The cache says what playbooks say, and lies beside them; nobody else may read it.
    cache = house.root / ".dani/cache"
    assert cache.stat().st_mode & 0o777 == 0o700
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in cache.iterdir())
    others = (path for path in (house.root / ".dani").iterdir() if path != cache)
    kept = [path for path in others if path.name != "key" and "sqlite3" not in path.name]
    house.outputs += [(path.name, path.read_bytes()) for path in kept]
    assert found_in(house) == {}


def _is_base64(cell: bytes) -> bool:
    try:
        return len(cell) > 20 and bool(base64.b64decode(cell, validate=True))
    except ValueError:
        return False


def test_no_canary_stands_in_the_command_line_of_the_process(house: House) -> None:
    house.outputs.clear()
    house.turn()
    started = [sys.executable, "-m", "dani_playbook", "apply", "--approve", "--log-level", "debug"]
    environ = {**clean_environment(), **house.environ}
    with subprocess.Popen(
        started, cwd=house.root, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        title = Path(f"/proc/{process.pid}/cmdline").read_bytes()
        out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    house.outputs += [("title", title), ("stdout", out), ("stderr", err)]
    assert found_in(house) == {}


BAD: Mapping[str, tuple[str, str]] = {
    "a value that doesn't fit": ("    office: first", "    mobile: {canary}"),
    "a value of another type": ("    office: first", "    mobile: [{canary}]"),
    "a mapping for a text": ("    office: first", "    personal_email: {{{canary}: {canary}}}"),
    "a slip in a name": ("    office: first", "    mobil: {canary}"),
    "another case": ("    office: first", "    Mobile: {canary}"),
    "an unknown field": ("    office: first", "    shoe_size: {canary}"),
    "an unknown inner field": ("    office: first", "    home_address: {{stret: {canary}}}"),
    "a secret in clear": ("    office: first", "    grade: {canary}"),
    "a secret that is no reference": ("    office: first", "    grade: {{secret: {canary}}}"),
    "a choice that isn't one": ("    office: first", "    end_reason: {canary}"),
    "a day that isn't one": ("    office: first", "    probation_end: {canary}"),
    "quotes that don't end": ("    office: first", '    mobile: "{canary}'),
    "brackets that don't end": ("    office: first", "    home_address: {{street: {canary}"),
    "a text over several lines": ("    office: first", "    mobile: |\n      {canary}\n   x"),
    "a value written twice": ("    office: first", "    mobile: {canary}\n    mobile: {canary}"),
    "an anchor": ("    office: first", "    office: &phone {canary}\n    mobile: [*phone]"),
    "an alias of nothing": ("    office: first", "    mobile: *{canary}"),
    "a tag": ("    office: first", "    mobile: !{canary} x"),
    "a template with a slip": ("    office: first", "    mobile: \"{{{{ '{canary}' | upperr }}}}\""),
    "a template that fails": ("    office: first", "    mobile: \"{{{{ '{canary}' | date }}}}\""),
    "a template without an end": ("    office: first", "    mobile: \"{{{{ '{canary}'\""),
    "a template in a template": ("      mobile:", "      grade: {canary}\n      mobile:"),
    "a remark": ("    office: first", "    # {canary}\n    offfice: x"),
    "a dated change": ("    office: first", "    upcoming:\n      2027-01-01: {{mobil: {canary}}}"),
    "a dated change of nothing": ("    office: first", "    upcoming: {{mobile: {canary}}}"),
    "a person on one line": ("users:\n", "users:\n  px: {{mobile: {canary}, offfice: {canary}}}\n"),
    "a variable": ("name: All", "name: All\nvars:\n  phone: {canary}\n  phone: {canary}"),
    "a control character": ("    office: first", '    mobile: "{canary}\\x07"'),
    "a tab": ("    office: first", "    office: x\n\tmobile: {canary}"),
}


@pytest.mark.parametrize("name", BAD)
def test_no_canary_comes_out_of_a_playbook_that_is_wrong(house: House, name: str) -> None:
    old, new = BAD[name]
    wrong = word(name)
    path = house.root / "playbooks/all.yaml"
    whole = house.texts["first"]
    house.outputs.clear()
    try:
        path.write_text(whole.replace(old, new.format(canary=wrong), 1))
        ends = [house.call(*line.split(), "--format", form) for line in _CHECKS for form in _TEXTS]
        assert ends[0].code == 3, f"{name} isn't wrong: {ends[0].out}"
        assert not any(ended.code == 1 for ended in ends)
    finally:
        path.write_text(whole)
    everything = House(house.root, [*house.canaries, Canary(name, wrong, wrong)], outputs=house.outputs)
    assert found_in(everything) == {}


_CHECKS = ("validate", "plan", "timeline", "fmt --diff", "explain user.p0", "apply --approve")
_TEXTS = ("text", "json", "markdown", "html", "github")

TABLES: Mapping[str, tuple[str, str]] = {
    "csv": ("login,mobile\nx0,{canary}\n", "csv"),
    "csv with too many cells": ("login,mobile\nx0,123,{canary}\n", "csv"),
    "csv with quotes": ('login,mobile\nx0,"{canary}\n', "csv"),
    "csv with a strange head": ("login,{canary}\nx0,1\n", "csv"),
    "json": ('[{{"login": "x0", "mobile": "{canary}"}}]', "json"),
    "json that ends": ('[{{"login": "x0", "mobile": "{canary}"', "json"),
    "json with a list": ('[{{"login": "x0", "mobile": ["{canary}"]}}]', "json"),
    "yaml": ("- {{login: x0, mobile: {canary}}}\n", "yaml"),
    "yaml that ends": ('- {{login: x0, mobile: "{canary}\n', "yaml"),
}


@pytest.mark.parametrize("name", TABLES)
def test_no_canary_comes_out_of_a_table_that_is_wrong(house: House, name: str) -> None:
    text, kind = TABLES[name]
    wrong = word(name)
    table = house.root / f"table.{kind}"
    book = house.root / "playbooks/table.yaml"
    house.outputs.clear()
    try:
        table.write_text(text.format(canary=wrong))
        book.write_text(
            f"version: 1\ngenerate:\n  - collection: users\n    each: {{{kind}: table.{kind}}}\n"
            '    key: "{{ row.login }}"\n    fields: {email: "x@example.com", first_name: X, mobile: "{{ row.mobile }}"}\n'
        )
        ends = [house.call(*line.split(), "--format", form) for line in _CHECKS[:3] for form in _TEXTS]
        assert ends[0].code == 3, ends[0].out
    finally:
        book.unlink()
    hits = found_in(House(house.root, [*house.canaries, Canary(name, wrong, wrong)], outputs=house.outputs))
    assert hits == {}


SETTINGS: Mapping[str, Mapping[str, str]] = {
    "a password in the address": {"DANI_DATABASE": f"postgresql://u:{PASSWORD}@127.0.0.1:1/d"},
    "a password as an option": {"DANI_DATABASE": f"postgresql://u@127.0.0.1:1/d?password={PASSWORD}"},
    "a password that is read": {"DANI_DATABASE": "postgresql://u@127.0.0.1:1/d?connect_timeout=2"},
    "a password behind a name": {"DANI_DATABASE": "postgresql://u@127.0.0.1:1/d?password=env:PGPASSWORD"},
    "an address that is none": {"DANI_DATABASE": f"postgresql://u:{PASSWORD}@[/d"},
    "an unknown scheme": {"DANI_DATABASE": f"mysql://u:{PASSWORD}@h/d"},
    "a port that is none": {"DANI_DATABASE": f"postgresql://u:{PASSWORD}@h:{PASSWORD}/d"},
    "a key that is none": {"DANI_KEY": TOKEN},
    "a key that is too short": {"DANI_KEY": KEY[:40]},
    "another key": {"DANI_KEY": canaries.sha256(b"other").hexdigest()},
}


@pytest.mark.parametrize("name", SETTINGS)
def test_no_canary_comes_out_of_settings_that_are_wrong(house: House, name: str) -> None:
    house.outputs.clear()
    lines = ("plan", "doctor", "config list", "config get database", "runs", "apply --approve")
    ends = [
        house.call(*line.split(), "--format", form, environ=SETTINGS[name])
        for line in lines
        for form in ("text", "json")
    ]
    assert any(ended.code for ended in ends)
    assert not any(ended.code == 1 for ended in ends)
    assert found_in(house) == {}


BROKEN = (
    "dani_playbook.engine.apply.apply",
    "dani_playbook.runner.planning.make_plan",
    "dani_playbook.runner.planning.plan_document",
    "dani_playbook.runner.documents.field_document",
    "dani_playbook.runner.offline.start_loading",
    "dani_playbook.runner.system.open_system",
    "dani_playbook.runner.database.bring_up_to_date",
    "dani_playbook.live.orm.OrmLive.read",
    "dani_playbook.live.update.carry_out",
    "dani_playbook.live.encode._cells",
    "dani_playbook.state.memory.DjangoMemory.begin",
    "dani_playbook.state.memory.DjangoMemory.lock",
    "dani_playbook.state.memory.DjangoMemory.record",
    "dani_playbook.state.memory.DjangoMemory.succeed",
    "dani_playbook.state.memory.DjangoMemory.inventory",
    "dani_playbook.state.memory.DjangoMemory.entries",
    "dani_playbook.state.sealing.Sealer.seal",
    "dani_playbook.state.audit.Trail.append",
    "dani_playbook.runner.secrets._env",
    "dani_playbook.cli.invocation.render_pieces",
    "django.db.backends.utils.CursorWrapper.execute",
)


def errors() -> list[Exception]:
    """One of each sort that could carry a value, with a canary in it."""
    from django.core.exceptions import ValidationError
    from django.db import DataError, IntegrityError, OperationalError, ProgrammingError

    text = f"{TOKEN} = '{PASSWORD}'"
    kinds = (
        ValueError,
        RuntimeError,
        KeyError,
        TypeError,
        DataError,
        IntegrityError,
        OperationalError,
        ProgrammingError,
    )
    made: list[Exception] = [kind(text) for kind in (*kinds, ValidationError)]
    return [*made, OSError(13, text, "file"), UnicodeDecodeError("utf-8", text.encode(), 0, 1, text), SystemError(text)]


@pytest.mark.parametrize("target", BROKEN)
def test_no_canary_comes_out_of_a_failure(house: House, target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    house.outputs.clear()
    seen: list[int] = []
    lines = ("plan", "apply --approve", "drift --format json", f"show {house.last_run()}")
    for error in errors():
        for line in lines:
            with monkeypatch.context() as patch:
                patch.setattr(target, _raising(error, seen))
                ended = house.call(*line.split())
            if "--approve" in line and ended.code == 0:
                house.turn()
            assert "Traceback" not in ended.out + ended.err
    assert seen, f"{target} is never called"
    assert found_in(house) == {}


def _raising(error: Exception, seen: list[int]) -> Callable[..., Any]:
    def fail(*arguments: Any, **named: Any) -> Any:
        seen.append(1)
        raise error

    return fail


def test_a_warning_or_an_error_that_nobody_caught_is_not_told(tmp_path: Path) -> None:
    script = (
        "import sys, warnings, logging\n"
        "from dani_playbook.cli import main as program\n"
        "def run(*arguments):\n"
        f"    warnings.warn('{TOKEN}', RuntimeWarning)\n"
        f"    logging.getLogger('library').error('{TOKEN}'.lower())\n"
        f"    logging.getLogger('library').error('said %s', '{TOKEN}')\n"
        "    class Loud:\n"
        "        def __del__(self):\n"
        f"            raise ValueError('{TOKEN}')\n"
        "    Loud()\n"
        "    return 0\n"
        "program.run = run\n"
        "program.main(['plan'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env=clean_environment(), capture_output=True, check=False
    )
    assert done.returncode == 0
    assert Search([Canary("token", TOKEN, TOKEN)]).hits(done.stdout + done.stderr) == []
    loud = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env=clean_environment(DANI_DEBUG="1"),
        capture_output=True,
        check=False,
    )
    assert TOKEN.encode() in loud.stderr, "the script would be heard"


def _zipped(data: bytes) -> bytes:
    import zipfile

    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.xml", data)
    return file.getvalue()


HIDDEN: Mapping[str, Callable[[bytes], bytes]] = {
    "plain": bytes,
    "base64": base64.b64encode,
    "base64 in the middle": lambda data: base64.b64encode(b"x" + data + b"y"),
    "base64 further on": lambda data: base64.b64encode(b"xy" + data + b"y"),
    "base64 for addresses": base64.urlsafe_b64encode,
    "hex": lambda data: data.hex().encode(),
    "large hex": lambda data: data.hex().upper().encode(),
    "UTF-16 little": lambda data: data.decode().encode("utf-16-le"),
    "UTF-16 big": lambda data: data.decode().encode("utf-16-be"),
    "backwards": lambda data: data[::-1],
    "large": bytes.upper,
    "in an address": lambda data: "".join(f"%{byte:02x}" for byte in data).encode(),
    "in JSON": lambda data: "".join(f"\\u{byte:04X}" for byte in data).encode(),
    "in HTML": lambda data: "".join(f"&#{byte};" for byte in data).encode(),
    "gzip": gzip.compress,
    "zlib": lambda data: b"head" + __import__("zlib").compress(data),
    "a workbook": _zipped,
}


@pytest.mark.parametrize("form", HIDDEN)
def test_a_planted_canary_is_found_in_every_form(house: House, form: str) -> None:
    for canary in house.canaries[::9]:
        planted = b"before " + HIDDEN[form](canary.needle.encode()) + b" after" if "zip" not in form else b""
        planted = planted or HIDDEN[form](canary.needle.encode())
        if form == "a workbook":
            planted = HIDDEN[form](canary.needle.encode())
        assert Search([canary]).hits(planted) == [canary.place]


@pytest.mark.parametrize("head", [b"PK", b"PK\x03\x04", b"\x1f\x8b\x08", b"\x78\x9c"])
def test_what_only_begins_like_an_archive_is_searched_as_it_is(house: House, head: bytes) -> None:
    canary = house.canaries[0]
    assert Search([canary]).hits(head + canary.needle.encode()) == [canary.place]


def test_every_form_has_its_bytes() -> None:
    assert len(set(encodings("zq?0123456789~~~x"))) >= 14


def test_without_masking_canaries_come_out(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    from dani_playbook.runner import documents

    house.turn("first")
    assert house.call("apply", "--approve").code == 0
    house.outputs.clear()
    house.turn("second")
    monkeypatch.setattr(documents, "shown", lambda spec, value, reveal: documents.plain(value))
    for form in ("text", "json", "csv", "html"):
        house.call("plan", "--format", form)
    ended = house.call("plan", "--output", f"{house.new()}.xlsx")
    assert ended.code == 0, ended.err
    hits = found_in(house)
    assert len({name for name in hits if "stdout" in name or "xlsx" in name}) == 5


def test_without_the_list_of_fields_the_log_would_tell_canaries(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    from dani_playbook.cli import log

    house.outputs.clear()
    monkeypatch.setattr(log, "constant_text", lambda record: record.msg)
    monkeypatch.setattr("dani_playbook.cli.record.constant_text", lambda record: record.msg)
    import logging

    def leaking(*arguments: Any, **named: Any) -> Any:
        logging.getLogger("library").warning(f"said {TOKEN}")  # noqa: G004 - as libraries do
        raise ValueError(TOKEN)

    monkeypatch.setattr("dani_playbook.runner.planning.make_plan", leaking)
    house.turn("first")
    ended = house.call("plan")
    assert ended.code == 1, ended.err
    assert {name.rpartition(" ")[2] for name in found_in(house)} == {"stderr", "log.jsonl"}
    shutil.rmtree(house.out)
    house.out.mkdir()


def test_a_password_is_never_written_into_the_settings(house: House) -> None:
    before = (house.root / "dani.yaml").read_bytes()
    for address in (f"postgresql://u:{PASSWORD}@h/d", f"postgresql://u@h/d?password={PASSWORD}"):
        assert house.call("config", "set", "database", address).code == 3
    assert (house.root / "dani.yaml").read_bytes() == before
    house.outputs.clear()
