"""A saved plan as bytes: a line of canonical JSON, and a line that seals it with the project's key.

The seal is HMAC-SHA-256 over the first line framed by its type and length. It is looked at before anything is parsed.
Values from the class personal upwards are encrypted in it (AES-256-GCM), so the file may lie in a CI artefact.
"""

import hmac
import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Any

from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.derive import derived
from dani_playbook.core.errors import Denied, PlaybookError
from dani_playbook.core.values import canonical_text

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FORMAT = "dani.saved-plan/1"
MOST_BYTES = 1024 * 1024 * 1024
_NONCE = 12


@dataclass(frozen=True, slots=True)
class Seal:
    """Seals and opens saved plans. ``key`` is the project's."""

    key: bytes = field(repr=False)

    @property
    def _sealing_key(self) -> bytes:
        return derived(self.key, b"dani plan seal")

    @property
    def _cipher(self) -> "AESGCM":
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        return AESGCM(derived(self.key, b"dani plan values"))

    @property
    def name(self) -> str:
        """Tells keys apart without telling them."""
        return hmac.digest(self._sealing_key, b"name", "sha256").hex()[:16]

    def hide(self, value: Any, place: str, random: Callable[[int], bytes]) -> str:
        """``value`` as JSON, encrypted and bound to ``place``."""
        nonce = random(_NONCE)
        text = canonical_text(value).encode()
        return b64encode(nonce + self._cipher.encrypt(nonce, text, place.encode())).decode()

    def reveal(self, hidden: str, place: str) -> Any:
        """The inverse. Raises ``ValueError`` for anything else than what ``hide`` gave."""
        from cryptography.exceptions import InvalidTag

        data = b64decode(hidden, validate=True)
        try:
            opened = self._cipher.decrypt(data[:_NONCE], data[_NONCE:], place.encode())
        except InvalidTag:
            raise ValueError("values of the plan can't be decrypted") from None
        return json.loads(opened)

    def close(self, line: Sequence[bytes]) -> Sequence[bytes]:
        """The whole file in pieces; ``line`` are those of its payload as canonical JSON."""
        return [*line, b"\n", self._sealing_line(line), b"\n"]

    def _sealing_line(self, line: Sequence[bytes]) -> bytes:
        mac = hmac.new(self._sealing_key, b"%b %d " % (FORMAT.encode(), sum(map(len, line))), "sha256")
        for piece in line:
            mac.update(piece)
        return canonical_text({"key": self.name, "seal": mac.hexdigest()}).encode()

    def open(self, data: bytes, name: str) -> Any:
        """The payload of a genuine file. Raises ``PlaybookError`` for any changed byte, ``Denied`` for another key."""
        line, sealing = _lines(data, name)
        if not hmac.compare_digest(sealing, self._sealing_line([line])):
            if (made_with := _key_name(sealing)) and made_with != self.name:
                raise Denied(
                    f"{name} was sealed with another project key",
                    hint="use the key of the project that made it: .dani/key or DANI_KEY",
                )
            raise PlaybookError(
                f"{name} isn't as it was saved: its seal doesn't fit",
                hint="don't apply it; make the plan again: dani plan --out FILE",
            )
        return parsed(line, name)


def looks_saved(head: bytes) -> bool:
    """Whether a file that begins like this is a saved plan. Canonical JSON has its keys in order."""
    return head.startswith(b'{"dani":"')


def unsealed(data: bytes, name: str) -> Any:
    """The payload without a look at the seal, for showing it where the key isn't. Raises ``PlaybookError``."""
    return parsed(_lines(data, name)[0], name)


def _no_number(text: str) -> None:
    """No value of ours is a fraction, or no number at all."""
    raise ValueError(text)


def parsed(line: bytes, name: str) -> Any:
    """Raises ``PlaybookError`` for what is no saved plan."""
    try:
        payload = json.loads(line, parse_float=_no_number, parse_constant=_no_number)
        if payload["format"] == FORMAT:
            return payload
    except (ValueError, TypeError, KeyError, RecursionError):
        pass
    raise _no_plan(name)


def _lines(data: bytes, name: str) -> tuple[bytes, bytes]:
    lines = data.split(b"\n")
    if len(data) > MOST_BYTES or len(lines) != 3 or lines[2]:
        raise _no_plan(name)
    return lines[0], lines[1]


def _key_name(sealing: bytes) -> str:
    try:
        return str(json.loads(sealing)["key"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return ""


def _no_plan(name: str) -> PlaybookError:
    return PlaybookError(f"{name} is no saved plan", hint="save one with: dani plan --out FILE")
