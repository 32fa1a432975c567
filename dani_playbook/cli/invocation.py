"""Invocation: one call of the command line, its global options, and the ways to what commands need."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dani_playbook.cli.output import check_reveal, check_target, write_file, write_stream
from dani_playbook.cli.render import (
    BINARY,
    FORMATS,
    Surface,
    document_name,
    formats_of,
    render,
    render_pieces,
    render_workbook,
)
from dani_playbook.cli.surroundings import Surroundings
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.errors import DaniError, UsageError
from dani_playbook.runner.queries import QueryCount

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from dani_playbook.language.load import Loading
    from dani_playbook.runner.config import Config
    from dani_playbook.runner.documents import Result
    from dani_playbook.runner.offline import Offline
    from dani_playbook.runner.session import Session

_GONE = "the folder that this was called in isn't there any more"
_SUFFIXES = {".json": "json", ".md": "markdown", ".html": "html", ".csv": "csv", ".xlsx": "xlsx"}


@dataclass(slots=True)
class Invocation:
    """What every command is given. ``options`` are the global options that were said, before or after the command.

    ``is_lost`` once standard output couldn't be written: what is written there from then on reaches nobody.
    """

    surroundings: Surroundings
    options: dict[str, Any] = field(default_factory=dict)
    written: Mapping[str, Any] | None = None
    is_lost: bool = False
    queries: QueryCount = field(default_factory=QueryCount)
    _session: Session | None = None

    @property
    def output(self) -> Path | None:
        """The file of ``--output``; ``-`` is standard output."""
        named = self.options.get("output")
        return Path(named) if named and named != "-" else None

    @property
    def form(self) -> str:
        """The format asked for, else that of the output file's ending, else text."""
        suffix = self.output.suffix if self.output else ""
        return str(self.options.get("format") or _SUFFIXES.get(suffix, "text"))

    @property
    def reveal(self) -> bool:
        return bool(self.options.get("reveal"))

    @property
    def overwrite(self) -> bool:
        return bool(self.options.get("overwrite"))

    @property
    def reason(self) -> str:
        """Why values are shown, a limit is raised, somebody is purged."""
        return str(self.options.get("reason") or "")

    @property
    def plain(self) -> bool:
        return bool(self.options.get("no_color"))

    @property
    def folder(self) -> Path:
        """The working directory."""
        return _here()

    @property
    def root(self) -> Path:
        """The folder that files in messages are relative to: that of dani.yaml, else the working directory."""
        from dani_playbook.runner.config import find_config

        named = self.options.get("config") or self.surroundings.environ.get("DANI_CONFIG")
        found = Path(named) if named else find_config(_here())
        return found.absolute().parent if found else _here()

    def start(self, formats: Sequence[str] = FORMATS) -> None:
        """Refuses what would fail after the work was done, and opens the log. ``formats`` are those of the command."""
        self.check_form(formats)
        self._open_log()
        if self.reveal and not self.options.get("force_reveal"):
            check_reveal(self.surroundings, self.output)
        if self.output:
            check_target(self.output, overwrite=self.overwrite)

    def _open_log(self) -> None:
        from dani_playbook.cli.log import set_up_log

        named = self.options.get("log_file")
        try:
            set_up_log(self.surroundings.stderr, self.options.get("log_level"), Path(named) if named else None)
        except OSError as error:
            raise UsageError(f"{named} can't be written: {os.strerror(error.errno or 0)}") from None

    @property
    def is_logging(self) -> bool:
        """Whether somebody asked for a log."""
        return bool(self.options.get("log_level") or self.options.get("log_file"))

    @property
    def actor(self) -> str | None:
        """Who acts, once that is known."""
        try:
            return self._session.identity.name if self._session else None
        except DaniError:
            return None

    def check_form(self, formats: Sequence[str]) -> None:
        """Raises ``UsageError`` where the format asked for isn't among ``formats``, or needs a file and has none."""
        if self.form not in formats:
            raise UsageError(f"there is no {self.form} of this", hint=f"it can be written as {', '.join(formats)}")
        if self.form in BINARY and not self.output:
            raise UsageError(f"{self.form} needs a file", hint=f"name one: --output FILE.{self.form}")

    def config(self, *, required: bool = True) -> Config:
        """The configuration that holds here. Raises ``PlaybookError``, ``UsageError``."""
        from dani_playbook.runner.config import read_config

        named = self.options.get("config")
        return read_config(
            _here(),
            self.surroundings.environ,
            path=Path(named) if named else None,
            environment=self.options.get("env"),
            required=required,
        )

    def paths(self, said: Sequence[str]) -> tuple[str, ...]:
        """Paths as said here, so that they are found from the project's folder."""
        return tuple(said) if self.root == _here() else tuple(str(_here() / path) for path in said)

    def offline(self) -> Offline:
        """The use cases that need no live system; nothing of Django is loaded."""
        from dani_playbook.runner.offline import Offline

        return Offline(self.config(), now=self.surroundings.now, environ=self.surroundings.environ)

    def session(self, *, early: bool = False) -> Session:
        """All use cases, with the database open. ``early`` says that all playbooks will be read: that begins at once."""
        begun = self._begun() if early else None
        from dani_playbook.runner.project import actor
        from dani_playbook.runner.session import Session

        if self.is_logging:
            self.queries.watch()
        around = self.surroundings
        self._session = Session(
            self.config(), now=around.now, actor=actor(around.environ), environ=around.environ, reason=self.reason
        )
        self._session.begun = begun
        return self._session

    def _begun(self) -> Loading | None:
        from dani_playbook.runner.early import begin

        config = self.config()
        return None if config.bindings else begin(config, self.surroundings.environ)

    def show(self, result: Result) -> int:
        """Writes the document in the format asked for, and gives the exit code that goes with it."""
        self.write_document(result.document)
        return result.exit_code

    def write_document(self, document: Mapping[str, Any]) -> None:
        """To the file of ``--output``, else to standard output."""
        self.check_form(formats_of(document_name(document)))
        self.written = document
        if self.output:
            write_file(self.output, self._content(document))
            return
        surface = self.surroundings.surface(self.surroundings.stdout, plain=self.plain)
        with self._noticing():
            write_stream(self.surroundings.stdout, render_pieces(document, self.form, surface))

    def _content(self, document: Mapping[str, Any]) -> Iterable[str] | bytes:
        return render_workbook(document) if self.form in BINARY else render_pieces(document, self.form, Surface())

    def write(self, text: str) -> None:
        """Text that is a result by itself: a schema, a script. It is written as it is."""
        if self.output:
            write_file(self.output, text)
            return
        with self._noticing():
            write_stream(self.surroundings.stdout, text)

    @contextmanager
    def _noticing(self) -> Iterator[None]:
        try:
            yield
        except UsageError:
            self.is_lost = True
            raise

    def say(self, text: str) -> None:
        """One line for people on standard error."""
        from dani_playbook.cli import sinks

        write_stream(self.surroundings.stderr, sinks.terminal(text) + "\n")

    def tell(self, document: Mapping[str, Any]) -> None:
        """A document as text for people on standard error."""
        stderr = self.surroundings.stderr
        write_stream(stderr, render(document, "text", self.surroundings.surface(stderr, plain=self.plain)))


def _here() -> Path:
    try:
        return Path.cwd()
    except FileNotFoundError:
        raise UsageError(_GONE, hint="go to another one with cd, or name one with -C") from None
