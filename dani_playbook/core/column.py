"""Column: one field of many objects, and nothing else of them."""

from collections.abc import Iterable, Mapping, Sequence

from dani_playbook.core.values import Value


class Column:
    """The values of one field by key, in no order that counts. ``numbers`` says where in them a key's value is; all
    columns of the same objects share it.
    """

    __slots__ = ("_values", "numbers")

    def __init__(self, numbers: Mapping[str, int], values: Sequence[Value]) -> None:
        self.numbers = numbers
        self._values = values

    def __getitem__(self, key: str) -> Value:
        return self._values[self.numbers[key]]

    def get(self, key: str) -> Value:
        """``None`` for a key that isn't there, too."""
        number = self.numbers.get(key)
        return None if number is None else self._values[number]

    def items(self) -> Iterable[tuple[str, Value]]:
        return zip(self.numbers, self._values, strict=True)

    def values(self) -> Sequence[Value]:
        return self._values


def numbered(keys: Iterable[str]) -> dict[str, int]:
    """Where each key is."""
    return {key: number for number, key in enumerate(keys)}
