"""The next runs of a schedule, also when clocks change."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dani_playbook.modules.reports.clock import fault_of, next_runs, zone_named

BERLIN = ZoneInfo("Europe/Berlin")


def moments(when: str, zone: ZoneInfo, start: str, n: int) -> list[str]:
    runs = next_runs(when, zone, datetime.fromisoformat(start).replace(tzinfo=zone), n)
    return [run.at.astimezone(zone).isoformat(timespec="minutes") for run in runs]


def test_an_ordinary_week() -> None:
    assert moments("0 7 * * mon", BERLIN, "2026-11-23T07:00", 2) == ["2026-11-30T07:00+01:00", "2026-12-07T07:00+01:00"]


def test_a_skipped_hour_runs_at_the_next_minute() -> None:
    assert moments("30 2 * * *", BERLIN, "2026-03-28T12:00", 2) == ["2026-03-29T03:00+02:00", "2026-03-30T02:30+02:00"]
    run, after = next_runs("30 2 * * *", BERLIN, datetime(2026, 3, 28, 12, tzinfo=UTC), 2)
    assert run.note == "02:30 on 2026-03-29 doesn't exist in Europe/Berlin, clocks go forward: runs at 03:00"
    assert after.note is None


def test_several_times_of_a_skipped_hour_run_once() -> None:
    assert moments("*/20 2-3 * * *", BERLIN, "2026-03-29T01:00", 3) == [
        "2026-03-29T03:00+02:00",
        "2026-03-29T03:20+02:00",
        "2026-03-29T03:40+02:00",
    ]


def test_a_doubled_hour_runs_once() -> None:
    assert moments("30 2 * * *", BERLIN, "2026-10-24T12:00", 2) == ["2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00"]
    run, _ = next_runs("30 2 * * *", BERLIN, datetime(2026, 10, 24, 12, tzinfo=UTC), 2)
    assert run.note == "02:30 on 2026-10-25 comes twice in Europe/Berlin, clocks go back: runs once, the first time"


def test_the_second_time_round_has_no_run() -> None:
    second = datetime(2026, 10, 25, 2, 10, tzinfo=BERLIN, fold=1)
    (run,) = next_runs("30 2 * * *", BERLIN, second, 1)
    assert run.at == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "when", "start", "wanted"),
    [
        ("America/Toronto", "15 2 * * *", "2026-03-08T00:00", "2026-03-08T03:00-04:00"),
        ("Australia/Lord_Howe", "15 2 * * *", "2026-10-04T00:00", "2026-10-04T02:30+11:00"),
        ("Asia/Singapore", "30 2 * * *", "2026-03-29T00:00", "2026-03-29T02:30+08:00"),
        ("Pacific/Apia", "0 12 * * *", "2011-12-29T13:00", "2011-12-31T00:00+14:00"),
    ],
)
def test_gaps_of_other_zones(zone: str, when: str, start: str, wanted: str) -> None:
    assert moments(when, ZoneInfo(zone), start, 1) == [wanted]


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["30 2 * * *", "*/7 * * * *", "0 */3 * * *", "59 23 31 * *", "0 1 * * sun"]),
    st.sampled_from(["Europe/Berlin", "America/Toronto", "Australia/Lord_Howe", "Asia/Singapore", "Africa/Casablanca"]),
    st.integers(0, 366 * 24 * 60).map(lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)),
)
def test_runs_rise_and_asking_again_gives_the_rest(when: str, zone: str, start: datetime) -> None:
    runs = next_runs(when, ZoneInfo(zone), start, 5)
    assert len(runs) == 5
    assert all(first.at < then.at for first, then in pairwise(runs))
    assert runs[0].at > start
    assert next_runs(when, ZoneInfo(zone), runs[1].at, 3) == runs[2:]
    assert next_runs(when, ZoneInfo(zone), runs[0].at - timedelta(seconds=1), 1) == runs[:1]


@pytest.mark.parametrize("when", ["0 7 * * mon", "*/5 * * * *", "0 0 29 2 *", "0 9 l * *"])
def test_a_time_that_comes_has_no_fault(when: str) -> None:
    assert fault_of(when) is None


@pytest.mark.parametrize("when", ["", "* * * *", "* * * * * *", "99 * * * *", "0 0 31 2 *", "@daily", "a b c d e"])
def test_a_time_that_never_comes_has_one(when: str) -> None:
    assert fault_of(when)


def test_a_zone_is_known_or_not() -> None:
    assert zone_named("Asia/Singapore") is not None
    assert [zone_named(name) for name in ("Mars/Olympus", "", "../../etc", "Europe/")] == [None] * 4
