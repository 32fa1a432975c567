"""Syntax: what libyaml complains about, said in plain words."""

import re

from yaml.error import MarkedYAMLError

from dani_playbook.core.problem import Problem
from dani_playbook.core.source import Source

LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""What libyaml counts as the end of a line."""

_PLAIN: tuple[tuple[str, str, str | None], ...] = (
    (
        "mapping values are not allowed",
        'a second ":" in this place can\'t be read',
        "put the text in quotes, or look at how far the line is indented",
    ),
    ("could not find expected ':'", 'a ":" is missing after the key in this or the line before', None),
    (
        "did not find expected key",
        "the line is not indented like the ones it belongs to",
        "indent it like its neighbours, and close all quotes and brackets above",
    ),
    (
        "did not find expected '-' indicator",
        "the line is not indented like the items of the list above",
        "begin it with - or indent it like its neighbours",
    ),
    ("did not find expected ',' or ']'", 'a "," or "]" is missing', None),
    ("did not find expected ',' or '}'", 'a "," or "}" is missing', None),
    ("did not find expected node content", "a value is missing here", None),
    ("found unexpected end of stream", "the file ends inside of a quoted text", "close the quotes"),
    ("found unexpected document indicator", "a document ends inside of a quoted text", "close the quotes"),
    ("found unknown escape character", "a backslash is followed by a character that it can't go with", "use ' quotes"),
    ("found undefined tag handle", "the tag is not known here", "playbooks need no tags; take it out"),
    ("block sequence entries are not allowed", "a list can't begin here", "begin it in a line of its own"),
    ("did not find expected <document start>", "a second document begins here", "one playbook is one file"),
    ("found incompatible YAML document", "the file asks for another version of YAML", "take the %YAML line out"),
)


def explain(error: MarkedYAMLError, text: str, file: str) -> Problem:
    """One problem for libyaml's error, at the place where it was noticed."""
    mark = error.problem_mark or error.context_mark
    source = Source(file, mark.line + 1, mark.column + 1, 1) if mark else Source(file, 1)
    said = error.problem or ""
    if said.startswith("found character that cannot start"):
        return _character(source, _character_at(text, source))
    for start, message, hint in _PLAIN:
        if said.startswith(start):
            return Problem(code="yaml-syntax", message=message, source=source, hint=hint)
    return Problem(code="yaml-syntax", message=f"this is not YAML: {said}", source=source)


def _character(source: Source, character: str) -> Problem:
    if character == "\t":
        return Problem(code="tab", message="a tab is used to indent", source=source, hint="indent with spaces")
    shown = f'"{character}"' if character.isprintable() and character else "this character"
    return Problem(
        code="yaml-syntax", message=f"no text can begin with {shown}", source=source, hint="put the text in quotes"
    )


def _character_at(text: str, source: Source) -> str:
    lines = LINE_BREAK.split(text)
    line = lines[source.line - 1] if source.line <= len(lines) else ""
    return line[source.column - 1 : source.column]
