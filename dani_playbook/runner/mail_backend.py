"""The backend that a project's mail goes to while it is off."""

from collections.abc import Sequence
from typing import Any

from django.core.mail.backends.base import BaseEmailBackend

from dani_playbook.runner.quiet import active


class Nowhere(BaseEmailBackend):
    """Keeps nothing and sends nothing; it counts."""

    def send_messages(self, email_messages: Sequence[Any]) -> int:
        return active().mail_held(len(email_messages))
