"""Circles of managers: found whatever leads to them, each once."""

from hypothesis import example, given
from hypothesis import strategies as st

from dani_playbook.core.column import Column, numbered
from dani_playbook.modules.user.chains import cycles

CHAIN = {f"k{number:03}": f"k{number + 1:03}" for number in range(60)}


def in_a_circle(above: dict[str, str | None], start: str) -> tuple[str, ...]:
    path = [start]
    while (following := above.get(path[-1])) is not None and following not in path:
        path.append(following)
    return tuple(path) if above.get(path[-1]) == start else ()


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from([None, *"abcdefghij"])))
@example(CHAIN)
@example(CHAIN | {"k060": "k040"})
def test_every_circle_is_found_once_from_its_smallest_key(above: dict[str, str | None]) -> None:
    wanted = {path for key in above if (path := in_a_circle(above, key)) and min(path) == key}
    assert list(cycles(Column(numbered(above), list(above.values())))) == sorted(wanted)
