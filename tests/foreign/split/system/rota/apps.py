import sys

from django.apps import AppConfig

QUIET = ("makemigrations", "migrate", "check", "test", "flush", "shell")


class RotaConfig(AppConfig):
    name = "rota"

    def ready(self):
        if len(sys.argv) > 1 and sys.argv[1] in QUIET:
            return
        from rota.jobs import start

        start()
