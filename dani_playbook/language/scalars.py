"""Scalars: what a plain YAML 1.2 scalar means to a playbook."""

import re

Scalar = str | int | bool | None

UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""What no value may hold: controls, what turns the direction of writing around, and halves of characters."""

NAMED: dict[str, Scalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
NUMBER_STARTS = frozenset("+-0123456789")
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})\Z")
_OTHER_BASE = re.compile(r"0o[0-7]{1,20}\Z|0x[0-9a-fA-F]{1,15}\Z")


def resolve(text: str) -> Scalar:
    """Null, a truth value, a whole number of at most 18 digits, or the text as it is.

    There are no floats and no dates: ``1.5``, ``0123``, ``1:30`` and ``2026-12-01`` are text.
    """
    if text in NAMED:
        return NAMED[text]
    if text[0] not in NUMBER_STARTS:
        return text
    if _DECIMAL.match(text):
        return int(text)
    return int(text, 0) if _OTHER_BASE.match(text) else text


TAGS: dict[str, tuple[type, ...]] = {
    "tag:yaml.org,2002:null": (type(None),),
    "tag:yaml.org,2002:bool": (bool,),
    "tag:yaml.org,2002:int": (int,),
}
"""Tags that may be written, with what the scalar behind them must be; ``!`` and ``!!str`` say text."""

TEXT_TAGS = frozenset(("!", "tag:yaml.org,2002:str"))
MAP_TAGS = frozenset(("!", "tag:yaml.org,2002:map"))
LIST_TAGS = frozenset(("!", "tag:yaml.org,2002:seq"))
