"""Images and inventory items as text, and back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dani_playbook.core.address import Address
from dani_playbook.core.memory import InventoryItem
from dani_playbook.core.values import Fields, Secret, canonical_text, from_plain
from dani_playbook.state.sealing import Sealer

Classes = Mapping[str, frozenset[str]]
"""Kind to names of fields."""


@dataclass(frozen=True, slots=True)
class Images:
    """Writes and reads images. ``masked`` fields are sealed; of them, ``secret`` ones are read as ``Secret``."""

    sealer: Sealer
    masked: Classes
    secret: Classes

    def has_masked(self, kind: str, image: Fields | None) -> bool:
        """Whether something in ``image`` has to be sealed."""
        return image is not None and any(image.get(name) is not None for name in self._sealed(kind, image))

    def _sealed(self, kind: str, image: Fields) -> list[str]:
        masked = self.masked.get(kind, frozenset())
        return [name for name, value in image.items() if name in masked or isinstance(value, Secret)]

    def write(self, kind: str, image: Fields | None, key: bytes | None, place: str) -> str:
        """``{"clear": …, "sealed": …}``, empty for no image."""
        if image is None:
            return ""
        hidden = {name: _bare(image[name]) for name in self._sealed(kind, image)}
        clear = {name: value for name, value in image.items() if name not in hidden}
        sealed = self.sealer.seal(key, canonical_text(hidden), place) if key else ""
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
        secret = self.secret.get(kind, frozenset())
        return {name: _value(value, name in secret) for name, value in fields.items()}


def _bare(value: Any) -> Any:
    return value.reveal() if isinstance(value, Secret) else value


def _value(value: Any, secret: bool) -> Any:
    canonical = from_plain(value)
    return Secret(canonical) if secret and canonical is not None else canonical


def item_text(item: InventoryItem | None) -> str:
    """An inventory item as text, empty for none."""
    if item is None:
        return ""
    return canonical_text(
        {
            "address": str(item.address),
            "live_id": item.live_id,
            "applied": item.applied,
            "path": item.path,
            "protect": item.protect,
        }
    )


def item_of(text: str) -> InventoryItem | None:
    """The inverse of ``item_text``."""
    return InventoryItem(**{**(parts := json.loads(text)), "address": address_of(parts["address"])}) if text else None


def address_of(text: str) -> Address:
    """``user.jdoe`` -> Address, also for keys that only a live system would suggest."""
    kind, _, key = text.partition(".")
    return Address(kind, key)
