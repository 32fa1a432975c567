"""What a process does beside its work, as its interpreter tells it: a line a deed in the file that FOREIGN_WATCH names.

Python imports this by itself where the folder is on PYTHONPATH. What a project or dani puts in the place of
``Thread.start`` or of a mail backend changes nothing here: only threads that really start are heard of.
"""

import atexit
import os
import sys
import threading

DEEDS = {
    "os.fork": "fork",
    "subprocess.Popen": "program",
    "smtplib.connect": "mail",
}


def _watch(path):
    opened = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)

    def hear(event, arguments):
        if event in DEEDS:
            os.write(opened, f"{DEEDS[event]} {arguments[0]}\n".encode())

    sys.addaudithook(hear)
    for name in ("_start_new_thread", "_start_joinable_thread"):
        if begin := getattr(threading, name, None):
            setattr(threading, name, _heard(begin, opened))
    _count(opened)


def _heard(begin, opened):
    """Younger Pythons know an audit event for it, 3.11 doesn't."""

    def start(*arguments, **more):
        os.write(opened, b"thread\n")
        return begin(*arguments, **more)

    return start


def _count(opened):
    from django.db.backends.signals import connection_created

    done = []

    def counted(execute, sql, params, many, context):
        done.append(sql)
        return execute(sql, params, many, context)

    def begin(connection, **_):
        connection.execute_wrappers.append(counted)

    connection_created.connect(begin, weak=False)
    atexit.register(lambda: os.write(opened, f"statements {len(done)}\n".encode()))


if os.environ.get("FOREIGN_WATCH"):
    _watch(os.environ["FOREIGN_WATCH"])
