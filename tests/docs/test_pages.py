"""Every example in the documentation does what it shows."""

import re
from pathlib import Path

import pytest

from docs.play import HOME, Player, blocks, steps

PAGES = sorted([HOME / "README.md", *(HOME / "docs").rglob("*.md")])
KNOWN = {"console", "yaml", "python", "text", "sh"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(HOME)))
def test_the_examples_of_a_page_do_what_they_show(page: Path, tmp_path: Path) -> None:
    wrong = [str(mismatch) for mismatch in Player(tmp_path).play(page.read_text("utf-8"))]
    assert not wrong, "\n\n".join(wrong)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(HOME)))
def test_every_example_is_of_a_kind_that_is_tested(page: Path) -> None:
    for block in blocks(page.read_text("utf-8")):
        assert block.language in KNOWN, f"{page}:{block.line}"
        assert block.language != "console" or steps(block), f"{page}:{block.line}"
        assert block.language not in ("yaml", "python") or block.argument, (
            f"{page}:{block.line} isn't written to a file"
        )


def test_links_between_pages_lead_somewhere() -> None:
    for page in [*PAGES, HOME / "ARCHITECTURE.md", HOME / "CONTRIBUTING.md"]:
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
            assert "://" in target or (page.parent / target).exists(), f"{page}: {target}"


PAGE = """\
```yaml a/b.txt
one: two
```

```console
$ cat a/b.txt
{shown}
```
"""


@pytest.mark.parametrize("shown", ["one: two", "…", "one: …", "… two", "…\none: two", "one: two\n…"])
def test_a_page_may_leave_text_out(tmp_path: Path, shown: str) -> None:
    assert not list(Player(tmp_path).play(PAGE.format(shown=shown)))


@pytest.mark.parametrize("shown", ["", "one: three", "… three", "one: two\nmore", "one:\n two"])
def test_a_page_that_shows_something_else_is_found_out(tmp_path: Path, shown: str) -> None:
    (wrong,) = Player(tmp_path).play(PAGE.format(shown=shown))
    assert (wrong.step.line, wrong.actual) == (6, "one: two")


def test_an_id_stands_for_one_real_id_only(tmp_path: Path) -> None:
    player = Player(tmp_path)
    assert player.fits("run 111111111111", "run aaaaaaaaaaaa")
    assert player.fits("run 111111111111", "run aaaaaaaaaaaa")
    assert not player.fits("run 111111111111", "run bbbbbbbbbbbb")
