"""Writes what the documentation takes from the program itself: reference pages, and the picture of a plan.

``python docs/generate.py`` writes the files. With ``--examples`` it also puts what really comes out into the pages'
examples, wherever that differs from what they show.
"""

import argparse
import json
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from dani_playbook.core.dictionary import Dictionary, FieldSpec, KindSpec, read_dictionary
from docs.play import HOME, Player, refreshed
from tests.bench import report

DOCS = HOME / "docs"
_MADE = "<!-- written by docs/generate.py -->\n"
_CLASS_WORDS = "`public`, `internal`, `personal` (masked), `special` and `secret` (references only)"


def pages() -> dict[str, str]:
    """Every generated file by its path below ``docs``."""
    dictionary = read_dictionary()
    return {
        "reference/commands.md": _commands(),
        "reference/exit-codes.md": _topic("Exit codes", "exit-codes"),
        "reference/environment.md": _topic("Environment variables", "environment"),
        "reference/kinds.md": _kinds(dictionary),
        "reference/dani-yaml.md": _settings(dictionary.schemas["config.schema.json"]),
        "reference/bindings.md": _bindings(dictionary.schemas["bindings.schema.json"]),
        "reference/roles.md": _roles(),
        "reference/performance.md": _performance(),
        "images/plan.svg": picture(),
    }


def _said(command: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        return Player(Path(folder)).dani(command).rstrip("\n")


def _commands() -> str:
    from dani_playbook.cli.main import SECTIONS

    overview = _said("dani --help")
    shared = overview[overview.index("Global options:") :].partition("\n\n")[0]
    parts = [_MADE + "# Commands\n", "Options that every command knows:\n", f"```text\n{shared}\n```\n"]
    for title, commands in SECTIONS.items():
        parts.append(f"## {title}\n")
        for name in commands:
            text = re.sub(r"Global options:\n(?:  .*\n|\n(?=  ))*\n?", "", _said(f"dani {name} --help"))
            parts.append(f"### dani {name}\n\n```text\n{text}\n```\n")
    return "\n".join(parts)


def _topic(title: str, name: str) -> str:
    text = _said(f"dani help {name}").partition("\n\n")[2]
    return f"{_MADE}# {title}\n\n```text\n{text}\n```\n"


def _kinds(dictionary: Dictionary) -> str:
    parts = [
        _MADE + "# Fields of all kinds\n",
        f"Each field has a class: {_CLASS_WORDS}. A field with *needed* must be there where a resource is new.\n",
    ]
    parts += [part for kind in dictionary.kinds.values() for part in _kind(kind, dictionary)]
    return "\n".join(parts)


def _kind(kind: KindSpec, dictionary: Dictionary) -> Iterator[str]:
    schema = dictionary.schemas[f"{kind.name}.schema.json"]
    policies = ", ".join(f"`{name}`" for name in dict.fromkeys([kind.removal, *kind.removals, "delete", "forget"]))
    yield f"## {kind.collection}\n"
    yield f"{schema['description']} Addresses begin with `{kind.name}.`; removal: {policies}.\n"
    yield "| field | type | class | meaning |"
    yield "| --- | --- | --- | --- |"
    for name, field in kind.fields.items():
        meaning = " ".join([schema["properties"][name].get("description", ""), *_notes(field)])
        yield f"| `{name}` | {_type(field)} | {field.sensitivity.value} | {meaning.replace('|', chr(92) + '|')} |"
    yield ""


def _type(field: FieldSpec) -> str:
    if field.references:
        return f"{field.references}s" if field.is_set else field.references
    return field.type


def _notes(field: FieldSpec) -> Iterator[str]:
    if field.choices:
        yield f"One of {', '.join(f'`{choice}`' for choice in field.choices)}."
    if field.has_default and field.default is not None:
        yield f"New ones get `{str(field.default).lower() if isinstance(field.default, bool) else field.default}`."
    if field.required:
        yield "*Needed.*"
    if field.immutable:
        yield "*Never changes.*"
    if field.identity:
        yield "*Identifies.*"
    if field.ask:
        yield "*Never put back by itself.*"


def _roles() -> str:
    from dani_playbook.core.access import FRESH, NEVER_BY_KEY, TABLE, Action

    lines = [
        _MADE + "# Roles\n",
        "What each role may do, with which kinds, up to which class of fields. What isn't here is denied. Who has several",
        "roles may what one of them may. `operator` is the machine's user where nobody is signed in and `dani.yaml` doesn't",
        "demand it; no account can have it.\n",
        "| role | may | with | up to |",
        "| --- | --- | --- | --- |",
    ]
    for role, rules in TABLE.items():
        for rule in rules:
            kinds = {("*",): "every kind", ("",): ""}.get(rule.kinds) or ", ".join(f"`{kind}`" for kind in rule.kinds)
            kinds = "" if rule.kinds == ("",) else kinds
            lines.append(f"| `{role}` | {_named(rule.actions)} | {kinds} | {rule.highest.value if kinds else ''} |")
        if not rules:
            lines.append(f"| `{role}` | nothing here | | |")
    lines += [
        "",
        "`look` is everything that shows masked documents; what `reveal` shows besides is never more than `special`.",
        "`grant` gives or takes a role that allows something here. Everybody may change their own password and sign out.\n",
        f"A key can't {_named(NEVER_BY_KEY, 'or')}.\n",
        f"A fresh sign-in (`access.fresh_minutes`) is needed to {_named(FRESH, 'or')}.",
        "",
    ]
    assert {action for rules in TABLE.values() for rule in rules for action in rule.actions} == set(Action)
    return "\n".join(lines)


def _named(actions: Iterable[str], last: str = "") -> str:
    from dani_playbook.core.access import Action

    names = [f"`{action.value}`" for action in Action if action in actions]
    return f"{', '.join(names[:-1])} {last} {names[-1]}" if last else ", ".join(names)


def _performance() -> str:
    """Of the last full run of ``make bench``."""
    return _MADE + report.page(json.loads((DOCS / "reference" / "performance.json").read_text("utf-8")))


def _settings(schema: Mapping[str, Any]) -> str:
    lines = [
        _MADE + "# dani.yaml\n",
        schema["description"] + "\n",
        "| setting | meaning | default |",
        "| --- | --- | --- |",
    ]
    for name, rule in schema["properties"].items():
        known = {**schema["$defs"].get(rule.get("$ref", "").rpartition("/")[2], {}), **rule}
        default = f"`{known['default']}`" if "default" in known else ""
        lines.append(f"| `{name}` | {known.get('description', '')} | {default} |")
    overlaid = ", ".join(f"`{name}`" for name in schema["$defs"]["environment"]["properties"])
    lines += ["", f"An environment may say otherwise: {overlaid}.", ""]
    return "\n".join(lines)


def _bindings(schema: Mapping[str, Any]) -> str:
    """One part for each thing that is a mapping, in the order of the schema."""
    lines = [
        _MADE + "# Bindings\n",
        f"{schema['description']} [How to bind a system of your own](../how-to/bind-your-own-system.md) tells it as a story.",
        "",
        *_mapping(schema, schema, "## The file"),
    ]
    for rule in schema["$defs"].values():
        if known := _mapping_of(rule):
            lines += [f"## {rule['title']}\n", f"{rule['description']}\n", *_mapping(known, schema, "")]
            lines += _example(rule)
    lines += ["## Words in these tables\n", *_words(schema), ""]
    return "\n".join(lines)


def _words(schema: Mapping[str, Any]) -> Iterator[str]:
    """What stands in the second column and isn't a mapping of its own."""
    for rule in schema["$defs"].values():
        if not _mapping_of(rule):
            examples = ", ".join(f"`{_yaml(example)}`" for example in rule.get("examples", ()))
            yield f"- *{rule['title'].lower()}*: {rule['description']}{f' {examples}' if examples else ''}"


def _mapping_of(rule: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What may stand in a mapping; a rule may also take a text."""
    found = rule.get("then", rule)
    return found if "properties" in found else None


def _mapping(rule: Mapping[str, Any], schema: Mapping[str, Any], title: str) -> Iterator[str]:
    if title:
        yield f"{title}\n"
    yield "| setting | what | meaning | default |"
    yield "| --- | --- | --- | --- |"
    for name, said in rule["properties"].items():
        titles = {name: known["title"].lower() for name, known in schema["$defs"].items()}
        known = {**schema["$defs"].get(said.get("$ref", "").rpartition("/")[2], {}), **said}
        needed = " *Needed.*" if name in rule.get("required", ()) else ""
        default = f"`{_yaml(known['default'])}`" if "default" in known else ""
        yield f"| `{name}` | {_what(said, known, titles)} | {known['description']}{needed} | {default} |"
    yield ""


def _what(said: Mapping[str, Any], known: Mapping[str, Any], titles: Mapping[str, str]) -> str:
    if reference := said.get("$ref", "").rpartition("/")[2]:
        return titles[reference]
    if "enum" in known:
        return ", ".join(f"`{item}`" for item in known["enum"])
    if known.get("type") == "array":
        return f"list of {_what(known['items'], known['items'], titles)}"
    if known.get("type") == "object":
        inner = known["additionalProperties"]
        return f"names to {_what(inner, inner, titles)}"
    words = {"string": "text", "boolean": "true or false", "integer": "number"}
    return words.get(str(known.get("type")), f"`{known.get('const')}`")


def _example(rule: Mapping[str, Any]) -> Iterator[str]:
    for example in rule.get("examples", ()):
        yield f"    {_yaml(example)}"
    if rule.get("examples"):
        yield ""


def _yaml(value: Any) -> str:
    """On one line, as people write it."""
    from dani_playbook.runner.suggest.written import scalar

    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{scalar(name)}: {_yaml(item)}' for name, item in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(_yaml(item) for item in value)}]"
    return scalar(value)


_DAY = """
users:
  jdoe:
    email: "john.doe@{{ domain }}"
    first_name: John
    last_name: Doe
    department: people
    manager: aokafor
    mobile: +49 30 1234567
    start_date: 2026-12-01
"""


def picture() -> str:
    """A real plan as an SVG: one hire, one transfer, one leaver."""
    with tempfile.TemporaryDirectory() as folder:
        player = Player(Path(folder))
        player.begin("starter")
        people = Path(folder) / "playbooks" / "people"
        (people / "new.yaml").write_text(f"version: 1\n{_DAY}", "utf-8")
        file = people / "engineering.yaml"
        text = file.read_text("utf-8")
        text = text[: text.index("    upcoming:")] + "    end_date: 2026-11-20\n"
        file.write_text(text.replace("    manager: aokafor", "    department: people\n    manager: aokafor"), "utf-8")
        groups = Path(folder) / "playbooks" / "groups.yaml"
        groups.write_text(groups.read_text("utf-8").replace(", knowak", ""), "utf-8")
        # the digest differs from project to project
        return _drawn(
            re.sub(r"(Plan\S* *\S*?)[0-9a-f]{8}", r"\g<1>7c1e9a04", player.dani("dani plan", FORCE_COLOR="1"), count=1)
        )


def _drawn(text: str) -> str:
    import io

    from rich.console import Console
    from rich.terminal_theme import MONOKAI
    from rich.text import Text

    console = Console(record=True, width=112, file=io.StringIO(), force_terminal=True)
    console.print(Text("$ dani plan\n", style="dim"))
    console.print(Text.from_ansi(text))
    return console.export_svg(title="dani plan", theme=MONOKAI, code_format=_SVG, unique_id="plan")


_SVG = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: {char_height}px; line-height: {line_height}px; }}
.{unique_id}-title {{ font-family: sans-serif; font-size: 18px; font-weight: bold; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" /></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def main() -> None:
    """Writes all that is out of date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", action="store_true", help="also refresh the output shown in examples")
    arguments = parser.parse_args()
    for name, text in pages().items():
        (DOCS / name).parent.mkdir(parents=True, exist_ok=True)
        (DOCS / name).write_text(text, "utf-8")
    if arguments.examples:
        for page in [HOME / "README.md", *sorted(DOCS.rglob("*.md"))]:
            with tempfile.TemporaryDirectory() as folder:
                page.write_text(refreshed(page.read_text("utf-8"), Path(folder)), "utf-8")


if __name__ == "__main__":
    main()
