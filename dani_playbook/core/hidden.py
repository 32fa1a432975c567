"""Hidden: key material, passwords and environment variables as types that work as they are and don't show themselves.

They can't be copied, pickled or put into a format; ``repr`` says what they are. Whoever needs the value uses it as the
type that it is: bytes, text, a mapping.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NoReturn


class _Hidden:
    """Says a word in place of a value, and refuses to leave the process."""

    __slots__ = ()
    _word = "hidden"

    def __repr__(self) -> str:
        return f"‹{self._word}›"

    def __format__(self, specification: str) -> str:
        return repr(self)

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError(f"a {self._word} can't be copied or serialized")


class Key(_Hidden, bytes):
    """Bytes of a key."""

    _word = "key"

    def __str__(self) -> str:
        return repr(self)


class Password(_Hidden, str):
    """A password. Only ``str`` gives it as it is: drivers ask so."""

    __slots__ = ()
    _word = "password"


class Variables(_Hidden, Mapping[str, str]):
    """Environment variables: to be asked for by name."""

    __slots__ = ("_values",)
    _word = "variables"

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def __getitem__(self, name: str) -> str:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)
