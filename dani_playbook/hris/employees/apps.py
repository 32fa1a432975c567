"""The app ``employees``."""

from django.apps import AppConfig


class EmployeesConfig(AppConfig):
    name = "dani_playbook.hris.employees"
    label = "employees"
    verbose_name = "Employment"
    default_auto_field = "django.db.models.BigAutoField"
