"""Reasons: what a database says about itself, in the words that are known to hold no value.

A driver's message may quote a statement, a value or a connection string. Only phrases of this list are repeated; of
any other message the name of the error is told.
"""

import re
from functools import cache

_NAME = r'"[^"\n]{1,200}"'
_SERVER = rf"(?:connection to server (?:at|on socket) {_NAME}(?: \([0-9a-fA-F.:]+\))?(?:, port \d+)? failed: )"
_SAID = (
    "attempt to write a readonly database",
    "unable to open database file",
    "database is locked",
    "database table is locked",
    "disk I/O error",
    "database or disk is full",
    "file is not a database",
    "database disk image is malformed",
    r"no such table: \w{1,100}",
    r"no such column: [\w.]{1,200}",
    "Connection refused",
    "Connection timed out",
    "No such file or directory",
    "Permission denied",
    "timeout expired",
    rf"could not translate host name {_NAME} to address",
    rf"password authentication failed for user {_NAME}",
    rf"no password supplied|database {_NAME} does not exist|role {_NAME} does not exist",
    r"permission denied for (?:table|schema|database|sequence) [\w.\"]{1,100}",
    "sorry, too many clients already",
    "remaining connection slots are reserved",
    "server closed the connection unexpectedly",
    "the connection is (?:closed|lost)",
    "connection already closed",
    "terminating connection due to [a-z -]{1,60}",
    "canceling statement due to [a-z -]{1,60}",
    "cannot execute [A-Z ]{1,30} in a read-only transaction",
    "the database system is (?:starting up|shutting down|in recovery mode)",
    "deadlock detected",
    "out of (?:memory|shared memory)",
    "could not serialize access due to [a-z /]{1,60}",
)


@cache
def _known() -> re.Pattern[str]:
    return re.compile(rf"{_SERVER}?(?:FATAL:\s+)?(?:{'|'.join(f'(?:{phrase})' for phrase in _SAID)})")


def plain_reason(error: BaseException) -> str:
    """Why a database can't be used: a known phrase from its message, else the name of the error."""
    found = _known().search(str(error)[:4000])
    return found[0] if found else type(error).__name__
