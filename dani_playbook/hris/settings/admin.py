"""Settings in the admin."""

# mypy: disable-error-code="type-arg"

from django.contrib import admin

from dani_playbook.hris.settings.models import Setting


@admin.register(Setting)
class SettingAdmin(admin.ModelAdmin):
    """Values by name."""

    list_display = ("key", "name", "description")
    search_fields = ("key", "name", "description")
