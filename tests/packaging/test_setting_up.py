"""What a newcomer's two commands rely on."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

HOME = Path(__file__).parents[2]
PROJECT = tomllib.loads((HOME / "pyproject.toml").read_text("utf-8"))["project"]
PINNED = {
    "requirements.txt": [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["postgres"]],
    "requirements-dev.txt": [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]],
}


def name_of(requirement: str) -> str:
    return re.split(r"[\[<>=!~; ]", requirement)[0].replace(".", "-").replace("_", "-").lower()


@pytest.mark.parametrize("file", PINNED)
def test_all_that_is_asked_for_is_pinned_with_hashes(file: str) -> None:
    text = (HOME / file).read_text("utf-8").replace("\\\n", " ")
    pins = {name_of(line): line for line in text.splitlines()}
    assert {name_of(item) for item in PINNED[file]} <= set(pins)
    assert all(re.fullmatch(r"\S+==\S+(?: +--hash=sha256:[0-9a-f]{64})+", line) for line in pins.values())


def test_both_files_pin_the_same_versions() -> None:
    runtime, everything = (
        set(re.findall(r"^\S+==\S+", (HOME / file).read_text("utf-8"), re.MULTILINE)) for file in PINNED
    )
    assert runtime <= everything


def test_nothing_committed_names_an_address_of_packages() -> None:
    names = [*PINNED, "pyproject.toml", "Makefile", *(str(path.relative_to(HOME)) for path in (HOME / ".ci").iterdir())]
    for name in names:
        assert not re.search(r"https?://", (HOME / name).read_text("utf-8")), name


def test_both_ways_of_asking_for_development_need_the_same() -> None:
    groups = tomllib.loads((HOME / "pyproject.toml").read_text("utf-8"))["dependency-groups"]
    assert groups["dev"] == ["dani-playbook[dev]"]


def test_the_demonstration_runs_from_the_first_to_the_last_line(tmp_path: Path) -> None:
    program = tmp_path / "dani"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m dani_playbook "$@"\n', "utf-8")
    program.chmod(0o755)
    environ = {
        "PATH": f"{tmp_path}:/usr/bin:/bin",
        "HOME": str(tmp_path),
        "PYTHONPATH": str(HOME),
        "TMPDIR": str(tmp_path),
    }
    ran = subprocess.run(
        ["sh", HOME / "docs" / "demo.sh"], env=environ, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stderr == ""
    in_order = [
        "Valid: ",
        "to create",
        "Applied: ",
        "No changes.",
        "Senior Site",
        "1 updated",
        "the way back",
        "takes back",
    ]
    places = [ran.stdout.index(text) for text in in_order]
    assert places == sorted(places)
    assert [path.name for path in tmp_path.iterdir()] == ["dani"]
