"""The app ``state``."""

from django.apps import AppConfig


class StateConfig(AppConfig):
    name = "dani_playbook.state"
    label = "dani_state"
    verbose_name = "dani"
    default_auto_field = "django.db.models.BigAutoField"
