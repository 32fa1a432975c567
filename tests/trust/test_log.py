"""The log tells what was done, by whom and what it cost, and holds nothing that isn't allowed."""

import json
import logging
import stat
from pathlib import Path
from typing import Any

import pytest

from dani_playbook.cli import record
from dani_playbook.cli.log import constant_text
from tests.cli.inside import call

ENVIRON = {"DANI_ACTOR": "anna", "DANI_KEY": "ab" * 32}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    assert call("init").code == 0
    return tmp_path


def records(folder: Path, *arguments: str) -> list[dict[str, Any]]:
    call(*arguments, "--log-file", "log.jsonl", environ=ENVIRON)
    lines = (folder / "log.jsonl").read_text().splitlines()
    return [said for line in lines if (said := json.loads(line)).get("module")]


def test_a_command_has_a_record_where_it_begins_and_one_where_it_ends(folder: Path) -> None:
    begun, ended = records(folder, "plan")
    assert list(ended) == [
        "timestamp", "level", "module", "action", "user", "operation_id", "context", "metrics", "result", "exit_code",
    ]  # fmt: skip
    assert (begun["result"], ended["result"], ended["exit_code"]) == ("begun", "success", 0)
    assert (ended["module"], ended["action"], ended["user"], ended["level"]) == ("playbook", "plan", "anna", "INFO")
    assert begun["operation_id"] == ended["operation_id"]
    assert ended["operation_id"].startswith("playbook_plan_20261123_080000_")
    assert ended["timestamp"].startswith("2026-11-23T08:00:")
    assert ended["timestamp"].endswith("Z")
    assert ended["context"]["changes"] == 7
    assert set(ended["metrics"]) == {"duration_ms", "memory_mb", "db_queries"}
    assert ended["metrics"]["db_queries"] > 5


def test_a_failed_command_tells_the_sort_of_error_and_the_exit_code(folder: Path) -> None:
    *_, ended = records(folder, "explain", "user.nobody")
    assert (ended["level"], ended["result"], ended["error"], ended["exit_code"]) == (
        "ERROR",
        "failed",
        "PlaybookError",
        3,
    )


def test_a_command_below_a_group_has_the_group_as_its_module(folder: Path) -> None:
    _, ended = records(folder, "config", "list")
    assert (ended["module"], ended["action"], ended["context"]["settings"]) == ("config", "list", 7)
    assert ended["metrics"]["db_queries"] == 0


def test_queries_are_counted_in_every_call_of_a_process(folder: Path) -> None:
    call("apply", "--approve", environ=ENVIRON)
    counts = [records(folder, "runs")[-1]["metrics"]["db_queries"] for _ in range(2)]
    assert counts[0] == counts[1] > 0


def test_a_log_file_is_for_its_owner_only_and_grows(folder: Path) -> None:
    assert len(records(folder, "validate")) == 2
    assert len(records(folder, "validate")) == 4
    assert stat.S_IMODE((folder / "log.jsonl").stat().st_mode) == 0o600


def test_a_log_file_that_is_a_link_is_refused(folder: Path) -> None:
    (folder / "log.jsonl").symlink_to(folder / "dani.yaml")
    before = (folder / "dani.yaml").read_bytes()
    assert call("validate", "--log-file", "log.jsonl").code == 64
    assert (folder / "dani.yaml").read_bytes() == before


def test_people_read_the_same_on_standard_error(folder: Path) -> None:
    err = call("validate", "--log-level", "info").err
    assert "info playbook validate: begun format=text" in err
    assert "info playbook validate: success duration_ms=" in err
    assert call("validate").err == ""


def test_a_field_that_is_not_allowed_is_left_out(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"event": None, "module": "user", "email": "a@b", "context": {"changes": 1, "name": 2, "files": "x"}}
    with pytest.raises(ValueError, match="a log must not hold email, files, name"):
        record.allowed(None, "info", dict(said))
    monkeypatch.setattr(record, "STRICT", False)
    kept = record.allowed(None, "info", dict(said))
    assert kept == {"level": "INFO", "module": "user", "context": {"changes": 1}, "metrics": {}, "event": None}


def _heard(say: Any) -> str:
    heard: list[str] = []

    class Ear(logging.Handler):
        def emit(self, said: logging.LogRecord) -> None:
            heard.append(constant_text(said))

    logger = logging.getLogger("a library")
    ear = Ear()
    logger.addHandler(ear)
    try:
        say(logger)
    finally:
        logger.removeHandler(ear)
    return heard[0]


def test_of_a_library_only_a_text_that_is_written_so_is_told() -> None:
    secret = "canary"
    assert _heard(lambda logger: logger.warning("a constant with %s", secret)) == "a constant with %s"
    assert _heard(lambda logger: logger.warning("a constant")) == "a constant"
    for say in (
        lambda logger: logger.warning(f"said {secret}"),  # noqa: G004 - as libraries do
        lambda logger: logger.warning("said {}".format(secret)),  # noqa: G001, UP032 - as above
        lambda logger: logger.warning(ValueError(secret)),
    ):
        assert secret not in _heard(say)
        assert "test_log:" in _heard(say)


def test_help_loads_no_library_for_logs() -> None:
    import subprocess
    import sys

    script = "import sys\nfrom dani_playbook.cli import main, group, operation\nprint(sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "'structlog'" not in done.stdout
    assert "'django'" not in done.stdout
