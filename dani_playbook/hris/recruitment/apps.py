"""The app ``recruitment``."""

from django.apps import AppConfig


class RecruitmentConfig(AppConfig):
    name = "dani_playbook.hris.recruitment"
    label = "recruitment"
    verbose_name = "Recruitment"
    default_auto_field = "django.db.models.BigAutoField"
