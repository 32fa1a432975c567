"""What git knows of the project's files. Nothing is guessed: where git can't say, a plan isn't made.

Each question is one process, whatever it is asked about.
"""

import os
import subprocess
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.errors import PlaybookError

TIMEOUT_S = 60
_SETTINGS = (
    *("-c", "core.fsmonitor=false", "-c", "core.quotePath=false", "-c", "core.useReplaceRefs=false"),
    *(
        "-c",
        "log.showSignature=false",
        "-c",
        "log.mailmap=false",
        "-c",
        "blame.ignoreRevsFile=",
        "-c",
        "color.ui=false",
    ),
    *("-c", "advice.graftFileDeprecated=false"),
    *("-c", "i18n.logOutputEncoding=UTF-8", "-c", "diff.external=", "-c", "core.attributesFile=/dev/null"),
)
_OURS = {"GIT_NO_REPLACE_OBJECTS": "1", "GIT_GRAFT_FILE": os.devnull, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
_FORMAT = "--format=%H%x00%ae%x00%ce%x00%(trailers:key=Co-authored-by,valueonly,unfold,separator=%x0a)"


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit and whose it is: e-mail addresses of the author, the committer and each co-author, empty where none is."""

    id: str
    emails: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class History:
    """The repository that ``root`` lies in. Every method raises ``PlaybookError`` where git can't answer."""

    root: Path

    @property
    def exists(self) -> bool:
        """Whether there is a repository; no process."""
        root = self.root.resolve()
        return any((folder / ".git").exists() for folder in (root, *root.parents))

    def head(self) -> str:
        """The commit that is checked out, empty where there is none yet."""
        return self._ask("rev-parse", "--verify", "--quiet", "HEAD^{commit}", no=1).decode("ascii").strip()

    def is_shallow(self) -> bool:
        return self._ask("rev-parse", "--is-shallow-repository").strip() != b"false"

    def blobs(self, commit: str, paths: Collection[str]) -> Mapping[str, str]:
        """Plain files by name, at ``commit``, of these files and folders; links and submodules aren't among them."""
        told = self._ask("ls-tree", "-r", "-z", commit, "--", *sorted(paths))
        found = {}
        for line in _text(told).split("\0")[:-1]:
            about, _, name = line.partition("\t")
            mode, kind, id = about.split(" ")
            if kind == "blob" and mode.startswith("100"):
                found[name] = id
        return found

    def relation(self, commit: str, head: str) -> str:
        """How ``commit`` lies to ``head``: ``behind``, ``elsewhere`` (on another branch, or ahead), or ``unknown``."""
        told = self._ask("cat-file", "--batch-check", data=f"{commit}\n".encode())
        if told.split()[1:2] != [b"commit"]:
            return "unknown"
        base = self._ask("merge-base", commit, head, no=1).decode("ascii").strip()
        return "behind" if base == commit else "elsewhere"

    def since(self, commit: str, head: str) -> list[Commit]:
        """Commits to the project that ``head`` has and ``commit`` hasn't, all where that is empty.

        A merge counts only where somebody did something in it: where git would have merged it otherwise. Two processes.
        """
        spread = f"{commit}..{head}" if commit else head
        made = self._commits("--full-history", "--no-merges", spread, "--", ".")
        return made + self.of(self._decided_merges(spread))

    def _decided_merges(self, spread: str) -> list[str]:
        """A statistic has no words of others in it. ``--sparse`` also shows a merge that takes one side as it is."""
        how = ("--merges", "--full-history", "--sparse", "--remerge-diff", "--shortstat", "--format=%H")
        told = self._ask("log", "--no-ext-diff", "--no-textconv", *how, spread, "--", ".")
        merges: list[str] = []
        decided: list[str] = []
        for line in told.decode("ascii", "replace").splitlines():
            if line.startswith(" ") and merges:
                decided.append(merges[-1])
            elif line:
                merges.append(line)
        return decided

    def of(self, ids: Collection[str]) -> list[Commit]:
        """These commits."""
        given = "".join(f"{id}\n" for id in sorted(set(ids))).encode("ascii")
        return self._commits("--no-walk=unsorted", "--stdin", data=given) if ids else []

    def of_files(self, head: str, files: Collection[str]) -> list[Commit]:
        """Every commit that touched one of these files; more than ``behind`` finds, and one process for all."""
        return self._commits("--full-history", "--no-merges", head, "--", *sorted(files)) if files else []

    def behind(self, head: str, file: str, lines: Collection[int]) -> set[str]:
        """Ids of the commits that wrote these lines of a file as they stand at ``head``."""
        first, last = min(lines), max(lines)
        told = self._ask("blame", "--porcelain", "-L", f"{first},{last}", head, "--", file)
        return {id for id, line in _blamed(told) if line in lines}

    def _commits(self, *words: str, data: bytes = b"") -> list[Commit]:
        told = _text(self._ask("log", "-z", "--no-mailmap", _FORMAT, *words, data=data)).split("\0")
        if len(told) % 4 != 1:
            raise _no_answer("log", "it says something else than it was asked for")
        parts = zip(told[0:-1:4], told[1::4], told[2::4], told[3::4], strict=False)
        return [Commit(id, (author, committer, *_co_authors(also))) for id, author, committer, also in parts]

    def _ask(self, *words: str, data: bytes = b"", no: int | None = None) -> bytes:
        """What git says; empty where it ends with ``no``. Variables of git don't lead it elsewhere."""
        environ = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        try:
            done = subprocess.run(
                ["git", "--literal-pathspecs", "-C", str(self.root), *_SETTINGS, *words],
                input=data,
                capture_output=True,
                timeout=TIMEOUT_S,
                check=False,
                env=environ | _OURS,
            )
        except FileNotFoundError:
            raise _no_answer(words[0], "it isn't installed") from None
        except subprocess.TimeoutExpired:
            raise _no_answer(words[0], f"it took more than {TIMEOUT_S} seconds") from None
        if done.returncode not in (0, no):
            said = _text(done.stderr).strip().splitlines()
            raise _no_answer(words[0], said[0] if said else f"it ended with {done.returncode}")
        return b"" if done.returncode else done.stdout


def _text(told: bytes) -> str:
    """What isn't UTF-8 stays visible, and is nobody's address."""
    return told.decode("utf-8", "backslashreplace")


def _co_authors(trailers: str) -> Iterator[str]:
    for line in filter(None, trailers.split("\n")):
        yield line.partition("<")[2].partition(">")[0]


def _blamed(told: bytes) -> Iterator[tuple[str, int]]:
    """Commit and line, of the porcelain form: headers of a line begin with its commit, its text with a tab."""
    is_head = True
    for line in told.split(b"\n"):
        if is_head and line:
            id, _, number, *_rest = line.split(b" ")
            yield id.decode("ascii"), int(number)
        is_head = line.startswith(b"\t")


def _no_answer(word: str, why: str) -> PlaybookError:
    return PlaybookError(
        f"git {word} doesn't say who is behind the plan: {why}",
        hint="who wrote a change can't approve it, so it must be known; let git work here, then plan again",
    )


def names(commits: Sequence[Commit]) -> set[str]:
    """All addresses; a commit without one stands for itself."""
    return {email or f"commit {commit.id[:12]} without an address" for commit in commits for email in commit.emails}
