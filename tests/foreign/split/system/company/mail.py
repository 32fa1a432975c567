"""Mail as the tests see it: a line in a file for each message that was really sent."""

from pathlib import Path

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend


class Outbox(BaseEmailBackend):
    def send_messages(self, email_messages):
        with Path(settings.MAIL_FILE).open("a", encoding="utf-8") as file:
            file.writelines(f"{','.join(message.to)} {message.subject}\n" for message in email_messages)
        return len(email_messages)
