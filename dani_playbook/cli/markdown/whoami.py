"""Who acts, as Markdown."""

from collections.abc import Mapping
from typing import Any

from dani_playbook.cli.markdown.sheet import Code, Sheet
from dani_playbook.cli.text.whoami import reach_text


def write(sheet: Sheet, document: Mapping[str, Any]) -> None:
    """The name, the roles, and what they may do."""
    roles = ", ".join(document["roles"]) or "no role"
    sheet.paragraph(Code(document["name"]), f", {document['way']}, {roles}")
    sheet.bullets([[Code(line["action"]), f" {reach_text(line)}".rstrip()] for line in document["may"]])
