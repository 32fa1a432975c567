"""A draft as YAML, with comments that say why, and what is left open."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap

from dani_playbook.language.scalars import resolve
from dani_playbook.runner.suggest.draft import Draft, Place
from dani_playbook.runner.suggest.tables import PartOf

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_ ./-]*(?<! )\Z")
_WIDTH = 110
_HEAD = """\
# A draft, made from the models of {settings}. Nobody has proved it: read every line, settle what stands behind a #,
# name this file in dani.yaml (bindings: {name}), and then: dani binding check
version: 1

django:
  settings: {settings}
  folder: {folder}
  # what sys.argv holds while the project loads: a project that looks there must see a command that starts nothing
  arguments: [manage.py, migrate]
  "off": [mail, threads]

# how the project's own history learns who acts, if it has one:
# actor: {{call: company.audit.acting}}

kinds:
"""


def text_of(whole: Sequence[Draft], lacking: Sequence[Draft], settings: str, folder: str, name: str) -> str:
    """The whole file. ``name`` is what dani.yaml would call it."""
    lines = [line for draft in whole for line in (*_kind(draft), "")]
    for draft in lacking:
        why = (
            f"{draft.root.label} looks like a {draft.spec.name}, but nothing there looks like {', '.join(draft.lacks)}"
        )
        lines += [*_comment(why, "  "), ""]
    head = _HEAD.format(settings=settings, folder=scalar(folder), name=name)
    return head + "\n".join(lines).rstrip("\n") + "\n"


def _kind(draft: Draft) -> Iterator[str]:
    found = f"{len(draft.placed)} of {len(draft.spec.fields)} fields were found in {draft.root.label}"
    yield f"  {draft.spec.name}:"
    yield from _comment(found, "    ")
    yield f"    model: {draft.root.label}"
    yield f"    key: {draft.key[0]}" if draft.is_stored else f"    key: {{made from: [{', '.join(draft.key)}]}}"
    yield from _write(draft)
    if draft.parts:
        yield "    parts:"
        yield from (f"      {part.name}: {_part(part)}" for part in draft.parts)
    yield "    fields:"
    for name, place in draft.fields.items():
        yield f"      {name}: {_place(place)}" + (f"   # {_line(place.why)}" if place.why else "")
    yield from _rest(draft)


def _write(draft: Draft) -> Iterator[str]:
    reasons = ["its own save()"] if draft.root.saves_itself else []
    reasons += list(draft.root.handlers)
    if reasons:
        yield from _comment(f"what runs when a row is saved: {', '.join(reasons)}", "    ")
        yield "    write: save"
    else:
        yield "    write: save   # bulk is quicker; right only where nothing else must happen when a row is saved"


def _part(part: PartOf) -> str:
    said = [f"model: {part.model.label}", f"link: {part.link}" if part.link else f"path: {part.path}"]
    said += ["born: save"] if part.born_by_save else []
    return f"{{{', '.join(said)}}}" + (
        "" if part.born_by_save else "   # born: save, if the project makes the row itself"
    )


def _place(place: Place) -> str:
    if place.is_money:
        return f"{{minor: {place.columns[0]}, currency: {place.columns[1]}}}"
    if place.refers_to:
        return f"{{columns: [{', '.join(place.columns)}], refers to: [{', '.join(place.refers_to)}]}}"
    if len(place.columns) > 1:
        return f"{{columns: [{', '.join(place.columns)}]{_values(place.values)}}}"
    if place.values is None and not place.derived:
        return place.columns[0]
    derived = ", derived: true" if place.derived else ""
    return f"{{column: {place.columns[0]}{_values(place.values)}{derived}}}"


def _values(values: Mapping[str, object] | None) -> str:
    if values is None:
        return ""
    return f", values: {{{', '.join(f'{scalar(ours)}: {scalar(value)}' for ours, value in values.items())}}}"


def _rest(draft: Draft) -> Iterator[str]:
    if draft.joined:
        yield "    names:"
        yield f'      - {{column: {draft.joined}, format: "{{first_name}} {{last_name}}"}}   # or another order?'
    if draft.open:
        yield from _comment(f"no place was found for: {', '.join(draft.open)}", "    ")
    if draft.likely:
        yield from _comment("codes whose meaning the columns don't tell; say which value is which:", "    ")
        yield from (f"    # {name}: {{column: {path}, values: {{…: …}}}}" for name, path in draft.likely.items())
    if draft.demanded:
        yield from _comment("demanded by the system, and nothing fills it; the same for every new row?", "    ")
        yield f"    # constants: {{{', '.join(f'{path}: …' for path in draft.demanded)}}}"
    if draft.appears:
        yield from _comment("saves in several steps, where what appears depends on what is there by then:", "    ")
        yield "    # create: [{fields: […], set: {is_active: false}}, {}]"
        yield "    appears:   # rows that the project's own code seems to make"
        yield from (f"      - {{model: {model}, link: {link}}}" for model, link in draft.appears)
    if draft.blockers:
        yield "    removal:"
        yield "      delete: true   # false, if rows must stay for ever"
        yield from _blockers(draft)


def _blockers(draft: Draft) -> Iterator[str]:
    """Relations that the database protects. What appears by itself goes along, unless somebody says which of it keeps."""
    told = {
        (model, link): f"model: {model}, link: {link}, says: {scalar(f'a row of {model}')}"
        for model, link in draft.blockers
    }
    if kept := [text for tie, text in told.items() if tie not in draft.appears]:
        yield "      blockers:   # relations that the database protects; where: says which rows count"
        yield from (f"        - {{{text}}}" for text in kept)
    if loose := [text for tie, text in told.items() if tie in draft.appears]:
        yield from _comment(
            "of what appears, which rows keep somebody from being removed? then, under blockers:", "      "
        )
        yield from (f"      # - {{{text}, where: {{…: …}}}}" for text in loose)


def _line(text: str) -> str:
    """On one line, whatever the labels of a project hold."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _comment(text: str, indent: str) -> list[str]:
    return [f"{indent}# {line}" for line in wrap(_line(text), _WIDTH - len(indent), break_long_words=False)]


def scalar(value: object) -> str:
    """A value as YAML reads it back."""
    if isinstance(value, str):
        plain = _PLAIN.match(value) and isinstance(resolve(value), str)
        return value if plain else json.dumps(value, ensure_ascii=False)
    return json.dumps(value)
