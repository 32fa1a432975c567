"""What is kept from happening in our process, and how it is counted."""

import gc
import smtplib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dani_playbook.core.binding import NOISE
from dani_playbook.runner.quiet import Quiet, ThreadsAreOff, active
from tests.databases import sqlite

DONE: list[str] = []


def work() -> None:
    DONE.append("done")


@pytest.fixture
def quiet() -> Iterator[Quiet]:
    with sqlite() as place:
        place.open()
        found = Quiet(off=NOISE)
        found.hold()
        DONE.clear()
        yield found
        found.let_go()


def test_a_thread_isnt_started_and_who_started_it_goes_on(quiet: Quiet) -> None:
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert not thread.is_alive()
    assert DONE == []
    assert quiet.threads == {__name__: 1}


def test_a_timer_and_a_thread_of_a_class_of_its_own_arent_started(quiet: Quiet) -> None:
    class Own(threading.Thread):
        def run(self) -> None:
            work()

    timer = threading.Timer(0, work)
    timer.start()
    timer.cancel()
    Own().start()
    assert DONE == []
    assert quiet.threads == {"threading": 1, __name__: 1}


def test_who_waits_for_an_answer_of_a_pool_is_told_at_once(quiet: Quiet) -> None:
    with ThreadPoolExecutor() as pool:
        answer = pool.submit(work)
    with pytest.raises(ThreadsAreOff):
        answer.result(timeout=5)
    assert quiet.threads == {__name__: 1}


@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")
def test_a_handler_that_waits_for_a_loop_of_its_own_is_told_as_well(quiet: Quiet) -> None:
    from asgiref.sync import async_to_sync

    async def told() -> str:
        return "told"

    with pytest.raises(ThreadsAreOff):
        async_to_sync(told)()
    gc.collect()


def test_a_thread_that_runs_already_can_be_waited_for() -> None:
    go, thread = threading.Event(), None
    thread = threading.Thread(target=go.wait)
    thread.start()
    quiet = Quiet(off=("threads",))
    quiet.hold()
    try:
        go.set()
        thread.join()
        assert not thread.is_alive()
    finally:
        quiet.let_go()


def test_mail_goes_nowhere_whatever_connection_it_is_given(quiet: Quiet, tmp_path: Path) -> None:
    from django.core.mail import EmailMessage, get_connection, send_mail

    files = get_connection("django.core.mail.backends.filebased.EmailBackend", file_path=str(tmp_path))
    assert send_mail("a", "b", "c@firm.example", ["d@firm.example"]) == 1
    assert EmailMessage("a", "b", "c@firm.example", ["d@firm.example"], connection=files).send() == 1
    assert get_connection().send_messages([EmailMessage(to=["d@firm.example"]), EmailMessage()]) == 2
    assert quiet.mails == 4
    assert list(tmp_path.iterdir()) == []


def test_smtp_answers_as_where_there_is_no_network(quiet: Quiet) -> None:
    with pytest.raises(ConnectionRefusedError):
        smtplib.SMTP("mail.firm.example")
    assert quiet.mails == 1


def test_everything_is_as_before_afterwards() -> None:
    from django.conf import settings

    with sqlite() as place:
        place.open()
        before = (threading.Thread.start, threading.Thread.join, smtplib.SMTP.connect, settings.EMAIL_BACKEND)
        quiet = Quiet(off=NOISE)
        quiet.hold()
        assert active() is quiet
        quiet.let_go()
        after = (threading.Thread.start, threading.Thread.join, smtplib.SMTP.connect, settings.EMAIL_BACKEND)
        assert after == before
        assert active().off == ()


def test_what_isnt_said_to_be_off_happens() -> None:
    quiet = Quiet(off=())
    quiet.hold()
    try:
        DONE.clear()
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        assert DONE == ["done"]
    finally:
        quiet.let_go()
