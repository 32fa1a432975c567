"""Power Apps in the admin."""

# mypy: disable-error-code="type-arg"

from django.contrib import admin

from dani_playbook.hris.powerapps.models import PowerAppsConfig


@admin.register(PowerAppsConfig)
class PowerAppsConfigAdmin(admin.ModelAdmin):
    """Where data arrives from. The credential is neither seen nor set here."""

    list_display = ("key", "name", "environment", "kind", "schedule", "enabled")
    list_filter = ("enabled", "kind", "environment")
    list_select_related = ("schedule",)
    search_fields = ("key", "name", "app", "table")
    autocomplete_fields = ("schedule",)
    exclude = ("credential",)
