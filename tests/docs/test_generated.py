"""What the docs take from the program is what the program says now."""

import re

import pytest

from docs.generate import DOCS, pages

PAGES = pages()


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_generated_file_is_up_to_date(name: str) -> None:
    assert (DOCS / name).read_text("utf-8") == PAGES[name], "make docs writes it anew"


def test_the_picture_shows_a_real_plan_and_loads_nothing() -> None:
    picture = PAGES["images/plan.svg"]
    shown = re.sub("<[^>]+>|&#160;|\\s", " ", picture)
    assert "hire" in shown
    assert "transfer" in shown
    assert "leaver" in shown
    assert re.findall(r"https?://[^\"]+", picture) == ["http://www.w3.org/2000/svg"]
    assert "@import" not in picture
    assert "url(http" not in picture
