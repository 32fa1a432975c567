"""The cache on disk: sealed, private, bounded, and never in the way."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dani_playbook.core.errors import UsageError
from dani_playbook.language import single
from dani_playbook.runner.config import read_config
from dani_playbook.runner.offline import Offline
from dani_playbook.runner.sheet_cache import SheetCache, empty_cache, open_cache, processes_for

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
KEY = "ab" * 32
WITH_KEY = {"DANI_KEY": KEY}
NAME = "0" * 32


def _project(root: Path) -> Path:
    (root / "playbooks").mkdir()
    (root / "dani.yaml").write_text("version: 1\n", "utf-8")
    (root / "playbooks/a.yaml").write_text("version: 1\nusers: {anna: {first_name: Anna}}\n", "utf-8")
    (root / ".dani").mkdir(mode=0o700)
    return root


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return _project(tmp_path)


@pytest.fixture
def cache(root: Path) -> SheetCache:
    found = open_cache(root, WITH_KEY)
    assert found is not None
    return found


def _load(root: Path, environ: dict[str, str]) -> None:
    loaded = Offline(read_config(root, environ), now=NOW, environ=environ).load(())
    assert [str(address) for address in loaded.playbooks.resources] == ["user.anna"]


def _kept(root: Path) -> list[Path]:
    return sorted((root / ".dani/cache").glob("*"))


def test_what_was_put_in_comes_out(cache):
    cache.put(NAME, b"some\nbytes")
    assert cache.get(NAME) == b"some\nbytes"
    assert cache.get("1" * 32) is None


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda data: data[:-1],
    "cut to its seal": lambda data: data[:32],
    "cut in its seal": lambda data: data[:7],
    "empty": lambda data: b"",
    "flipped": lambda data: data[:-1] + bytes([data[-1] ^ 1]),
    "flipped seal": lambda data: bytes([data[0] ^ 1]) + data[1:],
    "longer": lambda data: data + b"\n",
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_entry_is_none_and_gets_replaced(root, cache, damage):
    _load(root, WITH_KEY)
    (path,) = _kept(root)
    whole = path.read_bytes()
    path.write_bytes(damage(whole))
    assert cache.get(path.name) is None
    _load(root, WITH_KEY)
    assert path.read_bytes() == whole


def test_an_entry_of_another_name_or_key_is_none(root, cache):
    cache.put(NAME, b"x")
    (root / ".dani/cache" / NAME).rename(root / ".dani/cache" / ("1" * 32))
    assert cache.get("1" * 32) is None
    cache.put(NAME, b"x")
    other = open_cache(root, {"DANI_KEY": "cd" * 32})
    assert other is not None
    assert other.get(NAME) is None


def test_a_cache_is_for_its_owner_alone(root):
    before = os.umask(0)
    try:
        _load(root, WITH_KEY)
    finally:
        os.umask(before)
    assert (root / ".dani/cache").stat().st_mode & 0o777 == 0o700
    assert [path.stat().st_mode & 0o777 for path in _kept(root)] == [0o600]


def test_a_warm_load_reads_no_playbook_and_writes_nothing(root, monkeypatch):
    _load(root, WITH_KEY)
    (path,) = _kept(root)
    before = path.stat().st_mtime_ns, path.stat().st_ino
    monkeypatch.setattr(single.SingleFiles, "parts", lambda self, number: pytest.fail("read again"))
    _load(root, WITH_KEY)
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == before


@pytest.mark.parametrize("environ", [{**WITH_KEY, "DANI_CACHE": "0"}, {}], ids=["switched off", "no key"])
def test_without_leave_or_key_nothing_is_kept(root, environ):
    _load(root, environ)
    assert list((root / ".dani").iterdir()) == []


def test_a_look_makes_no_private_folder(root):
    (root / ".dani").rmdir()
    _load(root, WITH_KEY)
    assert not (root / ".dani").exists()


def test_a_key_that_is_none_keeps_nothing(root):
    (root / ".dani/key").write_text("no key", "utf-8")
    assert open_cache(root, {}) is None


@pytest.mark.parametrize("obstacle", ["a file in its place", "a folder in an entry's place"])
def test_what_can_not_be_kept_is_not_missed(root, obstacle):
    _load(root, WITH_KEY)
    (path,) = _kept(root)
    path.unlink()
    if obstacle == "a file in its place":
        path.parent.rmdir()
        path.parent.touch()
    else:
        path.mkdir()
    _load(root, WITH_KEY)
    assert not list((root / ".dani").rglob("*.*"))


def test_who_left_the_playbooks_leaves_the_cache(root):
    (root / "playbooks/b.yaml").write_text("version: 1\nusers: {ben: {first_name: Benjamin}}\n", "utf-8")
    Offline(read_config(root, WITH_KEY), now=NOW, environ=WITH_KEY).load(())
    assert any(b"Benjamin" in path.read_bytes() for path in _kept(root))
    (root / "playbooks/b.yaml").unlink()
    _load(root, WITH_KEY)
    assert len(_kept(root)) == 1
    assert not any(b"Benjamin" in path.read_bytes() for path in _kept(root))


def test_an_emptied_cache_is_empty(root, cache):
    cache.put(NAME, b"x")
    empty_cache(root)
    assert _kept(root) == []
    empty_cache(root / "nowhere")


def test_how_many_processes_read_can_be_said():
    assert processes_for({"DANI_PROCESSES": "3"}) == 3
    assert processes_for({}) >= 1


@pytest.mark.parametrize("said", ["0", "many", "-1", "65", "1.5"])
def test_a_number_of_processes_that_is_none_is_refused(said):
    with pytest.raises(UsageError):
        processes_for({"DANI_PROCESSES": said})
