"""Sinks: for every place that text can go, the one function that makes it harmless there.

Everything that comes from data goes through exactly one of these on its way out: names, values, messages, file
names, also those that we think we know.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

_INVISIBLE = (
    "\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f"
)
"""Controls, escape, bidirectional overrides, separators, invisible and lone surrogate characters.

The joiners U+200C and U+200D are left: names in Persian and in Indic scripts are written with them.
"""

_UNSAFE = re.compile(f"[{_INVISIBLE}]")
_UNSAFE_IN_JSON = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_WORKFLOW_COMMAND = re.compile(r"#(?=#(?:\[|vso\[|teamcity\[))")
_WORKFLOW_LINE = re.compile(r"\A(\s*):(?=:)")
_MARKDOWN_CODE = re.compile(r"[!-&*<>@\[-`{-~]|:(?=/)|(?<=\bwww)\.")
_MARKDOWN = re.compile(_MARKDOWN_CODE.pattern + r"|:(?=[\w+-]+:)|\A[-+=/]|(?<=\A\d)[.)]")
_HTML = re.compile(r"[&<>\"'`=]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\x00", "\uff1d", "\uff0b", "\uff0d", "\uff20")
MOST_IN_A_CELL = 32_767
"""What Excel and LibreOffice take."""
_REFERENCE = re.compile(r"&#64;|&#35;(?=\d)")


_TOKENS = 50_000
"""So many pieces of JSON are put together at a time: about a megabyte."""


def visible(text: str) -> str:
    """``text`` on one line, with every character that acts or hides written out as its number."""
    return _UNSAFE.sub(lambda match: _SHORT.get(match[0]) or _escape(match[0]), text)


def _escape(character: str) -> str:
    code = ord(character)
    if code > 0xFFFF:
        return f"\\U{code:08x}"
    return f"\\u{code:04x}" if code > 0xFF else f"\\x{code:02x}"


def terminal(text: str) -> str:
    """For a terminal or the log of a CI job: no escape sequence, no control, no workflow command."""
    if text.isascii() and text.isprintable() and "##" not in text and "::" not in text:
        return text
    return _WORKFLOW_LINE.sub(r"\1: ", _WORKFLOW_COMMAND.sub("# ", visible(text)))


def terminal_lines(text: str) -> str:
    """As ``terminal`` for text of several lines that we put together ourselves."""
    return "\n".join(terminal(line) for line in text.split("\n"))


def markdown(text: str) -> str:
    """For running text in Markdown: no structure, no HTML, no mention of a person, no reference to an issue."""
    escaped = _MARKDOWN.sub(_entity, visible(text))
    return _REFERENCE.sub(lambda match: match[0] + "&#8203;", escaped)


def markdown_code(text: str) -> str:
    """For one line of code in Markdown, where mentions and references do nothing."""
    return f"<code>{_MARKDOWN_CODE.sub(_entity, visible(text))}</code>"


def fenced(text: str) -> str:
    """For a line in a fenced block; the caller writes a sign before it, so that it never closes the fence."""
    return terminal(text)


def _entity(match: re.Match[str]) -> str:
    return f"&#{ord(match[0])};"


def json_text(document: Mapping[str, Any]) -> str:
    """Canonical JSON for programs that is safe to look at in a terminal and in the log of a CI job."""
    return "".join(json_pieces(document))


def json_pieces(document: Mapping[str, Any]) -> Iterator[str]:
    """The same in pieces: that of a large plan is larger than the plan. No text of the document is cut in two."""
    import json

    encoder = json.JSONEncoder(ensure_ascii=False, sort_keys=True, indent=2, allow_nan=False, default=_listed)
    tokens = encoder.iterencode(document)
    while taken := list(islice(tokens, _TOKENS)):
        escaped = _UNSAFE_IN_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", "".join(taken))
        yield _WORKFLOW_COMMAND.sub("\\\\u0023", escaped)
    yield "\n"


def _listed(value: Any) -> list[Any]:
    """A sequence whose items are only made now."""
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
        return list(value)
    raise TypeError(f"JSON has nothing for a {type(value).__name__}")


def log_text(record: Mapping[str, Any]) -> str:
    """One record of a log: JSON on one line, ASCII only, so that no reader of logs acts on it."""
    import json

    return json.dumps(record, ensure_ascii=True, sort_keys=False, separators=(", ", ": "), allow_nan=False) + "\n"


def html(text: str) -> str:
    """For the text of an element in HTML."""
    return _HTML.sub(_entity, visible(text))


def html_attribute(text: str) -> str:
    """For the value of an attribute in HTML, with the quotes around it."""
    return f'"{html(text)}"'


def csv_cell(text: str) -> str:
    """For one cell of CSV (RFC 4180), always in quotes. What a spreadsheet would calculate begins with an apostrophe."""
    return '"' + _guarded(text).replace('"', '""') + '"'


def xlsx_cell(text: str) -> str:
    """For one cell of a workbook, to be written as a string and never as a formula, a number or a link."""
    return _guarded(text)[:MOST_IN_A_CELL]


def _guarded(text: str) -> str:
    begins_one = text.startswith(_FORMULA) or text.lstrip(" \u00a0\u3000").startswith(_FORMULA)
    return f"'{visible(text)}" if begins_one else visible(text)


def ci_command(kind: str, text: str, **properties: str | int) -> str:
    """A workflow command that shows ``text`` beside a line of a file; ``kind`` is error, warning or notice."""
    said = ",".join(f"{name}={_ci_property(str(value))}" for name, value in properties.items() if value)
    return f"::{kind}{' ' * bool(said)}{said}::{_ci_message(text)}\n"


def _ci_message(text: str) -> str:
    return _WORKFLOW_COMMAND.sub("# ", visible(text)).replace("%", "%25")


def _ci_property(text: str) -> str:
    return _ci_message(text).replace(":", "%3A").replace(",", "%2C")
