"""What an entry says of its object as text, and back. What is told of a person is sealed as a whole."""

import json
import zlib
from collections.abc import Mapping
from typing import Any

from dani_playbook.core.address import Address
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.memory import Entry, InventoryItem
from dani_playbook.core.values import Fields, Secret, canonical_text, from_plain
from dani_playbook.state.sealing import Sealer

_QUICKLY, _WINDOW_BITS, _LITTLE_MEMORY = 1, 12, 5
Classes = Mapping[str, frozenset[str]]
"""Kind to names of fields."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What an entry tells of its object beyond what stays readable for good."""

    title: str = ""
    before: Fields | None = None
    after: Fields | None = None
    inventory_before: InventoryItem | None = None
    inventory_after: InventoryItem | None = None


@dataclass(frozen=True, slots=True)
class Images:
    """Writes and reads images.

    Of kinds in ``people`` everything is sealed. Of others ``masked`` fields are; of both, ``secret`` ones are read as
    ``Secret``.
    """

    sealer: Sealer
    masked: Classes
    secret: Classes
    people: frozenset[str] = frozenset()

    def needs_key(self, entry: Entry) -> bool:
        """Whether something in ``entry`` has to be sealed."""
        kind = entry.address.kind
        return kind in self.people or self._has_masked(kind, entry.before) or self._has_masked(kind, entry.after)

    def _has_masked(self, kind: str, image: Fields | None) -> bool:
        return image is not None and any(image.get(name) is not None for name in self._sealed(kind, image))

    def seal(self, entry: Entry, key: bytes, place: str) -> str:
        """All that is told of a person, in one piece: half of it can't be had."""
        told = {
            "title": entry.title,
            "before": _bare_image(entry.before),
            "after": _bare_image(entry.after),
            "inventory_before": _item_parts(entry.inventory_before),
            "inventory_after": _item_parts(entry.inventory_after),
        }
        return self.sealer.seal(key, _compressed(canonical_text(told).encode()), place)

    def unseal(self, kind: str, sealed: str, key: bytes, place: str) -> Told:
        """The inverse of ``seal``."""
        told = json.loads(zlib.decompress(self.sealer.open(key, sealed, place)))
        return Told(
            title=told["title"],
            before=self._image(kind, told["before"]),
            after=self._image(kind, told["after"]),
            inventory_before=_item(told["inventory_before"]),
            inventory_after=_item(told["inventory_after"]),
        )

    def _image(self, kind: str, fields: Mapping[str, Any] | None) -> Fields | None:
        secret = self.secret.get(kind, frozenset())
        return None if fields is None else {name: _value(value, name in secret) for name, value in fields.items()}

    def _sealed(self, kind: str, image: Fields) -> list[str]:
        masked = self.masked.get(kind, frozenset())
        return [name for name, value in image.items() if name in masked or isinstance(value, Secret)]

    def write(self, kind: str, image: Fields | None, key: bytes | None, place: str) -> str:
        """``{"clear": …, "sealed": …}``, empty for no image."""
        if image is None:
            return ""
        hidden = {name: _bare(image[name]) for name in self._sealed(kind, image)}
        clear = {name: value for name, value in image.items() if name not in hidden}
        sealed = self.sealer.seal(key, canonical_text(hidden).encode(), place) if key else ""
        names = sorted(hidden) if key is None else []
        return canonical_text({"clear": clear, "empty": names, "sealed": sealed})

    def read(self, kind: str, text: str, key: bytes | None, place: str) -> Fields | None:
        """The image again; what was sealed is left out where its key was destroyed."""
        if not text:
            return None
        parts = json.loads(text)
        fields: dict[str, Any] = {**parts["clear"], **dict.fromkeys(parts["empty"])}
        if parts["sealed"] and key:
            fields |= json.loads(self.sealer.open(key, parts["sealed"], place))
        return self._image(kind, fields)


def _compressed(data: bytes) -> bytes:
    """What ``zlib.compress`` gives, for data of a few kilobytes: a large window takes longer to set up than to use."""
    packer = zlib.compressobj(_QUICKLY, zlib.DEFLATED, _WINDOW_BITS, _LITTLE_MEMORY)
    return packer.compress(data) + packer.flush()


def _bare_image(image: Fields | None) -> Fields | None:
    return None if image is None else {name: _bare(value) for name, value in image.items()}


def _bare(value: Any) -> Any:
    return value.reveal() if isinstance(value, Secret) else value


def _value(value: Any, secret: bool) -> Any:
    if value is None or (isinstance(value, str) and not secret):
        return value
    canonical = from_plain(value)
    return Secret(canonical) if secret and canonical is not None else canonical


def item_text(item: InventoryItem | None) -> str:
    """An inventory item as text, empty for none."""
    return "" if item is None else canonical_text(_item_parts(item))


def item_of(text: str) -> InventoryItem | None:
    """The inverse of ``item_text``."""
    return _item(json.loads(text)) if text else None


def _item_parts(item: InventoryItem | None) -> dict[str, Any] | None:
    if item is None:
        return None
    return {
        "address": str(item.address),
        "live_id": item.live_id,
        "applied": item.applied,
        "path": item.path,
        "protect": item.protect,
    }


def _item(parts: Mapping[str, Any] | None) -> InventoryItem | None:
    return InventoryItem(**{**parts, "address": address_of(parts["address"])}) if parts else None


def address_of(text: str) -> Address:
    """``user.jdoe`` -> Address, also for keys that only a live system would suggest."""
    kind, _, key = text.partition(".")
    return Address(kind, key)
