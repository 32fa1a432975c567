"""``--untrusted`` from outside: what counts is the base's, what is written is nothing, and what is told is no oracle."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from dani_playbook.cli.sinks import json_text
from dani_playbook.core.errors import PlanRefused, PlaybookError, UsageError
from dani_playbook.engine.apply import Surroundings, apply
from dani_playbook.runner.documents import Result
from dani_playbook.runner.offline import Request
from dani_playbook.runner.session import Planned
from dani_playbook.runner.untrusted import base as base_file
from dani_playbook.runner.untrusted import grounds, reading
from dani_playbook.runner.untrusted.confinement import Bounds
from dani_playbook.runner.untrusted.grounds import Call, untrusted_session, untrusted_validation
from tests.cli.inside import call
from tests.runner.conftest import ENVIRON, NOW, Project

PEOPLE = "version: 1\nusers:\n  ada: {email: ada@a.example, first_name: Ada}\n  bob: {email: bob@a.example, first_name: Bob}\n"
AUTHOR = {"GIT_AUTHOR_NAME": "x", "GIT_AUTHOR_EMAIL": "x@x", "GIT_COMMITTER_NAME": "x", "GIT_COMMITTER_EMAIL": "x@x"}


def git(root: Path, *arguments: str) -> str:
    environ = {**os.environ, **AUTHOR, "GIT_CONFIG_GLOBAL": "/dev/null"}
    done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True, check=True, env=environ)
    return done.stdout


def commit(root: Path, branch: str = "main") -> None:
    if not (root / ".git").exists():
        git(root, "init", "-q", "-b", branch)
        (root / ".gitignore").write_text(".dani/\n")
    git(root, "add", "-A")
    git(root, "commit", "-q", "--allow-empty", "-m", "one")


def asked(root: Path, **more: Any) -> Call:
    return Call(start=root, environ=ENVIRON, now=NOW, **more)


def plan(root: Path, *paths: str, base: str | None = "main", **rest: Any) -> Planned:
    session = untrusted_session(asked(root), base, paths, "tester")
    return session.plan(Request(paths=paths, **rest))


def validate(root: Path, *paths: str, base: str | None = None) -> Result:
    return untrusted_validation(asked(root), base, paths)


@pytest.fixture
def pull(project: Project) -> Project:
    """Two people, committed and applied, and a branch on top of it."""
    project.write("playbooks/a.yaml", PEOPLE)
    commit(project.root)
    project.apply()
    git(project.root, "checkout", "-q", "-b", "head")
    return project


def with_mobile(project: Project, number: str) -> None:
    project.write("playbooks/a.yaml", PEOPLE.replace("first_name: Ada", f'first_name: Ada, mobile: "{number}"'))


def live_mobile(number: str) -> None:
    from dani_playbook.hris.employees.models import Employee

    assert Employee.objects.filter(user__key="ada").update(mobile=number)


def test_a_plan_says_that_nobody_vouches_for_it_and_can_t_be_applied(pull: Project) -> None:
    pull.write("playbooks/a.yaml", PEOPLE.replace("Bob", "Robert"))
    session = untrusted_session(asked(pull.root), "main", (), "tester")
    planned = session.plan(Request())
    assert planned.result.document["untrusted"] is True
    assert [change["address"] for change in planned.result.document["changes"]] == ["user.bob"]
    with pytest.raises(PlanRefused):
        session.apply(planned)
    around = Surroundings(resolve=lambda reference: "", now=lambda: NOW)
    with pytest.raises(PlanRefused):
        apply(session.planner, planned.plan, session._new_run(planned.plan), around)


def test_two_databases_that_differ_in_a_mobile_number_alone_give_one_document_and_as_many_queries(
    pull: Project,
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with_mobile(pull, "+4930123456")
    shown = set()
    for live in ("+4930123456", "+4940555", ""):
        live_mobile(live)
        with CaptureQueriesContext(connection) as queries:
            planned = plan(pull.root)
        shown.add((json_text(planned.result.document), planned.result.exit_code, len(queries)))
    assert len(shown) == 1
    (change,) = json.loads(next(iter(shown))[0])["changes"]
    assert [(field["name"], field["after"], field["unknown"]) for field in change["fields"]] == [
        ("mobile", "‹personal›", True)
    ]
    live_mobile("+4930123456")
    with pytest.raises(AssertionError):
        assert pull.plan().result.document["changes"], "a trusted plan tells that it is so already"


def test_what_counts_are_the_settings_of_the_base_and_other_ones_are_named(pull: Project) -> None:
    own = (pull.root / "dani.yaml").read_text("utf-8")
    pull.write("dani.yaml", own + "removal: {user: delete}\nlimits: {leavers: {number: 50, share: 100}}\n")
    pull.write("playbooks/a.yaml", PEOPLE.split("  bob", maxsplit=1)[0])
    document = plan(pull.root).result.document
    assert [item["policy"] for item in document["changes"]] == ["deactivate"]
    (warning,) = document["warnings"]
    assert (warning["code"], warning["source"]) == ("settings-not-used", "dani.yaml:1:1")
    assert validate(pull.root, base="main").exit_code == 0


BINDINGS = """\
version: 1
django: {settings: company.settings, folder: FOLDER}
kinds: {user: {model: a.B, key: k, fields: {email: email, first_name: first_name}}}
"""


def bound(root: Path, folder: str) -> None:
    (root / "dani.yaml").write_text("version: 1\nbindings: bindings.yaml\n", "utf-8")
    (root / "bindings.yaml").write_text(BINDINGS.replace("FOLDER", folder), "utf-8")
    (root / "playbooks").mkdir()
    (root / "playbooks/a.yaml").write_text(PEOPLE, "utf-8")


def test_bindings_come_from_the_base_and_other_ones_are_named(tmp_path: Path) -> None:
    bound(tmp_path, "../elsewhere")
    commit(tmp_path)
    (tmp_path / "bindings.yaml").write_text("not: even read", "utf-8")
    found = grounds.find_grounds(asked(tmp_path), "main")
    assert found.config.bindings is not None
    assert found.config.bindings.bindings.boot.settings == "company.settings"
    assert [(item.code, str(item.source)) for item in found.remarks] == [("settings-not-used", "bindings.yaml:1:1")]


@pytest.mark.parametrize("folder", [".", "system", "../below"])
def test_a_project_inside_of_the_tree_is_not_started(folder: str, tmp_path: Path) -> None:
    (tmp_path / "hr").mkdir()
    bound(tmp_path / "hr", folder)
    commit(tmp_path)
    with pytest.raises(PlanRefused, match="code inside of the tree"):
        plan(tmp_path / "hr")


def test_bindings_of_the_tree_are_enough_to_validate_with(tmp_path: Path) -> None:
    bound(tmp_path, "system")
    assert validate(tmp_path).document["problems"] == []
    (tmp_path / "playbooks/a.yaml").write_text(PEOPLE.replace("Ada}", "Ada, office: Berlin}"), "utf-8")
    assert [item["code"] for item in validate(tmp_path).document["problems"]] == ["no-place"]
    (tmp_path / "bindings.yaml").write_text(BINDINGS.replace("user:", "usr:"), "utf-8")
    with pytest.raises(PlaybookError, match=r"the bindings in bindings\.yaml have problems"):
        validate(tmp_path)


def test_broken_settings_of_the_tree_are_not_even_read(pull: Project) -> None:
    pull.write("dani.yaml", "[" * 100_000)
    assert plan(pull.root).result.document["warnings"]
    assert validate(pull.root, base="main").exit_code == 0
    with pytest.raises(PlaybookError, match="dani.yaml has problems"):
        validate(pull.root)


def test_another_database_of_the_tree_is_not_opened(pull: Project) -> None:
    pull.write("dani.yaml", "version: 1\ndatabase: sqlite:///other.sqlite3\n")
    plan(pull.root)
    assert not (pull.root / "other.sqlite3").exists()


def test_a_base_with_problems_makes_every_masked_value_a_new_one(pull: Project) -> None:
    git(pull.root, "checkout", "-q", "main")
    pull.write("playbooks/b.yaml", "version: 1\nusers: {eve: {emial: x}}\n")
    commit(pull.root)
    git(pull.root, "checkout", "-q", "-B", "head")
    (pull.root / "playbooks/b.yaml").unlink()
    with_mobile(pull, "+4930123456")
    document = plan(pull.root).result.document
    assert [item["code"] for item in document["warnings"]] == ["broken-base"]
    assert document["changes"][0]["fields"][0]["unknown"]


def test_the_base_is_found_where_the_branch_left_the_main_one(pull: Project) -> None:
    with pytest.raises(UsageError, match="doesn't tell"):
        plan(pull.root, base=None)
    git(pull.root, "update-ref", "refs/remotes/origin/main", "main")
    git(pull.root, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
    assert plan(pull.root, base=None).result.document["changes"] == []


@pytest.mark.parametrize(
    "said",
    ["--upload-pack=touch x", "-h", "main:dani.yaml", "a b", "$(id)", "main..head", "", "x" * 300, "nowhere", "@{-1}"],
)
def test_a_strange_name_of_a_base_is_a_wrong_use(said: str, tmp_path: Path) -> None:
    (tmp_path / "dani.yaml").write_text("version: 1\n")
    commit(tmp_path)
    with pytest.raises(UsageError):
        plan(tmp_path, base=said or "\n")


def test_no_hook_helper_or_variable_of_git_starts_anything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dani.yaml").write_text("version: 1\n")
    (tmp_path / "playbooks").mkdir()
    commit(tmp_path)
    script = tmp_path.parent / f"{tmp_path.name}-script"
    touched = tmp_path.parent / f"{tmp_path.name}-touched"
    script.write_text(f"#!/bin/sh\ntouch {touched}\n")
    script.chmod(0o755)
    for name in ("core.fsmonitor", "core.pager", "diff.external", "core.sshCommand", "core.askPass"):
        git(tmp_path, "config", name, str(script))
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_PAGER", str(script))
    found = base_file.find_base(tmp_path, "main")
    base_file.refuse_private_folder(tmp_path)
    assert found.blob("dani.yaml") == b"version: 1\n"
    assert list(found.files()) == ["dani.yaml"]
    assert not touched.exists()


def test_a_link_in_the_base_is_no_file_of_it(tmp_path: Path) -> None:
    (tmp_path / "playbooks").mkdir()
    (tmp_path / "playbooks/a.yaml").symlink_to("/etc/passwd")
    (tmp_path / "dani.yaml").symlink_to("/etc/passwd")
    commit(tmp_path)
    found = base_file.find_base(tmp_path, "main")
    assert found.blob("dani.yaml") is None
    assert dict(found.files()) == {}


def test_a_project_below_the_top_of_its_repository_is_found_in_the_base(tmp_path: Path) -> None:
    home = tmp_path / "hr"
    (home / "playbooks").mkdir(parents=True)
    (home / "dani.yaml").write_text("version: 1\n")
    (home / "playbooks/a.yaml").write_text(PEOPLE)
    commit(tmp_path)
    result = untrusted_validation(asked(home / "playbooks"), "main", ())
    assert (result.exit_code, result.document["resources"]["user"]) == (0, 2)


@pytest.mark.parametrize("is_link", [True, False])
def test_a_tree_that_brings_a_private_folder_is_refused(is_link: bool, pull: Project) -> None:
    if is_link:
        (pull.root / ".dani").rename(pull.root / "elsewhere") if (pull.root / ".dani").exists() else None
        (pull.root / ".dani").symlink_to("/tmp")
    else:
        pull.write(".dani/key", "ab" * 32)
        git(pull.root, "add", "-f", ".dani/key")
    with pytest.raises(PlanRefused, match=r"\.dani"):
        plan(pull.root)


@pytest.mark.parametrize("more", [{"deep": True}, {"reveal": True}, {"restore": ("user.*",)}, {"prefer": {"a": "b"}}])
def test_a_session_refuses_what_does_more_than_look(more: Any, pull: Project) -> None:
    with pytest.raises(PlanRefused):
        plan(pull.root, **more)


@pytest.mark.parametrize(
    "option",
    ["--reveal --force-reveal", "--deep", "--restore=user.a", "--prefer=user.a.office=live", "--raise-limit=leavers=3"],
)
def test_the_command_line_refuses_it_as_well(option: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ended = call("plan", "--untrusted", "--base", "main", *option.split())
    assert (ended.code, option.split(maxsplit=1)[0].partition("=")[0] in ended.err) == (64, True)


def test_a_base_alone_is_a_wrong_use() -> None:
    assert call("plan", "--base", "main").code == call("validate", "--base", "main").code == 64


def test_validating_needs_no_database_no_key_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dani.yaml").write_text("version: 1\ndatabase: postgresql://nowhere.invalid/x\n")
    (tmp_path / "playbooks").mkdir()
    (tmp_path / "playbooks/a.yaml").write_text(PEOPLE)
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    assert call("validate", "--untrusted").code == 0
    assert sorted(tmp_path.rglob("*")) == before


def test_a_problem_of_a_stranger_shows_its_line_and_masks_what_must_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dani.yaml").write_text("version: 1\n")
    (tmp_path / "playbooks").mkdir()
    (tmp_path / "playbooks/a.yaml").write_text('version: 1\nusers:\n  ada: {emial: a, mobile: "+49111"}\n')
    monkeypatch.chdir(tmp_path)
    ended = call("validate", "--untrusted")
    assert "playbooks/a.yaml:3:9: unknown-field" in ended.out
    assert "+49111" not in ended.out


def test_no_variable_of_the_caller_reaches_a_playbook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dani.yaml").write_text("version: 1\n")
    (tmp_path / "playbooks").mkdir()
    for name in ("environ", "env.DANI_KEY", "env.CANARY", "os", "DANI_KEY"):
        (tmp_path / "playbooks/a.yaml").write_text(f"version: 1\nvars: {{a: '{{{{ {name} }}}}'}}\n")
        result = untrusted_validation(
            Call(start=tmp_path, environ={"DANI_KEY": "canary", "CANARY": "canary"}, now=NOW), None, ()
        )
        assert result.exit_code == 3
        assert "canary" not in json_text(result.document)


def test_only_some_files_are_planned_and_who_stands_in_another_one_hasn_t_left(pull: Project) -> None:
    pull.write("playbooks/a.yaml", "version: 1\nusers: {ada: {email: ada@a.example, first_name: Ada}}\n")
    pull.write("playbooks/b.yaml", "version: 1\nusers: {bob: {email: bob@a.example, first_name: Bob}}\n")
    assert plan(pull.root, "playbooks/a.yaml").result.document["changes"] == []
    pull.write("playbooks/b.yaml", "version: 1\nusers: {bob: {emial: x}}\n")
    assert plan(pull.root, "playbooks/a.yaml").result.document["changes"] == []


def test_a_reading_that_is_stopped_ends_with_4_and_names_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dani.yaml").write_text("version: 1\n")
    (tmp_path / "playbooks").mkdir()
    (tmp_path / "playbooks/a.yaml").write_text(PEOPLE)

    def hang(self: reading.Reader, paths: tuple[str, ...]) -> Result:
        self.tree.read("playbooks/a.yaml", 10)
        while True:
            pass

    monkeypatch.setattr(reading.Reader, "validate", hang)
    monkeypatch.setattr(grounds, "Job", lambda **said: reading.Job(**said, bounds=Bounds(wall_s=0.5)))
    monkeypatch.chdir(tmp_path)
    ended = call("validate", "--untrusted", "--format", "json")
    document = json.loads(ended.out)
    assert ended.code == 4
    assert document["problems"][0]["code"] == "reading-stopped"
    assert document["problems"][0]["source"]["file"] == "playbooks/a.yaml"
    assert "longer than 0.5 seconds" in document["error"]["message"]


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"[]",
        b"{}",
        b"null",
        b"[" * 5_000,
        b'{"validation": {}}',
        b'{"error": {"message": 1}}',
        b'{"validation": 3}',
        b"\xff",
    ],
)
def test_what_no_worker_says_is_refused(answer: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dani.yaml").write_text("version: 1\n")
    monkeypatch.setattr(reading, "answer_of", lambda work, bounds, keep: answer)
    with pytest.raises(PlanRefused, match="can't be understood"):
        validate(tmp_path)


def test_the_frames_of_a_plan_s_problems_aren_t_read_from_the_tree_again(pull: Project) -> None:
    pull.write("playbooks/a.yaml", PEOPLE.replace("first_name: Bob", "first_name: Bob, department: nowhere"))
    with pytest.raises(PlaybookError) as raised:
        plan(pull.root)
    assert raised.value.shown is not None
    assert [item["frame"] for item in raised.value.shown] == [[]]
