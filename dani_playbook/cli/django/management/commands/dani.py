"""``manage.py dani …``: the same program as ``dani``."""

from typing import Any

from django.core.management.base import BaseCommand

from dani_playbook.cli.main import main


class Command(BaseCommand):
    """Hands everything behind ``manage.py dani`` to the command line as it is."""

    help = "An HR system kept as playbooks: plan it, apply it, take it back."
    requires_system_checks = ()

    def run_from_argv(self, argv: list[str]) -> None:
        main(argv[2:], program=f"{argv[0].rpartition('/')[2]} {argv[1]}")

    def handle(self, *arguments: str, **options: Any) -> None:
        """For ``call_command("dani", "plan")``."""
        main(arguments, program="dani")
