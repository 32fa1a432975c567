"""Attacks on whoever reads a stranger's files, too big or too strange to be written down as text.

Each makes a project in a folder that exists; what is said of it is one of ``codes``, or exit code 4.
"""

import io
import os
import socket
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.language.cases import workbook

HEAD = "version: 1\n"
ROWS = 'generate: [{{collection: users, each: {{{kind}: {file}}}, key: "{{{{ row.login }}}}"}}]\n'


@dataclass(frozen=True)
class Attack:
    """``make`` writes files below the folder that it is given; ``code`` is the exit code of ``dani validate``."""

    name: str
    make: Callable[[Path], None]
    code: int = 3
    says: str = ""


def attacks() -> list[Attack]:
    """Every one of them, in order."""
    return [
        *_yaml(),
        *_settings(),
        *_templates(),
        *_texts(),
        *_csv(),
        *_json(),
        *_xlsx(),
        *_kinds_of_files(),
        *_tables_elsewhere(),
        *_names(),
    ]


def playbook(text: str | bytes) -> Callable[[Path], None]:
    """One playbook."""
    data = text.encode() if isinstance(text, str) else text

    def make(root: Path) -> None:
        (root / "playbooks").mkdir()
        (root / "playbooks/a.yaml").write_bytes(data)

    return make


def table(kind: str, data: bytes | Callable[[], bytes]) -> Callable[[Path], None]:
    """A playbook that makes users of one table; what is large is made when it is needed."""

    def make(root: Path) -> None:
        playbook(HEAD + ROWS.format(kind=kind, file=f"t.{kind}"))(root)
        (root / f"t.{kind}").write_bytes(data if isinstance(data, bytes) else data())

    return make


def _laughs(levels: int, width: int) -> str:
    lines = ["vars:", "  a0: &a0 [x, x]"]
    lines += [f"  a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * width)}]" for n in range(1, levels)]
    return HEAD + "\n".join(lines) + "\n"


def _merges(levels: int) -> str:
    lines = ["vars:", "  a0: &a0 {k: v}"]
    lines += [f"  a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}]}}" for n in range(1, levels)]
    return HEAD + "\n".join(lines) + "\n"


def _yaml() -> Iterator[Attack]:
    yield Attack("thirty thousand open brackets", playbook("[" * 30_000), says="too-deep")
    yield Attack("a million open brackets", playbook("[" * 1_000_000), says="too-deep")
    yield Attack("thirty thousand open braces", playbook("{" * 30_000))
    yield Attack("ten thousand lists in lists", playbook("- " * 10_000), says="too-deep")
    yield Attack("keys that are keys", playbook("? " * 10_000), says="bad-key")
    yield Attack(
        "mappings in mappings by indent", playbook("".join(f"{' ' * n}a:\n" for n in range(900))), says="too-deep"
    )
    yield Attack("a bomb of aliases", playbook(_laughs(30, 10)))
    yield Attack("a bomb of aliases that stays under the number of them", playbook(_laughs(9, 10)))
    yield Attack("a bomb of merge keys", playbook(_merges(12)))
    yield Attack("a hundred aliases of a long list", playbook(_wide(100)))
    yield Attack(
        "a hundred and one aliases",
        playbook(HEAD + "vars: {a: &a x, b: [" + "*a, " * 101 + "]}\n"),
        says="too-many-aliases",
    )
    yield Attack("an alias inside of what it names", playbook(HEAD + "vars: {a: &a [*a]}\n"), says="endless-alias")
    yield Attack(
        "a hundred thousand anchors",
        playbook(HEAD + "vars: {a: [" + ", ".join(f"&a{n} x" for n in range(70_000)) + "]}\n"),
        0,
    )
    yield Attack(
        "a text of a million letters",
        playbook(HEAD + "users: {a: {email: a@b.example, first_name: " + "A" * 1_000_000 + "}}\n"),
    )
    yield Attack("a key of half a million letters", playbook(HEAD + "users: {'" + "a" * 500_000 + "': {}}\n"))
    yield Attack("a file of two million bytes", playbook(HEAD + "#" * 2_000_000), says="too-large")
    yield Attack(
        "a whole number of five thousand digits",
        playbook(HEAD + "departments: {a: {name: A, headcount_limit: " + "9" * 5_000 + "}}\n"),
    )
    yield Attack(
        "a number in hexadecimal without end",
        playbook(HEAD + "departments: {a: {name: A, headcount_limit: 0x" + "f" * 5_000 + "}}\n"),
    )
    yield Attack("a number without end as a key", playbook(HEAD + "9" * 5_000 + ": x\n"))
    yield Attack(
        "three hundred thousand values", playbook(HEAD + "vars: {a: [" + "1," * 300_000 + "]}\n"), says="too-large"
    )
    yield Attack(
        "twenty thousand fields that aren't known",
        playbook(HEAD + "users: {a: {" + ", ".join(f"f{n}: 1" for n in range(20_000)) + "}}\n"),
    )
    yield Attack(
        "twenty thousand times the same key",
        playbook(HEAD + "users: {a: {" + "email: x, " * 20_000 + "}}\n"),
        says="duplicate-key",
    )
    yield Attack(
        "twenty thousand users without a field",
        playbook(HEAD + "users: {" + ", ".join(f"u{n}: {{x: 1}}" for n in range(20_000)) + "}\n"),
    )
    yield Attack("a quote that is never closed", playbook(HEAD + 'name: "' + "a\n" * 300_000))
    yield Attack("ten thousand documents", playbook(HEAD + "---\n" * 10_000), says="several-documents")
    yield Attack(
        "an object of Python", playbook(HEAD + "name: !!python/object/apply:os.system [id]\n"), says="unknown-tag"
    )
    yield Attack("a module of Python", playbook(HEAD + "name: !!python/module:os ''\n"), says="unknown-tag")
    yield Attack(
        "a new meaning of tags",
        playbook("%TAG ! tag:yaml.org,2002:python/\n---\nversion: 1\nname: !name:os.system x\n"),
        says="unknown-tag",
    )
    yield Attack("bytes of base64", playbook(HEAD + "name: !!binary AAAA\n"), says="unknown-tag")
    yield Attack("zero bytes", playbook(b"\0" * 5_000))
    yield Attack("bytes that are no text", playbook(bytes(range(256)) * 20), says="bad-encoding")
    yield Attack("UTF-16", playbook((HEAD * 50).encode("utf-16")), says="bad-encoding")
    yield Attack("UTF-32", playbook((HEAD * 50).encode("utf-32")))
    yield Attack(
        "an escape in a value",
        playbook(HEAD + 'users: {a: {email: a@b.example, first_name: "A\\e[31m"}}\n'),
        says="bad-character",
    )
    yield Attack(
        "a zero byte in a value",
        playbook(HEAD + 'users: {a: {email: a@b.example, first_name: "A\\0B"}}\n'),
        says="bad-character",
    )
    yield Attack(
        "a text that runs backwards",
        playbook(HEAD + 'users: {a: {email: a@b.example, first_name: "A\\u202eB"}}\n'),
        says="bad-character",
    )
    yield Attack("a key that runs backwards", playbook(HEAD + 'vars: {"a\\u202eb": x}\n'))
    yield Attack("half a character", playbook(HEAD + 'name: "\\ud800"\n'))
    yield Attack("a quarter of a million commas", playbook("," * 250_000))
    yield Attack("a quarter of a million ampersands", playbook("&" * 250_000))
    yield Attack("a hundred thousand stars", playbook(HEAD + "name: " + "*" * 100_000))
    yield Attack("nothing but spaces", playbook(" " * 1_000_000))
    yield Attack("nothing but tabs", playbook("\t" * 1_000_000))


def _wide(aliases: int) -> str:
    wide = ", ".join("x" for _ in range(20_000))
    return f"{HEAD}vars: {{a: &a [{wide}], b: [{', '.join(['*a'] * aliases)}]}}\n"


def _settings() -> Iterator[Attack]:
    def said(text: str) -> Callable[[Path], None]:
        def make(root: Path) -> None:
            playbook(HEAD)(root)
            (root / "dani.yaml").write_text(text, "utf-8")

        return make

    yield Attack("settings of open brackets", said("[" * 30_000))
    yield Attack("settings that are a bomb", said(_laughs(30, 10)))
    yield Attack("settings with a folder outside", said("version: 1\nplaybooks: ../..\n"))
    yield Attack("settings with a folder at the root", said("version: 1\nplaybooks: /etc\n"))
    yield Attack("settings with a time zone outside", said("version: 1\ntime_zone: ../../../etc/passwd\n"))
    yield Attack("settings with a time zone without end", said("version: 1\ntime_zone: " + "a/" * 20_000 + "a!\n"))

    def pipe(root: Path) -> None:
        playbook(HEAD)(root)
        (root / "dani.yaml").unlink()
        os.mkfifo(root / "dani.yaml")

    def link(root: Path) -> None:
        playbook(HEAD)(root)
        (root / "dani.yaml").unlink()
        (root / "dani.yaml").symlink_to("/etc/passwd")

    yield Attack("settings that are a pipe", pipe, says="not-a-file")
    yield Attack("settings that are a link", link, says="link")


def _user(text: str, field: str = "office") -> Callable[[Path], None]:
    quoted = text.replace("'", "''")
    return playbook(f"{HEAD}users: {{a: {{email: a@b.example, first_name: A, {field}: '{quoted}'}}}}\n")


def _templates() -> Iterator[Attack]:
    refused: Mapping[str, str] = {
        "a product of a text": "{{ 'A' * 10**9 }}",
        "a product that is never worked out": "{% if false %}{{ 'A' * 10**9 }}{% endif %}",
        "a power": "{{ 9 ** 9 ** 9 }}",
        "a loop": "{% for a in range(10**9) %}{{ a }}{% endfor %}",
        "a call": "{{ range(10**9) }}",
        "a class": "{{ ''.__class__.__mro__ }}",
        "a class by index": "{{ ''['__class__'] }}",
        "a method": "{{ 'a'.ljust(1000000000) }}",
        "a format": "{{ '%1000000000d' | format(1) }}",
        "an attribute by filter": "{{ '' | attr('__class__') }}",
        "an include": "{% include '/etc/passwd' %}",
        "an import": "{% import 'os' as os %}",
        "a macro": "{% macro a() %}{{ a() }}{% endmacro %}",
        "a global of Jinja2": "{{ lipsum() }}",
        "the environment": "{{ environ.HOME }}",
        "a lookup": "{{ lookup('file', '/etc/passwd') }}",
        "two thousand brackets": "{{ " + "(" * 1_900 + "1" + ")" * 1_900 + " }}",
        "two thousand lists": "{{ " + "[" * 1_900 + "]" * 1_900 + " }}",
        "a thousand minuses": "{{ " + "-" * 3_900 + "1 }}",
        "a thousand nots": "{{ " + "not " * 900 + "1 }}",
        "a template of ten thousand letters": "{{ a }}" + "b" * 10_000,
        "a hundred thousand open braces": "{{" * 50_000,
        "a whole number of four thousand digits": "{{ " + "9" * 3_990 + " }}",
        "a chain of dots": "{{ a" + ".a" * 1_900 + " }}",
    }
    for name, text in refused.items():
        yield Attack(f"a template with {name}", _user(text))
    chain = f"{HEAD}vars:\n  v0: {'A' * 1_000}\n"
    chain += "".join(f'  v{n}: "{{{{ v{n - 1} }}}}{{{{ v{n - 1} }}}}"\n' for n in range(1, 40))
    yield Attack("variables that double forty times", playbook(chain))
    grow = "{{ a" + " | replace('a', 'aaaaaaaaaa')" * 20 + " }}"
    yield Attack(
        "a text that grows tenfold twenty times",
        playbook(f'{HEAD}vars: {{a: aaa}}\nusers: {{u: {{email: a@b.example, first_name: A, office: "{grow}"}}}}\n'),
    )
    many = ", ".join(f'u{n}: {{office: "{{{{ a }}}}{{{{ a }}}}"}}' for n in range(3_000))
    yield Attack("three thousand long texts", playbook(f"{HEAD}vars: {{a: {'x' * 4_900}}}\nusers: {{{many}}}\n"))


def _texts() -> Iterator[Attack]:
    long: Mapping[str, str] = {
        "phone": "+" + "1 " * 25_000 + "!",
        "time_zone": "a/" * 25_000 + "!",
        "locale": "aa-" * 16_000,
        "office": "a" * 50_000,
        "start_date": "2" * 50_000,
        "manager": "a" * 50_000 + "!",
        "country": "A" * 50_000,
        "mobile": "(" * 50_000,
    }
    for field, text in long.items():
        yield Attack(f"fifty thousand characters as {field}", _user(text, field))
    for name, text in {
        "at signs": "a@" * 25_000,
        "dots": "a@" + "a." * 25_000 + "!",
        "letters": "a" * 50_000 + "@",
    }.items():
        yield Attack(
            f"an email of fifty thousand {name}", playbook(f"{HEAD}users: {{a: {{first_name: A, email: '{text}'}}}}\n")
        )
    yield Attack(
        "a hundred thousand names that are nearly known",
        playbook(HEAD + "users: {a: {" + ", ".join(f"emai{n}: 1" for n in range(15_000)) + "}}\n"),
    )


def _csv() -> Iterator[Attack]:
    yield Attack("a table of half a million rows", table("csv", b"login\n" + b"a\n" * 500_000), says="too-large")
    yield Attack("a row of half a million cells", table("csv", b"login\n" + b"a," * 400_000), says="too-large")
    yield Attack("a header of half a million columns", table("csv", b"a," * 400_000 + b"\n"), says="too-large")
    yield Attack(
        "a quote that is never closed in a table", table("csv", b'login\n"' + b"a\n" * 400_000), says="bad-row"
    )
    yield Attack("half a million quotes in a header", table("csv", b'"' * 500_001 + b"\n"))
    yield Attack("half a million quotes and letters in a header", table("csv", b'"a' * 250_000 + b"\n"))
    yield Attack("quotes in a row", table("csv", b"login,b\n" + b'"a"",' * 100_000))
    yield Attack("zero bytes in a table", table("csv", b"login\n\0\n"), says="bad-character")
    yield Attack("a table that is no text", table("csv", bytes(range(128, 256)) * 100), says="bad-encoding")
    yield Attack("a table of UTF-16 cut in half", table("csv", "login\na".encode("utf-16")[:-1]), says="bad-encoding")
    yield Attack("a table of a million empty lines", table("csv", b"\n" * 1_000_000), says="bad-header")
    yield Attack("a table of a million line breaks of old Macs", table("csv", b"login\r" + b"\r" * 1_000_000))
    yield Attack("an escape in a cell", table("csv", b"login\na\x1b[31m\n"), says="bad-character")
    yield Attack("one cell of a million letters", table("csv", b"login\n" + b"a" * 1_000_000))
    yield Attack("a table of two million bytes", table("csv", b"login\n" + b"a" * 2_000_000), says="too-large")
    yield Attack(
        "a table of fifty thousand logins",
        table("csv", b"login\n" + b"".join(b"u%d\n" % n for n in range(60_000))),
        says="too-large",
    )


def _json() -> Iterator[Attack]:
    yield Attack("thirty thousand brackets of JSON", table("json", b"[" * 30_000), says="too-deep")
    yield Attack("a million brackets of JSON", table("json", b"[" * 1_000_000), says="too-deep")
    yield Attack("objects in objects of JSON", table("json", b"[" + b'{"a":' * 30_000), says="too-deep")
    yield Attack("a number of JSON with five thousand digits", table("json", b'[{"login": ' + b"9" * 5_000 + b"}]"))
    yield Attack("a number of JSON beyond all", table("json", b'[{"login": 1e999999999}]'), 0)
    yield Attack("no number of JSON", table("json", b'[{"login": NaN}]'))
    yield Attack("half a character of JSON", table("json", b'[{"login": "\\ud800"}]'), says="bad-character")
    yield Attack("a zero byte of JSON", table("json", b'[{"login": "a\\u0000b"}]'), says="bad-character")
    yield Attack("half a character as a key of JSON", table("json", b'[{"\\ud800": "a"}]'), says="bad-character")
    yield Attack("the same key twice in JSON", table("json", b'[{"login": "a", "login": "b"}]'), says="duplicate-key")
    yield Attack("half a million rows of JSON", table("json", b"[" + b"1," * 400_000 + b"1]"), says="too-large")
    yield Attack("nothing but spaces of JSON", table("json", b"[" + b" " * 1_000_000))
    yield Attack(
        "an object with a hundred thousand keys",
        table("json", b"[{" + b",".join(b'"k%d":1' % n for n in range(80_000)) + b"}]"),
    )


def _repacked(change: Callable[[str, bytes], bytes], more: Mapping[str, bytes] | None = None, level: int = 9) -> bytes:
    """A good workbook with its members changed, and others added."""
    package = zipfile.ZipFile(io.BytesIO(workbook({"sheets": {"People": [["login"], ["anna"]]}})))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as target:
        for name in package.namelist():
            target.writestr(name, change(name, package.read(name)))
        for name, data in (more or {}).items():
            target.writestr(name, data)
    return stream.getvalue()


def _same(name: str, data: bytes) -> bytes:
    return data


def _in_sheet(old: bytes, new: bytes) -> bytes:
    return _repacked(lambda name, data: data.replace(old, new, 1) if name.endswith("sheet1.xml") else data)


def _rows(count: int) -> bytes:
    rows = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(2, count))
    return _in_sheet(b"</sheetData>", rows + b"</sheetData>")


def _xlsx() -> Iterator[Attack]:
    yield Attack(
        "one cell at the end of the sheet",
        table("xlsx", lambda: workbook({"sheets": {"People": [["login"]]}, "far": "XFD1048576"})),
        says="too-large",
    )
    yield Attack("a sheet of two hundred thousand rows", table("xlsx", lambda: _rows(200_000)), says="too-large")
    yield Attack("a million rows", table("xlsx", lambda: _rows(1_000_000)))
    yield Attack("a row number without end", table("xlsx", lambda: _in_sheet(b'r="A2"', b'r="A' + b"9" * 500 + b'"')))
    yield Attack("a row that says nothing of where it is", table("xlsx", lambda: _in_sheet(b'r="A2"', b"")), 0)
    yield Attack(
        "cells far out without quotes of one kind",
        table("xlsx", lambda: _in_sheet(b'r="A2"', b"r = 'XFD1048576'")),
        says="too-large",
    )
    yield Attack(
        "a far row without a cell",
        table("xlsx", lambda: _in_sheet(b'<row r="2"', b'<row r="1048576"')),
        says="too-large",
    )
    yield Attack(
        "a bomb of zeros",
        table("xlsx", lambda: _repacked(_same, {"xl/media/a.bin": b"\0" * 60_000_000})),
        says="too-large",
    )
    yield Attack(
        "a bomb within the size",
        table("xlsx", lambda: _repacked(_same, {"xl/media/a.bin": b"\0" * 30_000_000})),
        says="too-large",
    )
    yield Attack(
        "a bomb of shared texts",
        table("xlsx", lambda: _repacked(_same, {"xl/x.xml": b"<a/>" * 10_000_000})),
        says="too-large",
    )
    yield Attack(
        "ten thousand members",
        table("xlsx", lambda: _repacked(_same, {f"a/{n}": b"" for n in range(3_000)})),
        says="too-large",
    )
    yield Attack(
        "a member with a way out",
        table("xlsx", lambda: _repacked(_same, {"../../evil.xml": b"x"})),
        says="bad-workbook",
    )
    yield Attack(
        "a member at the root", table("xlsx", lambda: _repacked(_same, {"/etc/evil": b"x"})), says="bad-workbook"
    )
    yield Attack("macros", table("xlsx", lambda: _repacked(_same, {"xl/vbaProject.bin": b"x"})), says="bad-workbook")
    yield Attack(
        "links to other workbooks",
        table("xlsx", lambda: _repacked(_same, {"xl/externalLinks/externalLink1.xml": b"<x/>"})),
        says="bad-workbook",
    )
    laughs = b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    yield Attack(
        "entities of XML",
        table(
            "xlsx",
            lambda: _repacked(
                lambda n, d: d.replace(b"?>", b"?>" + laughs, 1) if n.endswith("sharedStrings.xml") else d
            ),
        ),
        says="bad-workbook",
    )
    outside = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    yield Attack(
        "an entity of XML outside",
        table(
            "xlsx",
            lambda: _repacked(lambda n, d: d.replace(b"?>", b"?>" + outside, 1) if n.endswith("sheet1.xml") else d),
        ),
        says="bad-workbook",
    )
    utf16 = ('<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY a "b">]><a/>').encode("utf-16")
    yield Attack(
        "entities of XML in UTF-16",
        table("xlsx", lambda: _repacked(lambda n, d: utf16 if n.endswith("sharedStrings.xml") else d)),
        says="bad-workbook",
    )
    yield Attack(
        "a formula", table("xlsx", lambda: workbook({"sheets": {"People": [["login"], ["=1+1"]]}})), says="bad-cell"
    )
    yield Attack(
        "a formula with a link",
        table("xlsx", lambda: workbook({"sheets": {"People": [["login"], ['=HYPERLINK("http://x")']]}})),
        says="bad-cell",
    )
    error = b'<c r="A2" t="e"><v>#REF!</v></c>'
    yield Attack(
        "an error in a cell",
        table(
            "xlsx",
            lambda: _repacked(
                lambda n, d: (
                    d.replace(b'<row r="2"', b'<row r="2" x="1"').replace(
                        d[d.index(b'<c r="A2"') : d.index(b"</c>", d.index(b'<c r="A2"')) + 4], error
                    )
                    if n.endswith("sheet1.xml")
                    else d
                )
            ),
        ),
        says="bad-cell",
    )
    good = workbook({"sheets": {"People": [["login"], ["anna"]]}})
    yield Attack("half of a workbook", table("xlsx", good[: len(good) // 2]), says="bad-workbook")
    yield Attack(
        "a workbook with a wrong sum", table("xlsx", good.replace(b"PK\x03\x04", b"PK\x03\x05", 1)), says="bad-workbook"
    )
    yield Attack("an encrypted workbook", table("xlsx", _encrypted(good)), says="bad-workbook")
    yield Attack(
        "a workbook of the old kind",
        table("xlsx", bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 5_000),
        says="bad-workbook",
    )
    yield Attack("no workbook at all", table("xlsx", b"login\nanna\n"), says="bad-workbook")


def _encrypted(data: bytes) -> bytes:
    """The same with the flag of encryption at every member."""
    changed, at = bytearray(data), 0
    while (at := data.find(b"PK\x01\x02", at)) >= 0:
        changed[at + 8] |= 1
        at += 4
    return bytes(changed)


def _tree(change: Callable[[Path], object]) -> Callable[[Path], None]:
    def make(root: Path) -> None:
        playbook(HEAD)(root)
        change(root)

    return make


def _reads(name: str) -> Callable[[Path], None]:
    return playbook(HEAD + ROWS.format(kind="csv", file=f'"{name}"'))


def _clash(root: Path) -> None:
    for name in ("b.yaml", "B.yaml"):
        (root / "playbooks" / name).write_text(HEAD)


def _deep(root: Path) -> None:
    folder = root / "playbooks" / "/".join("abcdefghij")
    folder.mkdir(parents=True)
    (folder / "z.yaml").write_text(HEAD)


def _loop(root: Path) -> None:
    (root / "playbooks/b").symlink_to(root / "playbooks")


def _unix(root: Path) -> None:
    here = Path.cwd()
    os.chdir(root / "playbooks")
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind("b.yaml")
    finally:
        os.chdir(here)


def _strange(name: bytes) -> Callable[[Path], None]:
    return _tree(lambda root: Path(os.fsdecode(os.fsencode(root / "playbooks") + b"/" + name)).write_text(HEAD))


def _crowd(root: Path) -> None:
    for number in range(2_100):
        (root / f"playbooks/f{number}.yaml").write_text(HEAD)


def _kinds_of_files() -> Iterator[Attack]:
    yield Attack(
        "a link to a file outside", _tree(lambda r: (r / "playbooks/b.yaml").symlink_to("/etc/passwd")), says="link"
    )
    yield Attack("a link to a file inside", _tree(lambda r: (r / "playbooks/b.yaml").symlink_to("a.yaml")), says="link")
    yield Attack("a link to a folder", _tree(lambda r: (r / "playbooks/b").symlink_to("/etc")), says="link")
    yield Attack("a link to nowhere", _tree(lambda r: (r / "playbooks/b.yaml").symlink_to("nowhere")), says="link")
    yield Attack("a link to itself", _tree(_loop), says="link")
    yield Attack(
        "a link that is no playbook", _tree(lambda r: (r / "playbooks/b.txt").symlink_to("/etc/passwd")), says="link"
    )
    yield Attack("a link to a device", _tree(lambda r: (r / "playbooks/b.yaml").symlink_to("/dev/zero")), says="link")
    yield Attack("a pipe", _tree(lambda r: os.mkfifo(r / "playbooks/b.yaml")), says="not-a-file")
    yield Attack("a pipe that is no playbook", _tree(lambda r: os.mkfifo(r / "playbooks/b")), says="not-a-file")
    yield Attack("a socket", _tree(_unix), says="not-a-file")
    yield Attack("a folder of playbooks that is a link", lambda r: (r / "playbooks").symlink_to("/etc"), says="link")
    yield Attack("a folder of playbooks that is a pipe", lambda r: os.mkfifo(r / "playbooks"), says="not-a-file")


def _tables_elsewhere() -> Iterator[Attack]:
    yield Attack("a table at the root", _reads("/etc/passwd"), says="outside-project")
    yield Attack("a table that is a device", _reads("/dev/zero"), says="outside-project")
    yield Attack("a table that is the environment", _reads("/proc/self/environ"), says="outside-project")
    yield Attack("a table outside", _reads("../../../../../../etc/passwd"), says="outside-project")
    yield Attack("a table outside by a way around", _reads("data/../../x.csv"), says="outside-project")
    yield Attack("a table with a name without end", _reads("a" * 5_000), says="bad-name")
    yield Attack(
        "a table that is a link",
        lambda r: (_reads("t.csv")(r), (r / "t.csv").symlink_to("/etc/passwd"))[0],
        says="link",
    )
    yield Attack(
        "a table in a folder that is a link",
        lambda r: (_reads("d/passwd")(r), (r / "d").symlink_to("/etc"))[0],
        says="link",
    )
    yield Attack("a table that is a pipe", lambda r: (_reads("t.csv")(r), os.mkfifo(r / "t.csv"))[0], says="not-a-file")


def _names() -> Iterator[Attack]:
    yield Attack("names that differ in case alone", _tree(_clash), says="name-clash")
    yield Attack("folders ten deep", _tree(_deep), says="too-deep")
    yield Attack("a name of two lines", _strange(b"b\nc.yaml"), says="bad-name")
    yield Attack("a name with an escape", _strange(b"b\x1b[31m.yaml"), says="bad-name")
    yield Attack("a name with a command of CI", _strange(b"::error::b.yaml"), says="bad-name")
    yield Attack("a name that runs backwards", _strange("b\u202elmay.yaml".encode()), says="bad-name")
    yield Attack("a name that is no text", _strange(b"b\xff\xfe.yaml"), says="bad-name")
    yield Attack("a name with a backslash", _strange(b"a\\b.yaml"), says="bad-name")
    yield Attack("two thousand and one files", _tree(_crowd), says="too-many-files")
    yield Attack(
        "twenty megabytes of files",
        _tree(
            lambda r: [(r / f"playbooks/f{n}.yaml").write_bytes(b"version: 1\n#" + b"x" * 1_000_000) for n in range(20)]
        ),
        says="too-large",
    )
