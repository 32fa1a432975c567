"""Runs a program, and says what it took. It is a small program of its own, because a child that a large one begins
counts that one's memory as its own.

``child.py FOLDER OUT ERR WATCH PROGRAM [ARGUMENT]...`` answers with exit code, seconds, CPU seconds and MB. With 1 for
WATCH it looks all the time at the memory of the program and of all that it has begun, where shared pages count once;
that costs the program some time.
"""

import json
import os
import sys
import time
from pathlib import Path

PAUSE_S = 0.02


def begun(out: str, err: str, command: list[str]) -> int:
    write = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    actions = [(os.POSIX_SPAWN_OPEN, 1, out, write, 0o600), (os.POSIX_SPAWN_OPEN, 2, err, write, 0o600)]
    return os.posix_spawn(command[0], command, os.environ, file_actions=actions)


def family(process: int) -> list[int]:
    """A process and all that it has begun and that still runs."""
    found = [process]
    for each in found:
        for listed in Path(f"/proc/{each}/task").glob("*/children"):
            found += [int(number) for number in listed.read_text().split()]
    return found


def held_kb(process: int) -> int:
    """Its share of memory: what it has alone, and its part of what it shares."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def watched(process: int) -> int:
    """The most that the family held together, in kB, once the process has ended."""
    most = 0
    while os.waitid(os.P_PID, process, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        try:
            most = max(most, sum(held_kb(each) for each in family(process)))
        except OSError:
            continue
        time.sleep(PAUSE_S)
    return most


def main() -> None:
    folder, out, err, watch, *command = sys.argv[1:]
    os.chdir(folder)
    start = time.monotonic()
    process = begun(out, err, command)
    together_kb = watched(process) if watch == "1" else 0
    _, status, used = os.wait4(process, 0)
    seconds = time.monotonic() - start
    cpu_s = used.ru_utime + used.ru_stime
    answer = [os.waitstatus_to_exitcode(status), seconds, cpu_s, max(used.ru_maxrss, together_kb) / 1024]
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
