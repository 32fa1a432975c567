import gc
from datetime import date
from pathlib import Path

import pytest

from dani_playbook.core.address import Address
from dani_playbook.core.dictionary import read_dictionary
from dani_playbook.core.errors import PlaybookError
from dani_playbook.core.resource import Ignored, Resource
from dani_playbook.core.source import Source
from dani_playbook.core.values import SecretRef, SetEdit
from dani_playbook.language.documents import document_of
from dani_playbook.language.load import Loaded, load
from dani_playbook.language.project import Limits, Project
from tests.language.cases import Case

DICTIONARY = read_dictionary()


def _load(tmp_path: Path, playbook: str = "", files: dict[str, object] | None = None, **project: object) -> Loaded:
    root = tmp_path / "project"
    root.mkdir(exist_ok=True)
    content = {**(files or {}), **({"playbooks/a.yaml": playbook} if playbook else {})}
    Case(name="", files=content).write(root)
    return load((), Project(root=root, **project), DICTIONARY)  # type: ignore[arg-type]


def _user(loaded: Loaded, key: str = "anna") -> Resource:
    assert loaded.problems == ()
    return loaded.playbooks.resources[Address("user", key)]


def test_the_nearest_layer_wins_and_the_others_are_remembered(tmp_path):
    playbook = """\
version: 1
defaults: {users: {office: Berlin, locale: de-DE, company: A, cost_center: C1}}
templates:
  users:
    base: {office: Toronto, locale: en-CA, company: B}
    lead: {template: base, office: Singapore}
users:
  anna: {template: lead, office: Lisbon}
"""
    user = _user(_load(tmp_path, playbook))
    assert user.fields == {"office": "Lisbon", "locale": "en-CA", "company": "B", "cost_center": "C1"}
    assert user.origins == {
        "office": "resource",
        "locale": "template base",
        "company": "template base",
        "cost_center": "defaults",
    }
    said = [(origin, source.line, value) for origin, source, value in user.shadowed["office"]]
    assert said == [("template lead", 6, "Singapore"), ("template base", 5, "Toronto"), ("defaults", 2, "Berlin")]
    assert user.sources["office"] == Source("playbooks/a.yaml", 8, 34, 6)


def test_a_later_template_of_a_list_wins(tmp_path):
    playbook = """\
version: 1
templates: {users: {a: {office: A, company: A}, b: {office: B}}}
users: {anna: {template: [a, b]}}
"""
    assert _user(_load(tmp_path, playbook)).fields == {"office": "B", "company": "A"}


def test_a_template_of_another_file_is_found_and_keeps_its_variables(tmp_path):
    files = {
        "playbooks/a.yaml": 'version: 1\nvars: {city: Berlin}\ntemplates: {users: {base: {office: "{{ city }}"}}}\n',
        "playbooks/b.yaml": "version: 1\nvars: {city: Toronto}\nusers: {anna: {template: base}}\n",
    }
    assert _user(_load(tmp_path, files=files)).fields == {"office": "Berlin"}


def test_a_partial_set_is_laid_over_a_whole_one(tmp_path):
    playbook = """\
version: 1
defaults: {users: {roles: [employee, auditor]}}
users:
  anna: {roles: {add: [manager], remove: [auditor]}}
groups:
  team: {members: {add: [anna]}}
"""
    loaded = _load(tmp_path, playbook)
    assert _user(loaded).fields["roles"] == ("employee", "manager")
    assert loaded.playbooks.resources[Address("group", "team")].fields["members"] == SetEdit(add=("anna",))


def test_omitted_null_and_empty_are_three_things(tmp_path):
    user = _user(_load(tmp_path, "version: 1\nusers: {anna: {office: null, roles: []}}\n"))
    assert user.fields == {"office": None, "roles": ()}


def test_scalars_are_of_yaml_1_2(tmp_path):
    playbook = """\
version: 1
settings:
  a:
    value: [no, NO, on, 1:30, 0123, 2026-12-01, 1.5, 1e3, ~, true, 12, -3, 0o17, 0x1F, 1_000, .inf, "12", =]
"""
    loaded = _load(tmp_path, playbook)
    value = loaded.playbooks.resources[Address("setting", "a")].fields["value"]
    texts = ("no", "NO", "on", "1:30", "0123", "2026-12-01", "1.5", "1e3")
    assert value == (*texts, None, True, 12, -3, 15, 31, "1_000", ".inf", "12", "=")


def test_values_are_canonical(tmp_path):
    playbook = """\
version: 1
users:
  anna:
    email: Anna.Smith@Example.COM
    first_name: "  Anna   Maria "
    mobile: "+49 (30) 123-45"
    roles: [manager, employee, manager]
    salary: {secret: "env:PAY"}
"""
    assert _user(_load(tmp_path, playbook)).fields == {
        "email": "anna.smith@example.com",
        "first_name": "Anna Maria",
        "mobile": "+493012345",
        "roles": ("employee", "manager"),
        "salary": SecretRef("env:PAY"),
    }


def test_meta_keys_are_read(tmp_path):
    playbook = """\
version: 1
users:
  anna:
    state: absent
    protect: true
    ignore: {office: {why: moves, until: 2026-12-01}, locale: null}
  ben: {ignore: [office]}
"""
    loaded = _load(tmp_path, playbook)
    anna = _user(loaded)
    assert (anna.absent, anna.protect) == (True, True)
    assert anna.ignore == {"office": Ignored(why="moves", until=date(2026, 12, 1)), "locale": Ignored()}
    assert _user(loaded, "ben").ignore == {"office": Ignored()}


def test_dated_changes_of_a_template_and_a_resource_on_one_day_merge(tmp_path):
    playbook = """\
version: 1
templates: {users: {moving: {upcoming: {2026-12-01: {office: Berlin, company: B}}}}}
users:
  anna:
    template: moving
    upcoming:
      2026-12-01: {locale: de-DE, company: B}
      2026-11-01: {office: Toronto}
"""
    entries = _user(_load(tmp_path, playbook)).upcoming
    assert [(entry.on.isoformat(), dict(entry.fields)) for entry in entries] == [
        ("2026-11-01", {"office": "Toronto"}),
        ("2026-12-01", {"office": "Berlin", "company": "B", "locale": "de-DE"}),
    ]


def test_the_nearer_variable_wins(tmp_path):
    playbook = """\
version: 1
vars: {c: file, d: "{{ b }}-d"}
users:
  anna: {office: "{{ a }} {{ b }} {{ c }} {{ d }} {{ env }}"}
"""
    loaded = _load(
        tmp_path,
        playbook,
        environment="test",
        variables={"a": "project", "b": "project", "c": "project"},
        environment_variables={"b": "environment", "c": "environment"},
    )
    assert _user(loaded).fields["office"] == "project environment file environment-d test"


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("{{ 3 }}", 3),
        ("{{ true }}", True),
        ("{{ none }}", None),
        ("{{ 3 }} ", "3 "),
        ("{{ '{{ x }}' }}", "{{ x }}"),
        ("{{ names }}", ("Anna", "Ben")),
        ("{{ names | join(', ') }}", "Anna, Ben"),
        ("{{ names | first | lower }}", "anna"),
        ("{{ names | length }}", 2),
        ("{{ names[1] }}", "Ben"),
        ("{{ names[1][:1] ~ 'x' }}", "Bx"),
        ("{{ site['city'] | upper }}", "BERLIN"),
        ("{{ site.items }}", "kept"),
        ("{{ 'a' if site.city == 'Berlin' else 'b' }}", "a"),
        ("{{ missing | default('x') }}", "x"),
        ("{{ 'yes' if missing is defined else 'no' }}", "no"),
        ("{{ 'Łukasz Müller-Straße' | slug }}", "lukasz-muller-strasse"),
        ("{{ 'a;b;;c ' | split(';') }}", ("a", "b", "c")),
        ("{{ 'Anna' in names and not false }}", True),
        ("{{ '007' | int }}", 7),
        ("{# stays #}", "{# stays #}"),
        ("no: {{ 1 }}\n- [x", "no: 1\n- [x"),
    ],
)
def test_an_expression_gives(expression: str, value: object, tmp_path):
    variables = {"names": ["Anna", "Ben"], "site": {"city": "Berlin", "items": "kept"}}
    playbook = f"version: 1\nsettings: {{a: {{value: {_quoted(expression)}}}}}\n"
    loaded = _load(tmp_path, playbook, variables=variables)
    assert loaded.problems == ()
    assert loaded.playbooks.resources[Address("setting", "a")].fields["value"] == value


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


TABLES = {
    "csv": "\ufefflogin;first;start;hours;on\nanna;Anna;2026-12-01;40;true\nben;;;;\n",
    "json": '[{"login": "anna", "first": "Anna", "start": "2026-12-01", "hours": 40, "on": true},\n {"login": "ben"}]',
    "yaml": "- {login: anna, first: Anna, start: 2026-12-01, hours: 40, on: true}\n- login: ben\n",
    "xlsx": {
        "sheets": {
            "People": [
                ["login", "first", "start", "hours", "on"],
                ["anna", "Anna", "2026-12-01", 40, True],
                ["ben", None, None, None, None],
            ]
        }
    },
}


@pytest.mark.parametrize("kind", sorted(TABLES))
def test_rows_of_every_kind_of_table_become_resources(kind: str, tmp_path):
    playbook = f"""\
version: 1
defaults: {{departments: {{company: Nordwind}}}}
generate:
  - collection: departments
    each: {{{kind}: data/new.{kind}}}
    key: "{{{{ row.login | slug }}}}"
    fields:
      name: "Team {{{{ row.login | title }}}}"
      code: "{{{{ row.first | upper }}}}"
      location: "{{{{ row.start }}}}"
      headcount_limit: "{{{{ row.hours }}}}"
      status: active
"""
    loaded = _load(tmp_path, playbook, {f"data/new.{kind}": TABLES[kind]})
    assert loaded.problems == ()
    anna, ben = (loaded.playbooks.resources[Address("department", key)] for key in ("anna", "ben"))
    assert anna.fields == {
        "name": "Team Anna",
        "code": "ANNA",
        "location": "2026-12-01",
        "headcount_limit": 40,
        "status": "active",
        "company": "Nordwind",
    }
    assert ben.fields == {"name": "Team Ben", "status": "active", "company": "Nordwind"}
    assert anna.source.file == f"data/new.{kind}"
    assert anna.origins["name"] == "generate"


def test_a_cell_is_named_by_its_column(tmp_path):
    playbook = """\
version: 1
generate:
  - collection: users
    each: {csv: data/new.csv}
    key: "{{ row.login }}"
    fields: {first_name: "{{ row.first }}"}
"""
    user = _user(
        _load(tmp_path, playbook, {"data/new.csv": '"login",first\n"an,na",x\nanna,Anna\n'.replace("an,na", "b")})
    )
    assert user.sources["first_name"] == Source("data/new.csv", 3, 6, 4)


def test_a_template_goes_before_the_fields_of_a_generator(tmp_path):
    playbook = """\
version: 1
templates: {users: {base: {office: Berlin, display_name: "{{ row.name }}"}}}
generate:
  - collection: users
    each: {list: [{key: anna, name: Anna}]}
    key: "{{ row.key }}"
    template: base
    fields: {office: Toronto, company: B}
"""
    user = _user(_load(tmp_path, playbook))
    assert user.fields == {"office": "Berlin", "display_name": "Anna", "company": "B"}


def test_moves_in_a_chain_lead_to_the_newest_key(tmp_path):
    playbook = """\
version: 1
users: {c: {}}
moved:
  - {from: user.a, to: user.b}
  - {from: user.b, to: user.c}
"""
    loaded = _load(tmp_path, playbook)
    assert loaded.problems == ()
    assert [(str(move.before), str(move.after)) for move in loaded.playbooks.moves] == [
        ("user.a", "user.c"),
        ("user.b", "user.c"),
    ]


def test_anchors_aliases_and_merges_work(tmp_path):
    playbook = """\
version: 1
users:
  anna: &anna {office: Berlin, company: A}
  ben:
    <<: *anna
    company: B
  cleo: {<<: [*anna], locale: de-DE}
"""
    loaded = _load(tmp_path, playbook)
    assert _user(loaded, "ben").fields == {"office": "Berlin", "company": "B"}
    assert _user(loaded, "ben").sources["office"].line == 3
    assert _user(loaded, "cleo").fields == {"office": "Berlin", "company": "A", "locale": "de-DE"}


def test_folders_are_read_in_order_and_hidden_names_passed_over(tmp_path):
    empty = "version: 1\n"
    names = ("b.yaml", "a/z.yml", ".hidden/x.yaml", "_data/x.yaml", "_x.yaml", "notes.txt", "c.yaml")
    loaded = _load(tmp_path, files={f"playbooks/{name}": empty for name in names})
    assert loaded.playbooks.files == ("playbooks/a/z.yml", "playbooks/b.yaml", "playbooks/c.yaml")
    assert loaded.playbooks.covered == ("playbooks",)


def test_a_link_inside_of_the_project_is_followed_and_read_once(tmp_path):
    root = tmp_path / "project"
    case = Case(
        name="",
        files={"playbooks/a.yaml": "version: 1\nusers: {anna: {}}\n"},
        links={"playbooks/b.yaml": "a.yaml", "playbooks/loop": "../playbooks"},
    )
    root.mkdir()
    case.write(root)
    loaded = load(("playbooks", "playbooks/a.yaml"), Project(root=root), DICTIONARY)
    assert loaded.problems == ()
    assert loaded.playbooks.files == ("playbooks/a.yaml",)


def test_a_problem_free_load_asks_neither_jsonschema_nor_jinja2(tmp_path, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "jsonschema", None)
    monkeypatch.setitem(sys.modules, "jinja2", None)
    assert _user(_load(tmp_path, "version: 1\nusers: {anna: {office: Berlin, roles: [employee]}}\n"))


def test_checked_raises_with_every_problem(tmp_path):
    loaded = _load(tmp_path, "version: 1\nusers: {anna: {ofice: x}, ben: {status: gone}}\n")
    with pytest.raises(PlaybookError, match="2 problems") as raised:
        loaded.checked()
    assert raised.value.exit_code == 3
    assert raised.value.problems == loaded.problems


@pytest.mark.parametrize(
    ("limits", "playbook", "code"),
    [
        (Limits(file_bytes=20), "version: 1\nname: 0123456789\n", "too-large"),
        (Limits(depth=2), "version: 1\nvars: {a: {b: 1}}\n", "too-deep"),
        (Limits(nodes=5), "version: 1\nvars: {a: 1}\n", "too-large"),
        (Limits(aliases=1), "version: 1\nvars: {a: &a x, b: *a, c: *a}\n", "too-many-aliases"),
        (
            Limits(rows=1),
            'version: 1\ngenerate: [{collection: users, each: {list: [a, b]}, key: "{{ row }}"}]\n',
            "too-large",
        ),
        (Limits(text=3), "version: 1\nvars: {a: \"{{ 'ab' ~ 'cd' }}\"}\n", "too-long"),
        (Limits(expression=3), 'version: 1\nvars: {a: "{{ 1 }}"}\n', "too-long"),
    ],
)
def test_every_limit_holds(limits: Limits, playbook: str, code: str, tmp_path):
    assert [problem.code for problem in _load(tmp_path, playbook, limits=limits).problems] == [code]


def test_too_many_files_are_refused(tmp_path):
    files = {f"playbooks/{name}.yaml": "version: 1\n" for name in "abc"}
    loaded = _load(tmp_path, files=files, limits=Limits(files=2))
    assert [problem.code for problem in loaded.problems] == ["too-many-files"]


@pytest.mark.parametrize(
    ("limits", "code"),
    [(Limits(rows=2), "too-large"), (Limits(columns=1), "too-large"), (Limits(unpacked_bytes=10), "too-large")],
)
def test_the_limits_of_tables_hold(limits: Limits, code: str, tmp_path):
    sheets = {"sheets": {"People": [["login", "first"], ["anna", "a"], ["ben", "b"], ["cleo", "c"]]}}
    playbook = 'version: 1\ngenerate: [{collection: users, each: {xlsx: new.xlsx}, key: "{{ row.login }}"}]\n'
    loaded = _load(tmp_path, playbook, {"playbooks/new.xlsx": sheets}, limits=limits)
    assert [problem.code for problem in loaded.problems] == [code]


def test_reading_leaves_nothing_that_only_the_collector_finds() -> None:
    """It is off while files are read: what leads back to itself would stay, a file's whole tree at a time."""
    text = b"version: 1\nusers:\n  ada: {email: ada@a.example, first_name: Ada, roles: [employee]}\n"
    gc.collect()
    gc.disable()
    try:
        document, _ = document_of(text, "a.yaml", Limits())
        del document
        assert gc.collect() == 0
    finally:
        gc.enable()
