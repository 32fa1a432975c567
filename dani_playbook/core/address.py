"""Address: the one spelling of identity."""

import re
from typing import NamedTuple, Self

KEY_PATTERN = re.compile(r"[a-z0-9][a-z0-9._-]{0,127}\Z")


class Address(NamedTuple):
    """Kind and key of one resource, written ``user.jdoe``. Sorts by kind, then key."""

    kind: str
    key: str

    def __str__(self) -> str:
        return f"{self.kind}.{self.key}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ``ValueError`` where ``text`` is not ``<kind>.<key>``; whether the kind exists is not asked."""
        kind, dot, key = text.partition(".")
        if not dot or not kind or not KEY_PATTERN.match(key):
            raise ValueError(f"{text!r} is not an address; write it as KIND.KEY, like user.jdoe")
        return cls(kind, key)
