"""Every bad input of the language, as somebody meets it who runs ``dani validate``."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.cli.inside import call
from tests.cli.program import Ended, dani
from tests.language.cases import Case, read_cases

CASES = read_cases()
BAD = [case for case in CASES if case.expect]
SAMPLE = BAD[::2]
"""These are run as processes of their own; it is every second one, so that each file of cases has its share."""


def write(case: Case, folder: Path) -> Path:
    root = folder / "project"
    root.mkdir(parents=True)
    (root / "dani.yaml").write_text("version: 1\n")
    case.write(root)
    return root


def places(problems: list[dict[str, Any]]) -> list[str]:
    """``CODE FILE:LINE`` of every problem, as cases say it."""
    return sorted(f"{item['code']} {_place(item['source'])}" for item in problems)


def _place(source: dict[str, Any] | None) -> str:
    return f"{source['file']}:{source['line']}" if source else ""


def expected(case: Case, said: list[str]) -> list[str]:
    """With the machine's own path in the place of a star."""
    own = next((text.split(" ")[1].rsplit(":", 1)[0] for text in said), "")
    return sorted(text.replace("*", own) for text in case.expect)


def check(case: Case, ended: Ended) -> list[str]:
    """The answer of ``dani validate --format json``, and the places that it names."""
    assert ended.code == case.exit_code, case.name
    assert ended.err == "", case.name
    document = json.loads(ended.out)
    said = places(document["problems"])
    assert said == expected(case, said), case.name
    assert all(item["message"] for item in document["problems"]), case.name
    assert not case.silent or case.silent not in ended.out, case.name
    return said


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_bad_input_is_told_with_its_code_file_and_line(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(write(case, tmp_path))
    said = check(case, call("validate", *case.paths, "--format", "json"))
    text = call("validate", *case.paths)
    assert (text.code, text.err) == (case.exit_code, "")
    assert "Traceback" not in text.out
    assert not case.silent or case.silent not in text.out
    for place in said:
        code, _, where = place.partition(" ")
        assert any(line.startswith(where) and line.endswith(code) for line in text.out.splitlines()), place


def test_a_process_of_its_own_says_the_same(tmp_path: Path) -> None:
    roots = [write(case, tmp_path / str(number)) for number, case in enumerate(SAMPLE)]

    def run(case: Case, root: Path) -> Ended:
        return dani("validate", *case.paths, "--format", "json", folder=root)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(run, SAMPLE, roots))
    for case, ended in zip(SAMPLE, answers, strict=True):
        check(case, ended)


def test_eighty_bad_inputs_and_more_are_run_as_processes() -> None:
    assert len(SAMPLE) >= 80


@pytest.mark.parametrize("command", ["plan", "apply", "drift", "timeline", "fmt", "explain user.eve"])
def test_every_command_that_reads_playbooks_refuses_a_bad_one(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = next(case for case in BAD if any(text.startswith("yaml-syntax") for text in case.expect))
    monkeypatch.chdir(write(case, tmp_path))
    ended = call(*command.split())
    assert ended.code == 3
    assert "yaml-syntax" in ended.err
    assert not Path(".dani").exists()
