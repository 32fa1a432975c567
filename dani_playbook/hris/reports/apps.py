"""The app ``reports``."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "dani_playbook.hris.reports"
    label = "reports"
    verbose_name = "Reports"
    default_auto_field = "django.db.models.BigAutoField"
