"""The app ``accounts``."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "dani_playbook.hris.accounts"
    label = "accounts"
    verbose_name = "People and groups"
    default_auto_field = "django.db.models.BigAutoField"
