"""Sheets, the cache of them and several processes: nothing of it changes what comes out."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dani_playbook.core.address import Address
from dani_playbook.core.dictionary import read_dictionary
from dani_playbook.core.resource import Resource
from dani_playbook.language import crew, quire, single
from dani_playbook.language.load import load, start_loading
from dani_playbook.language.project import Limits, Project
from tests.language.cases import Case, read_cases
from tests.language.keeping import Kept, told

DICTIONARY = read_dictionary()
CASES = read_cases()

TEMPLATES = """\
version: 1
vars: {city: Berlin}
templates:
  users:
    base: {office: "{{ city }}", roles: [employee]}
    lead: {template: base, job_title: Lead}
"""
TABLE = "login,first\nada,Ada\nbob,Bob\n"
FILES: Mapping[str, str] = {
    "playbooks/a.yaml": """\
version: 1
defaults: {users: {locale: de-DE}}
users:
  anna: {template: lead, first_name: Anna, upcoming: {2030-01-01: {office: Toronto}}, ignore: [mobile]}
  ben: {first_name: Ben, roles: {add: [manager]}, salary: {secret: "env:PAY"}, state: absent}
moved: [{from: user.annie, to: user.anna}]
""",
    "playbooks/b.yaml": """\
version: 1
generate:
  - collection: users
    each: {csv: table.csv}
    key: "{{ row.login }}"
    template: base
    fields: {first_name: "{{ row.first }}", company: "{{ name | default('A') }}"}
""",
    "playbooks/c.yaml": """\
version: 1
departments: {sales: {name: Sales}}
users:
  carl:
    email: Carl@Example.com
    first_name: "  Carl  Émile "
    department: sales
    start_date: 2020-01-02
    roles: [manager, employee]
    home_address: {street: Road 1, city: Ulm, country: DE}
settings: {x: {value: [1, true, {a: [b]}, no]}}
""",
    "playbooks/t.yaml": TEMPLATES,
    "playbooks/table.csv": TABLE,
}


def _write(root: Path, files: Mapping[str, str | None]) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if content is None:
            path.unlink(missing_ok=True)
        else:
            path.write_text(content, "utf-8")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    _write(tmp_path, FILES)
    return Project(root=tmp_path)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_case_says_the_same_from_a_cache(case: Case, tmp_path):
    root = tmp_path / "project"
    root.mkdir()
    case.write(root)
    project, cache = Project(root=root), Kept()
    plain = told(load(case.paths, project, DICTIONARY))
    assert told(load(case.paths, project, DICTIONARY, cache=cache)) == plain
    assert told(load(case.paths, project, DICTIONARY, cache=cache)) == plain
    assert cache.hits == cache.puts


EDITS: tuple[Mapping[str, str | None], ...] = (
    {"playbooks/a.yaml": FILES["playbooks/a.yaml"].replace("Anna", "Änne")},
    {"playbooks/a.yaml": "# one line more\n" + FILES["playbooks/a.yaml"]},
    {"playbooks/a.yaml": None},
    {"playbooks/a.yaml": FILES["playbooks/a.yaml"]},
    {"playbooks/c.yaml": FILES["playbooks/c.yaml"].replace("sales\n", "17\n")},
    {"playbooks/c.yaml": FILES["playbooks/c.yaml"] + "  y: {value: 1\n"},
    {"playbooks/c.yaml": FILES["playbooks/c.yaml"].replace("carl:", "ada:")},
    {"playbooks/c.yaml": FILES["playbooks/c.yaml"]},
    {"playbooks/table.csv": TABLE + "cem,Cem\n"},
    {"playbooks/table.csv": TABLE.replace("bob", "anna")},
    {"playbooks/table.csv": None, "table.csv": TABLE},
    {"playbooks/table.csv": "login,first\n"},
    {"playbooks/table.csv": TABLE, "table.csv": None},
    {"playbooks/t.yaml": TEMPLATES.replace("Lead", "Head")},
    {"playbooks/t.yaml": TEMPLATES.replace("city: Berlin", "city: Ulm")},
    {"playbooks/t.yaml": TEMPLATES.replace("[employee]", "[nobody]")},
    {"playbooks/t.yaml": None, "playbooks/u.yaml": TEMPLATES},
    {"playbooks/t.yaml": TEMPLATES, "playbooks/u.yaml": None},
    {"playbooks/u.yaml": TEMPLATES.replace("Lead", "Other")},
    {"playbooks/u.yaml": r'{"version": 1, "\x74emplates": {"users": {"base": {"office": "Ulm"}}}}'},
)
SETTINGS: tuple[Mapping[str, Any], ...] = (
    {},
    {"environment": "test"},
    {"variables": {"name": "B"}},
    {"environment_variables": {"name": "C"}},
    {"limits": Limits(text=3)},
    {"limits": Limits(resources=4)},
    {"limits": Limits(rendered=8)},
    {"limits": Limits(problems=1)},
)


@given(st.lists(st.tuples(st.sampled_from(EDITS), st.sampled_from(SETTINGS), st.booleans()), max_size=6))
@settings(max_examples=60, deadline=None)
def test_after_any_edits_a_warm_cache_says_the_same(steps: list[Any]):
    with TemporaryDirectory() as folder:
        root, cache = Path(folder), Kept()
        _write(root, FILES)
        for edit, more, partly in steps:
            _write(root, edit)
            project, paths = Project(root=root, **more), ("playbooks/c.yaml",) if partly else ()
            plain = told(load(paths, project, DICTIONARY))
            assert told(load(paths, project, DICTIONARY, cache=cache)) == plain
            assert told(load(paths, project, DICTIONARY, cache=cache)) == plain


@given(st.sampled_from(EDITS), st.sampled_from(EDITS), st.sampled_from(SETTINGS))
@settings(max_examples=60, deadline=None)
def test_one_stamp_is_one_meaning(one: Mapping[str, str | None], other: Mapping[str, str | None], more: Any):
    seen: dict[str, Any] = {}
    with TemporaryDirectory() as folder:
        root = Path(folder)
        for edit, project in ((one, Project(root=root)), (other, Project(root=root, **more))):
            _write(root, FILES)
            _write(root, edit)
            loaded = load((), project, DICTIONARY)
            for sheet in loaded.playbooks.sheets if not loaded.problems else ():
                addresses = [Address(kind, key) for kind, keys in sheet.keys.items() for key in keys]
                said = [_meaning(loaded.playbooks.resources[address]) for address in addresses]
                assert sheet.stamp or more == {"limits": Limits(resources=4)} or more == {"limits": Limits(rendered=8)}
                assert not sheet.stamp or seen.setdefault(sheet.stamp, (sheet.file, said)) == (sheet.file, said)


def _meaning(said: Resource) -> Any:
    """Of a resource, all that a comparison may ask."""
    return (
        said.address,
        said.source.file,
        said.fields,
        said.absent,
        said.protect,
        said.ignore,
        [(entry.on, entry.fields) for entry in said.upcoming],
    )


def test_a_stamp_is_of_what_is_said_not_of_how_it_is_written(project):
    stamps = []
    for before in ("", "# a word\n\n"):
        _write(project.root, {name: before + text for name, text in FILES.items() if name.endswith(".yaml")})
        stamps.append({sheet.file: sheet.stamp for sheet in load((), project, DICTIONARY).playbooks.sheets})
    assert stamps[0] == stamps[1]
    assert all(stamps[0].values())


@pytest.mark.skipif(sys.platform == "darwin", reason="every name of a file is text there")
def test_a_playbook_whose_name_is_no_text_is_refused_and_named(project):
    (project.root / "playbooks" / os.fsdecode(b"t\xff.yaml")).write_text(TEMPLATES, "utf-8")
    (problem,) = load((), project, DICTIONARY).problems
    assert (problem.code, problem.hint) == ("bad-name", "rename it")
    assert os.fsencode(problem.source.file) == b"playbooks/t\xff.yaml"


@pytest.mark.skipif(sys.platform == "darwin", reason="every name of a file is text there")
def test_tables_whose_names_are_no_text_are_kept_too(project):
    _write(project.root, {"playbooks/table.csv": None})
    (project.root / "playbooks" / os.fsdecode(b"\xff.csv")).write_text(TABLE, "utf-8")
    beside = FILES["playbooks/b.yaml"].replace("{csv: table.csv}", "{csv: link.csv}")
    _write(project.root, {"playbooks/b.yaml": beside})
    (project.root / "playbooks/link.csv").symlink_to(os.fsdecode(b"\xff.csv"))
    plain, cache = load((), project, DICTIONARY), Kept()
    assert plain.problems == ()
    assert told(load((), project, DICTIONARY, cache=cache)) == told(plain)
    assert told(load((), project, DICTIONARY, cache=cache)) == told(plain)
    assert cache.hits == cache.puts == 4


def test_a_file_with_problems_has_no_stamp(project):
    _write(project.root, {"playbooks/z.yaml": "version: 1\nusers: {x: {email: 1}}\n"})
    stamps = {sheet.file: sheet.stamp for sheet in load((), project, DICTIONARY).playbooks.sheets}
    assert stamps.pop("playbooks/z.yaml") == ""
    assert all(stamps.values())


def _counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    read: list[str] = []
    parts = single.SingleFiles.parts

    def counting(self: single.SingleFiles, number: int) -> Any:
        read.append(self.files[number].name)
        return parts(self, number)

    monkeypatch.setattr(single.SingleFiles, "parts", counting)
    return read


def test_a_second_load_reads_only_what_was_touched(tmp_path, monkeypatch):
    texts = {f"playbooks/{n:03}.yaml": f"version: 1\nusers: {{u{n}: {{first_name: N}}}}\n" for n in range(500)}
    _write(tmp_path, texts)
    read, cache, project = _counted(monkeypatch), Kept(), Project(root=tmp_path)
    load((), project, DICTIONARY, cache=cache)
    assert len(read) == 500
    read.clear()
    _write(tmp_path, {"playbooks/007.yaml": texts["playbooks/007.yaml"] + "# seen\n"})
    loaded = load((), project, DICTIONARY, cache=cache)
    assert read == ["playbooks/007.yaml"]
    assert len(loaded.playbooks.resources) == 500


def test_a_touched_template_reads_those_again_that_may_use_one(project, monkeypatch):
    read, cache = _counted(monkeypatch), Kept()
    load((), project, DICTIONARY, cache=cache)
    read.clear()
    _write(project.root, {"playbooks/t.yaml": TEMPLATES.replace("Lead", "Head")})
    load((), project, DICTIONARY, cache=cache)
    assert read == ["playbooks/a.yaml", "playbooks/b.yaml", "playbooks/t.yaml"]


def test_knowing_what_there_is_makes_no_resource(project, monkeypatch):
    cache = Kept()
    load((), project, DICTIONARY, cache=cache)
    resources = load((), project, DICTIONARY, cache=cache).playbooks.resources
    made: list[Address] = []
    monkeypatch.setattr("dani_playbook.language.page.Page.resource", lambda self, address: made.append(address))
    assert Address("user", "anna") in resources
    assert Address("user", "nobody") not in resources
    assert list(resources) == sorted(resources)
    assert len(resources) == 7
    assert made == []


def test_a_whole_load_forgets_what_it_did_not_use(project):
    cache = Kept()
    load((), project, DICTIONARY, cache=cache)
    before = set(cache.entries)
    _write(project.root, {"playbooks/c.yaml": None})
    load(("playbooks/a.yaml",), project, DICTIONARY, cache=cache)
    assert set(cache.entries) == before
    load((), project, DICTIONARY, cache=cache)
    assert len(before - set(cache.entries)) == 1


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:200],
        lambda data: data.split(b"\n")[0],
        lambda data: data.replace(b"keys", b"kyes", 1),
        lambda data: b"0" + data[1:],
        lambda data: data + b"\n{}",
        lambda data: data.split(b"\n")[0] + b"\n[]\n[]\n[]",
        lambda data: data.split(b"\n")[0] + b"\n{\n{\n{",
    ],
)
def test_an_entry_of_another_shape_is_read_anew(project, damage):
    cache = Kept()
    plain = told(load((), project, DICTIONARY, cache=cache))
    cache.entries = {name: damage(data) for name, data in cache.entries.items()}
    assert told(load((), project, DICTIONARY, cache=cache)) == plain


@pytest.fixture
def several(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other processes pay from the first byte on, whatever else runs here."""
    monkeypatch.setattr(quire, "_WORTH", 0)
    monkeypatch.setattr(quire, "active_count", lambda: 1)


@pytest.mark.usefixtures("several")
@pytest.mark.parametrize("edit", EDITS)
def test_several_processes_say_what_one_says(project, edit):
    _write(project.root, edit)
    plain, one, three = told(load((), project, DICTIONARY)), Kept(), Kept()
    load((), project, DICTIONARY, cache=one)
    assert told(load((), project, DICTIONARY, cache=three, processes=3)) == plain
    assert three.entries == one.entries


@pytest.mark.usefixtures("several")
@pytest.mark.parametrize("room", [10, 1_200])
def test_what_finds_no_room_is_read_by_the_first_process(project, monkeypatch, room):
    monkeypatch.setattr(quire, "_ROOM", room)
    monkeypatch.setattr(quire, "_TIMES", 0)
    plain = told(load((), project, DICTIONARY))
    with start_loading((), project, DICTIONARY, processes=2) as loading:
        assert told(loading.finish()) == plain


@pytest.mark.usefixtures("several")
def test_what_a_dead_worker_leaves_is_read_by_the_first_process(project, monkeypatch):
    plain, own = told(load((), project, DICTIONARY)), os.getpid()
    parts = single.SingleFiles.parts
    monkeypatch.setattr(
        single.SingleFiles, "parts", lambda self, number: parts(self, number) if os.getpid() == own else os._exit(9)
    )
    assert told(load((), project, DICTIONARY, processes=3)) == plain


@pytest.mark.usefixtures("several")
def test_a_machine_that_starts_no_process_reads_with_one(project, monkeypatch):
    plain = told(load((), project, DICTIONARY))

    def refused() -> int:
        raise BlockingIOError

    monkeypatch.setattr(crew.os, "fork", refused)
    assert told(load((), project, DICTIONARY, processes=3)) == plain


@pytest.mark.usefixtures("several")
def test_nobody_is_left_where_nobody_waits(project):
    with start_loading((), project, DICTIONARY, processes=3):
        pass
    crew.see_off(wait=True)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_nobody_is_left_when_the_process_ends():
    script = (
        "import atexit, os\n"
        "def told():\n"
        "    try: print(os.waitpid(-1, os.WNOHANG))\n"
        "    except ChildProcessError: print('nobody')\n"
        "atexit.register(told)\n"  # what is registered first is called last
        "from dani_playbook.language import crew\n"
        "crew.Crew(lambda number: b'x', [1, 2, 3], 2, 100).close()\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("nobody\n", "")
