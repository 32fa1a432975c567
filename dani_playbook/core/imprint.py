"""Imprint: digests of all that one comparison saw, so that the next one looks only at what isn't the same any more."""

from collections.abc import Mapping
from dataclasses import field

from dani_playbook.core.address import Address
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.snapshot import Stamps


@dataclass(frozen=True, slots=True, kw_only=True)
class Imprint:
    """What was compared. A resource whose sheet, live row and inventory are the same is as it was then.

    ``basis`` stands for everything else that decides: the code, the dictionary, the settings, the live system.
    ``days`` says which day was asked for whom, ``renames`` which keys were translated. ``open`` are the addresses of
    which there was something to say; nothing was of all others. ``quiet`` tells that no object would have changed,
    and so that the rules were asked about the world as it is.
    """

    basis: str
    days: str
    renames: str
    sheets: Mapping[str, str] = field(default_factory=dict)
    live: Mapping[str, Stamps] = field(default_factory=dict)
    inventory: Stamps = field(default_factory=dict)
    open: tuple[Address, ...] = ()
    quiet: bool = False
