"""Continued: which lines of YAML begin inside of quotes or brackets, where their indentation says nothing."""

import re
from functools import lru_cache

_TOKEN = re.compile(
    r"""(?P<remark>(?:^|(?<=\s))\#.*)
      | (?P<quote>(?:^|(?<=[\s\[{,:\-?(]))["'])
      | (?P<open>(?:^|(?<=[\s\[{,:\-?]))[\[{])
      | (?P<close>[\]}])""",
    re.VERBOSE,
)
_ENDS = {'"': re.compile(r'(?:[^"\\]|\\.)*"'), "'": re.compile(r"(?:[^']|'')*'(?!')")}


@lru_cache(maxsize=4)
def continued(lines: tuple[str, ...]) -> frozenset[int]:
    """Numbers, from 1, of the lines that begin inside of a quoted or bracketed value. Where in doubt they do."""
    found, quote, depth = set(), "", 0
    for number, line in enumerate(lines, 1):
        if quote or depth:
            found.add(number)
        quote, depth = _after(line, quote, depth)
    return frozenset(found)


def _after(line: str, quote: str, depth: int) -> tuple[str, int]:
    at = 0
    while at < len(line) or quote:
        if quote:
            end = _ENDS[quote].match(line, at)
            if end is None:
                return quote, depth
            quote, at = "", end.end()
            continue
        found = _TOKEN.search(line, at)
        if found is None or found.lastgroup == "remark":
            break
        quote = found[0] if found.lastgroup == "quote" else ""
        depth = max(0, depth + {"open": 1, "close": -1}.get(found.lastgroup or "", 0))
        at = found.end()
    return quote, depth
