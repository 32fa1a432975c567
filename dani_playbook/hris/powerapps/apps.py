"""The app ``powerapps``."""

from django.apps import AppConfig


class PowerAppsConfig(AppConfig):
    name = "dani_playbook.hris.powerapps"
    label = "powerapps"
    verbose_name = "Power Apps"
    default_auto_field = "django.db.models.BigAutoField"
