"""Schedules in the admin."""

# mypy: disable-error-code="type-arg"

from django.contrib import admin

from dani_playbook.hris.reports.models import Schedule


@admin.register(Schedule)
class ScheduleAdmin(admin.ModelAdmin):
    """What runs when."""

    list_display = ("key", "name", "action", "when", "time_zone", "owner", "enabled")
    list_filter = ("enabled", "action")
    list_select_related = ("owner",)
    search_fields = ("key", "name", "action")
    autocomplete_fields = ("recipients", "owner", "on_failure")
