"""The built wheel, installed into an empty environment, is a working dani."""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

HOME = Path(__file__).parents[2]


def done(*command: str | Path, cwd: Path) -> str:
    """What a command prints; it must succeed."""
    environ = {
        name: value for name, value in os.environ.items() if name != "PYTHONPATH" and not name.startswith("DANI")
    }
    ran = subprocess.run(command, cwd=cwd, env=environ, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    done(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=HOME)
    (built,) = folder.glob("*.whl")
    return built


def installer(python: Path) -> list[str | Path]:
    """An environment that uv or Debian's pip made has no pip of its own."""
    for candidate in (sys.executable, getattr(sys, "_base_executable", sys.executable)):
        if subprocess.run([candidate, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0:
            return [candidate, "-m", "pip", "--python", python, "install"]
    uv = shutil.which("uv")
    assert uv, "neither pip nor uv is here"
    return [uv, "pip", "install", "--python", python]


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel in it, that finds dependencies where the tests find them."""
    folder = tmp_path_factory.mktemp("venv")
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    done(*installer(python), "--quiet", "--no-deps", "--no-index", wheel, cwd=folder)
    site = Path(done(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip())
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    return folder


def test_the_wheel_holds_all_that_dani_reads_at_run_time(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    wanted = {f"dani_playbook/{path.relative_to(HOME)}" for path in (HOME / "schemas").rglob("*.json")} | {
        str(path.relative_to(HOME))
        for path in (HOME / "dani_playbook").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert wanted <= held
    assert not [name for name in held if name.startswith(("tests/", "playbooks/", "docs/"))]


def test_the_installed_program_is_the_one_from_the_wheel(environment: Path, tmp_path: Path) -> None:
    python = environment / "bin" / "python"
    where = done(python, "-c", "import dani_playbook; print(dani_playbook.__file__)", cwd=tmp_path)
    assert Path(where.strip()).is_relative_to(environment)


def test_the_installed_program_does_its_work(environment: Path, tmp_path: Path) -> None:
    dani = environment / "bin" / "dani"
    assert done(dani, "--version", cwd=tmp_path).startswith("dani ")
    assert '"user.schema.json"' in done(dani, "schema", "user", cwd=tmp_path)
    done(dani, "init", ".", cwd=tmp_path)
    assert done(dani, "validate", cwd=tmp_path).startswith("Valid: ")
    assert "Applied: 7 created (3 hires)." in done(dani, "apply", "--approve", cwd=tmp_path)
    assert "No changes." in done(dani, "plan", cwd=tmp_path)
