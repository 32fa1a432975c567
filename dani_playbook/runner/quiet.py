"""Quiet: what a customer's project would do by itself in our process, kept from happening, and counted.

Threads aren't started and mail isn't sent. Whoever starts a thread goes on as if it ran: a project that starts its
scheduler with its apps couldn't be looked at otherwise, and a handler that mails in a thread couldn't be written past.
Who waits for an answer of a thread gets an error at once. What it prints is dropped: a result is ours. Programs that
are started, and messages to other machines by other ways than mail, are the project's own affair.
"""

import io
import smtplib
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, redirect_stdout
from dataclasses import field
from typing import Any

from dani_playbook.core.dataclass import dataclass

BACKEND = "dani_playbook.runner.mail_backend.Nowhere"


class ThreadsAreOff(RuntimeError):
    """What who waits for the answer of a thread is told; its name is what people see of it."""


class _Unheard(io.TextIOBase):
    """A standard output that nobody reads: a project may print what nobody may see."""

    def write(self, text: str) -> int:
        return len(text)


@dataclass
class Quiet:
    """What was kept from happening since ``hold``. ``threads`` counts by the module that they would have run."""

    off: tuple[str, ...] = ()
    threads: Counter[str] = field(default_factory=Counter)
    mails: int = 0
    _held: ExitStack = field(default_factory=ExitStack, repr=False)

    def hold(self) -> None:
        """From now on, until ``let_go``."""
        global _active  # noqa: PLW0603 - it is the process that is kept quiet
        self._held.enter_context(redirect_stdout(_Unheard()))
        if "threads" in self.off:
            self._hold_threads()
        if "mail" in self.off:
            self._hold_mail()
            self._swap_setting()
        _active = self

    def let_go(self) -> None:
        """Everything as it was before; only tests go on in the same process."""
        global _active  # noqa: PLW0603 - as above
        self._held.close()
        _active = None

    @property
    def told(self) -> dict[str, Any]:
        """As documents have it."""
        return {
            "off": list(self.off),
            "threads": sum(self.threads.values()),
            "threads_of": sorted(self.threads),
            "mails": self.mails,
        }

    def mail_held(self, number: int = 1) -> int:
        """Mails that were handed over; gives how many, as one who sends them does."""
        self.mails += number
        return number

    def _hold_threads(self) -> None:
        def start(thread: threading.Thread) -> None:
            self.threads[_module(getattr(thread, "_target", None) or type(thread).run)] += 1

        def join(thread: threading.Thread, timeout: float | None = None) -> None:
            if thread.ident is not None:
                ended(thread, timeout)

        def submit(pool: ThreadPoolExecutor, work: Callable[..., Any], /, *said: Any, **more: Any) -> Future[Any]:
            self.threads[_module(work)] += 1
            never: Future[Any] = Future()
            never.set_exception(ThreadsAreOff("threads are off while dani works, and this waits for one"))
            return never

        ended = threading.Thread.join
        self._swap(threading.Thread, "start", start)
        self._swap(threading.Thread, "join", join)
        self._swap(ThreadPoolExecutor, "submit", submit)

    def _hold_mail(self) -> None:
        """Whatever connection a project hands to its messages. SMTP itself answers as where there is no network."""
        from django.core.mail import EmailMessage

        def send(message: EmailMessage, fail_silently: bool = False) -> int:
            return self.mail_held() if message.recipients() else 0

        def connect(connection: smtplib.SMTP, *said: Any, **more: Any) -> None:
            self.mail_held()
            raise ConnectionRefusedError("mail is off while dani works")

        self._swap(EmailMessage, "send", send)
        self._swap(smtplib.SMTP, "connect", connect)

    def _swap_setting(self) -> None:
        from django.conf import settings

        before = settings.EMAIL_BACKEND
        settings.EMAIL_BACKEND = BACKEND
        self._held.callback(setattr, settings, "EMAIL_BACKEND", before)

    def _swap(self, owner: Any, name: str, new: Callable[..., Any]) -> None:
        self._held.callback(setattr, owner, name, getattr(owner, name))
        setattr(owner, name, new)


_active: Quiet | None = None


def active() -> Quiet:
    """What is kept quiet in this process; nothing where no project was started in it."""
    return _active or Quiet()


def _module(work: Any) -> str:
    """Where work comes from, as Python calls it; names of modules hold no values."""
    return str(getattr(work, "__module__", None) or type(work).__module__)
