"""Problems and errors as Markdown."""

from collections.abc import Mapping, Sequence
from typing import Any

from dani_playbook.cli import sinks, words
from dani_playbook.cli.markdown.sheet import Bold, Sheet
from dani_playbook.cli.summary import was_and_is


def write(sheet: Sheet, document: Mapping[str, Any]) -> None:
    """The error, then each problem with its lines."""
    error = document["error"]
    sheet.paragraph(Bold("Error:"), f" {error['message']}")
    if error.get("hint"):
        sheet.paragraph(error["hint"])
    write_problems(sheet, [*document["problems"], *(document.get("warnings") or [])])
    if moved := document.get("moved"):
        sheet.bullets([[Bold(f"{item['address']}.{item['name']}"), f" {was_and_is(item)}"] for item in moved])


def write_problems(sheet: Sheet, problems: Sequence[Mapping[str, Any]]) -> None:
    """Each problem with its place and the lines it is about, as many as there is room for."""
    for index, problem in enumerate(problems):
        if not sheet.code(_lines(problem)):
            sheet.paragraph(f"… and {words.counted(len(problems) - index, 'more problem')}.")
            return


def _lines(problem: Mapping[str, Any]) -> list[str]:
    source = problem.get("source")
    place = f"{source['file']}:{source['line']}:{source['column']}" if source else problem.get("address") or ""
    lines = [f"{place}: {problem['code']}" if place else problem["code"]]
    for line in problem.get("frame") or []:
        lines.append(f"{line['line']:5} | {line['text']}")
        if source and line["line"] == source["line"]:
            before = len(sinks.visible(line["text"][: source["column"] - 1]))
            lines.append(f"      | {' ' * before}{'^' * max(source['length'], 1)}")
    lines.append(f"  {problem['message']}")
    lines += [f"  {problem['hint']}"] if problem.get("hint") else []
    return lines + [f"  see {place}" for place in problem.get("related") or []]
