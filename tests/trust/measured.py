"""Runs a program, and says how long it took and how much memory it and its children had at most.

Run as a program of its own: a child that is begun by a large process counts that one's memory as its own.
"""

import json
import os
import sys
import time


def main() -> None:
    """``measured.py FOLDER OUT ERR PROGRAM [ARGUMENT]...``."""
    folder, out, err, *command = sys.argv[1:]
    os.chdir(folder)
    write = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    actions = [(os.POSIX_SPAWN_OPEN, 1, out, write, 0o600), (os.POSIX_SPAWN_OPEN, 2, err, write, 0o600)]
    begun = time.monotonic()
    child = os.posix_spawn(command[0], command, os.environ, file_actions=actions)
    _, status, used = os.wait4(child, 0)
    seconds = time.monotonic() - begun
    processor = used.ru_utime + used.ru_stime
    print(json.dumps([os.waitstatus_to_exitcode(status), seconds, processor, used.ru_maxrss // 1024]))  # noqa: T201 - its answer


if __name__ == "__main__":
    main()
