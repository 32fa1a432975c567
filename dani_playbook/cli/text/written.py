"""Files that were written, as text."""

from collections.abc import Mapping
from typing import Any

from dani_playbook.cli.text.page import GOOD, STRONG, WARN, Page, cells, padded, sign_style
from dani_playbook.cli.text.problems import write_problems
from dani_playbook.cli.written import MOST, findings_line, left_out_lines, named, told, total, touched


def write(page: Page, document: Mapping[str, Any]) -> None:
    """Each file that changed on a line of its own, with who in it; what couldn't be said; the count."""
    files = [file for file in document["files"] if file["outcome"] != "unchanged"]
    column = max((cells(file["path"]) for file in files), default=0) + 3
    for file in files:
        page.line(padded((file["path"], STRONG), column), told(file), hang=4)
        for sign, addresses in touched(file):
            more = f" and {len(addresses) - MOST:,} more" if len(addresses) > MOST else ""
            page.line((f"  {sign} ", sign_style(sign)), f"{named(addresses)}{more}", hang=4)
    write_problems(page, document["findings"], WARN)
    page.blank()
    if document["findings"]:
        page.line((findings_line(document), WARN))
    for line in left_out_lines(document):
        page.line(line, hang=2)
    page.line(("Exported: ", GOOD), total(document), hang=2)
