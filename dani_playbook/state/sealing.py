"""Seals what the journal says about a person, with a key of its own for each address that can be destroyed.

What encrypts is loaded when something is sealed or opened: most plans do neither.
"""

from base64 import b64decode, b64encode
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from dani_playbook.core.address import Address
from dani_playbook.core.dataclass import dataclass
from dani_playbook.core.derive import derived
from dani_playbook.core.errors import LiveError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12
_KEY = 32


@dataclass(frozen=True, slots=True)
class Sealer:
    """Wraps subjects' keys with ``key``, the project's, and seals texts with theirs. AES-256-GCM."""

    key: bytes
    random: Callable[[int], bytes]

    def new_key(self, subject: Address) -> tuple[bytes, bytes]:
        """A key for ``subject``: as it is, and wrapped as it may be stored."""
        key = self.random(_KEY)
        nonce = self.random(_NONCE)
        return key, nonce + _wrapping(self.key).encrypt(nonce, key, str(subject).encode())

    def unwrap(self, subject: Address, wrapped: bytes) -> bytes:
        """The key of ``subject``. Raises ``LiveError`` where the project's key is another than the one it was made with."""
        from cryptography.exceptions import InvalidTag

        try:
            return _wrapping(self.key).decrypt(wrapped[:_NONCE], wrapped[_NONCE:], str(subject).encode())
        except InvalidTag:
            raise LiveError(
                "the journal was sealed with another project key",
                hint="put back the key from .dani/key, or set DANI_KEY to it",
            ) from None

    def seal(self, key: bytes, data: bytes, place: str) -> str:
        """``data`` bound to its ``place``: moved somewhere else it doesn't open."""
        nonce = self.random(_NONCE)
        return b64encode(nonce + _cipher(key).encrypt(nonce, data, place.encode())).decode()

    def open(self, key: bytes, sealed: str, place: str) -> bytes:
        """What ``seal`` was given. Raises ``LiveError`` for anything else than what it gave."""
        from cryptography.exceptions import InvalidTag

        data = b64decode(sealed)
        try:
            return _cipher(key).decrypt(data[:_NONCE], data[_NONCE:], place.encode())
        except InvalidTag:
            raise LiveError(f"the journal entry {place} was changed after it was written") from None


@lru_cache(maxsize=4)
def _wrapping(key: bytes) -> "AESGCM":
    return _cipher(derived(key, b"dani subject keys"))


def _cipher(key: bytes) -> "AESGCM":
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key)
