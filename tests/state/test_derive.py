"""Keys for one purpose are those of HKDF, RFC 5869: what older versions sealed with them stays open."""

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis.strategies import binary

from dani_playbook.core.derive import derived


@given(key=binary(max_size=200), purpose=binary(max_size=200))
def test_a_derived_key_is_what_hkdf_gives(key: bytes, purpose: bytes) -> None:
    assert derived(key, purpose) == HKDF(SHA256(), 32, None, purpose).derive(key)


@pytest.mark.parametrize(
    ("key", "purpose", "expected"),
    [(b"\x0b" * 22, b"", "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d")],
)
def test_a_derived_key_is_that_of_the_standards_third_case(key: bytes, purpose: bytes, expected: str) -> None:
    assert derived(key, purpose).hex() == expected
