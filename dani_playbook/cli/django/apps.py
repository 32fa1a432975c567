"""The Django app that brings the management command."""

from django.apps import AppConfig


class DaniCommandConfig(AppConfig):
    name = "dani_playbook.cli.django"
    label = "dani_cli"
    verbose_name = "dani"
