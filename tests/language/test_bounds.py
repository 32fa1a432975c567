"""Untrusted files take bounded time and memory, and never end in a traceback."""

import io
import zipfile
from pathlib import Path

import pytest

from dani_playbook.core.dictionary import read_dictionary
from dani_playbook.language import filters
from dani_playbook.language.filters import FILTERS, Bounds
from dani_playbook.language.load import Loaded, load
from dani_playbook.language.project import Limits, Project
from dani_playbook.language.raw_table import TableFault
from dani_playbook.language.xlsx_table import read_xlsx
from tests.language.cases import Case, workbook

DICTIONARY = read_dictionary()


def _load(tmp_path: Path, files: dict[str, object], limits: Limits | None = None) -> Loaded:
    root = tmp_path / "project"
    root.mkdir(exist_ok=True)
    Case(name="", files=files).write(root)
    return load((), Project(root=root, limits=limits or Limits()), DICTIONARY)


def _codes(loaded: Loaded) -> list[str]:
    return [problem.code for problem in loaded.problems]


def test_the_texts_of_all_templates_together_are_bounded_and_said_once(tmp_path):
    users = "".join(f'  u{number}: {{office: "{{{{ name }}}} x"}}\n' for number in range(9))
    playbook = f"version: 1\nvars: {{name: abcdefgh}}\nusers:\n{users}"
    assert _codes(_load(tmp_path, {"playbooks/a.yaml": playbook}, Limits(rendered=30))) == ["too-large"]


def test_the_bytes_of_all_files_together_are_bounded_and_said_once(tmp_path):
    files = {f"playbooks/{name}.yaml": "version: 1\n" for name in "abcd"}
    assert _codes(_load(tmp_path, files, Limits(total_bytes=20))) == ["too-large"]


def test_the_resources_of_one_call_are_bounded(tmp_path):
    playbook = 'version: 1\ngenerate: [{collection: users, each: {list: [a, b, c]}, key: "{{ row }}"}]\n'
    loaded = _load(tmp_path, {"playbooks/a.yaml": playbook}, Limits(resources=2))
    assert _codes(loaded) == ["too-large"]
    assert len(loaded.playbooks.resources) == 2


def test_many_short_expressions_on_a_long_variable_are_bounded_before_they_are_joined(tmp_path):
    playbook = f'version: 1\nvars: {{a: {"x" * 1000}}}\nusers: {{anna: {{office: "{"{{a}}" * 100}"}}}}\n'
    assert _codes(_load(tmp_path, {"playbooks/a.yaml": playbook})) == ["too-long"]


@pytest.mark.parametrize(
    ("name", "value", "arguments"),
    [("upper", "abcd", ()), ("replace", "aaa", ("a", "bb")), ("join", ["ab", "cd"], ("-",)), ("slug", "abcd", ())],
)
def test_a_filter_asks_before_it_makes_a_text_that_is_too_long(name: str, value: object, arguments: tuple[str, ...]):
    with pytest.raises(ValueError, match="longer than 3"):
        FILTERS[name](value, Bounds(3), *arguments)


def test_every_filter_of_the_list_is_one_of_ours():
    assert all(function.__module__ == filters.__name__ for function in FILTERS.values())


@pytest.mark.parametrize(
    "given", ["x" * 5_000, "a/" * 3_000, "new.csv\\0", "..", ".", "/dev/zero", "/proc/self/environ"]
)
def test_a_strange_path_of_a_table_is_a_problem(given: str, tmp_path):
    playbook = f'version: 1\ngenerate: [{{collection: users, each: {{csv: "{given}"}}, key: "{{{{ row.a }}}}"}}]\n'
    assert _codes(_load(tmp_path, {"playbooks/a.yaml": playbook}))[0] in (
        "missing-file",
        "outside-project",
        "wrong-type",
        "bad-character",
    )


@pytest.mark.parametrize("given", ["x" * 5_000, "a\0b", "../../../etc/passwd", "/dev/null"])
def test_a_strange_path_of_a_call_is_a_problem(given: str, tmp_path):
    loaded = load((given,), Project(root=tmp_path), DICTIONARY)
    assert set(_codes(loaded)) <= {"missing-path", "outside-project"}
    assert loaded.problems


@pytest.mark.parametrize("depth", [100, 400, 900])
def test_deep_rows_of_json_are_a_problem(depth: int, tmp_path):
    playbook = 'version: 1\ngenerate: [{collection: users, each: {json: new.json}, key: "{{ row.a }}"}]\n'
    files = {"playbooks/a.yaml": playbook, "playbooks/new.json": "[" + '{"a":' * depth + "1" + "}" * depth + "]"}
    assert _codes(_load(tmp_path, files)) == ["too-deep"]


def _repacked(renamed: dict[str, str]) -> bytes:
    content = {"sheets": {"People": [["login"], ["anna"]]}, "far": "XFD1048576"}
    package, stream = zipfile.ZipFile(io.BytesIO(workbook(content))), io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for name in package.namelist():
            content = package.read(name)
            for old, new in renamed.items():
                content = content.replace(old.encode(), new.encode())
            target.writestr(renamed.get(f"{Path(name).parent.name}/{Path(name).name}", name), content)
    return stream.getvalue()


def test_a_far_cell_is_found_wherever_the_sheet_lies_in_the_package():
    data = _repacked({"worksheets/sheet1.xml": "other/thing.bin"})
    with pytest.raises(TableFault) as raised:
        read_xlsx(data, None, Limits())
    assert raised.value.code == "too-large"


def test_a_directory_that_lies_about_a_size_is_refused():
    data = bytearray(_repacked({}))
    at = data.rindex(b"PK\x01\x02", 0, data.rindex(b"xl/worksheets/sheet1.xml"))
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")
    with pytest.raises(TableFault) as raised:
        read_xlsx(bytes(data), None, Limits())
    assert raised.value.code == "bad-workbook"


def test_the_columns_of_a_csv_table_are_bounded(tmp_path):
    playbook = 'version: 1\ngenerate: [{collection: users, each: {csv: new.csv}, key: "{{ row.a }}"}]\n'
    files = {"playbooks/a.yaml": playbook, "playbooks/new.csv": "a,b\nc,d\n"}
    assert _codes(_load(tmp_path, files, Limits(columns=1))) == ["too-large"]


@pytest.mark.parametrize(
    ("kind", "table"), [("csv", "a\nb\nc\n"), ("json", '[{"a": "b"}, {"a": "c"}]'), ("yaml", "- a: b\n- a: c\n")]
)
def test_the_rows_of_every_table_are_bounded(kind: str, table: str, tmp_path):
    playbook = f'version: 1\ngenerate: [{{collection: users, each: {{{kind}: n.{kind}}}, key: "{{{{ row.a }}}}"}}]\n'
    loaded = _load(tmp_path, {"playbooks/a.yaml": playbook, f"data/n.{kind}": table}, Limits(rows=1))
    assert _codes(loaded) == ["missing-file"]
    loaded = _load(tmp_path, {f"n.{kind}": table}, Limits(rows=1))
    assert _codes(loaded) == ["too-large"]


def test_a_strange_line_break_in_a_cell_doesn_t_move_the_rows(tmp_path):
    playbook = """\
version: 1
generate:
  - collection: users
    each: {csv: new.csv}
    key: "{{ row.login }}"
    fields: {first_name: "{{ row.first }}", status: "{{ row.status }}"}
"""
    table = "login,first,status\nanna,An\u2028na,active\nben,Ben,gone\n"
    loaded = _load(tmp_path, {"playbooks/a.yaml": playbook, "playbooks/new.csv": table})
    assert [str(problem.source) for problem in loaded.problems] == ["playbooks/new.csv:3:9"]
