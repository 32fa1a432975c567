"""References to secrets -> secrets, at apply and never before."""

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path

from dani_playbook.core.values import SecretRef

_LIMIT = 65536


def resolver(root: Path, environ: Mapping[str, str]) -> Callable[[SecretRef], str]:
    """Reads ``env:NAME``, ``file:PATH`` (inside ``root``) and ``keyring:SERVICE/NAME``.

    What it gives raises ``LookupError`` with a sentence that names the reference, never the value. A file's last
    line end isn't part of the secret.
    """

    def resolve(reference: SecretRef) -> str:
        scheme, _, place = reference.uri.partition(":")
        readers = {
            "env": lambda: _env(place, environ),
            "file": lambda: _file(place, root),
            "keyring": lambda: _ring(place),
        }
        if scheme not in readers:
            raise LookupError(f"{reference.uri} is no reference that dani knows; use env:, file: or keyring:")
        return readers[scheme]()

    return resolve


def _env(name: str, environ: Mapping[str, str]) -> str:
    if not environ.get(name):
        raise LookupError(f"env:{name} isn't set; set the environment variable {name} where dani apply runs")
    return environ[name]


def _file(place: str, root: Path) -> str:
    path = (root / place).resolve()
    if not path.is_relative_to(root.resolve()):
        raise LookupError(f"file:{place} lies outside the project")
    try:
        if path.stat().st_size > _LIMIT:
            raise LookupError(f"file:{place} is larger than {_LIMIT} bytes")
        return path.read_text("utf-8").removesuffix("\n").removesuffix("\r")
    except (OSError, UnicodeDecodeError) as error:
        raise LookupError(f"file:{place} can't be read: {type(error).__name__}") from None


def _ring(place: str) -> str:
    service, _, name = place.partition("/")
    try:
        keyring = import_module("keyring")
    except ImportError:
        raise LookupError(f"keyring:{place} needs the keyring package: pip install keyring") from None
    try:
        value = keyring.get_password(service, name)
    except Exception as error:  # noqa: BLE001 - backends raise what they like
        raise LookupError(f"keyring:{place} can't be read: {type(error).__name__}") from None
    if value is None:
        raise LookupError(f"keyring:{place} isn't in the keyring")
    return str(value)
