"""BlobName: what git calls the bytes of a file."""

import hashlib

BlobName = tuple[str, str]
"""As a repository with SHA-1 names it, and as one with SHA-256 does."""


def blob_name(data: bytes) -> BlobName:
    """Hexadecimal, of the bytes as they are: no filter of git is applied."""
    framed = b"blob %d\0%b" % (len(data), data)
    return hashlib.sha1(framed, usedforsecurity=False).hexdigest(), hashlib.sha256(framed).hexdigest()
