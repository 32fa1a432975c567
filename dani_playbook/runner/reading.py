"""Reading: which files a plan was made from, and whether git has them exactly so."""

import os
from collections.abc import Mapping
from pathlib import PurePosixPath

from dani_playbook.core.blob import BlobName, blob_name
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.resource import Playbooks
from dani_playbook.language.paths import SUFFIXES
from dani_playbook.runner.config import FILE_NAME, Config
from dani_playbook.runner.history import History


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """``head`` is the commit that was read, empty outside of git. ``whole`` tells that all playbooks were read.

    ``uncommitted`` are files that were read and aren't so in ``head``, and playbooks of ``head`` that are gone here.
    ``elsewhere`` are files outside of the folder of playbooks.
    """

    head: str = ""
    whole: bool = False
    uncommitted: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()

    @property
    def is_clean(self) -> bool:
        return bool(self.head) and not self.uncommitted


def read_now(config: Config, playbooks: Playbooks, history: History) -> Reading:
    """What was read beside what git has. Two processes. Raises ``PlaybookError`` where git can't say."""
    head = history.head() if history.exists else ""
    folder = PurePosixPath(os.path.normpath(config.playbooks))
    seen = {**playbooks.read, **_settings(config)}
    elsewhere = {name for name in seen if not PurePosixPath(name).is_relative_to(folder)}
    whole = is_whole(config, playbooks)
    found = history.blobs(head, {FILE_NAME, folder.as_posix(), *elsewhere}) if head else {}
    wrong = {name for name, names in seen.items() if found.get(name) not in names}
    gone = {name for name in found if _is_playbook(name, folder) and name not in seen} if whole else set()
    gone |= {FILE_NAME} & found.keys() - seen.keys()
    return Reading(head=head, whole=whole, uncommitted=tuple(sorted(wrong | gone)), elsewhere=tuple(sorted(elsewhere)))


def is_whole(config: Config, playbooks: Playbooks) -> bool:
    """Whether exactly the project's folder of playbooks was read."""
    return playbooks.covered == (PurePosixPath(os.path.normpath(config.playbooks)).as_posix(),)


def _settings(config: Config) -> Mapping[str, BlobName]:
    return {config.path.name: blob_name(config.path.read_bytes())} if config.path else {}


def _is_playbook(name: str, folder: PurePosixPath) -> bool:
    """Whether a folder's reading takes this file."""
    path = PurePosixPath(name)
    inner = path.relative_to(folder).parts if path.is_relative_to(folder) else (".",)
    return path.suffix in SUFFIXES and not any(part.startswith((".", "_")) for part in inner)
