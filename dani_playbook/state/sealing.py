"""Seals what the journal says about a person, with a key of its own for each address that can be destroyed."""

from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from dani_playbook.core.address import Address
from dani_playbook.core.errors import LiveError

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
        return b64encode(nonce + AESGCM(key).encrypt(nonce, data, place.encode())).decode()

    def open(self, key: bytes, sealed: str, place: str) -> bytes:
        """What ``seal`` was given. Raises ``LiveError`` for anything else than what it gave."""
        data = b64decode(sealed)
        try:
            return AESGCM(key).decrypt(data[:_NONCE], data[_NONCE:], place.encode())
        except InvalidTag:
            raise LiveError(f"the journal entry {place} was changed after it was written") from None


@lru_cache(maxsize=4)
def _wrapping(key: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), _KEY, None, b"dani subject keys").derive(key))
