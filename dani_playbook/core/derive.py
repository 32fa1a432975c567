"""Derive: a key for one purpose out of the project's key. HKDF-SHA-256 without salt, RFC 5869.

Written with the standard library, so that what encrypts is only loaded by what encrypts.
"""

import hmac

BYTES = 32
_NO_SALT = bytes(BYTES)


def derived(key: bytes, purpose: bytes) -> bytes:
    """32 bytes: the first block of HKDF, which is all that is ever asked for."""
    return hmac.digest(hmac.digest(_NO_SALT, key, "sha256"), purpose + b"\x01", "sha256")
