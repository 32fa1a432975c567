"""The app ``settings``."""

from django.apps import AppConfig


class SettingsConfig(AppConfig):
    name = "dani_playbook.hris.settings"
    label = "settings"
    verbose_name = "Settings"
    default_auto_field = "django.db.models.BigAutoField"
