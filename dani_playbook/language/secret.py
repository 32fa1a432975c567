"""Secret: where a value that no playbook may hold is kept."""

import re
from typing import Any

from dani_playbook.core.values import SecretRef

_SECRET = re.compile(r"(env:[A-Za-z_][A-Za-z0-9_]*|file:.+|keyring:[^/]+/.+)\Z")


def secret_of(value: Any) -> SecretRef | None:
    """What ``{secret: …}`` says, where it says that and nothing else."""
    if isinstance(value, dict) and list(value) == ["secret"]:
        uri = value["secret"]
        if isinstance(uri, str) and _SECRET.match(uri):
            return SecretRef(uri)
    return None
