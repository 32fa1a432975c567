"""Jobs in the admin."""

# mypy: disable-error-code="type-arg"

from django.contrib import admin

from dani_playbook.hris.recruitment.models import Job


@admin.register(Job)
class JobAdmin(admin.ModelAdmin):
    """Openings and their states."""

    list_display = ("key", "title", "department", "hiring_manager", "headcount", "status", "open_date")
    list_filter = ("status", "priority")
    list_select_related = ("department", "hiring_manager")
    search_fields = ("key", "title", "requisition")
    autocomplete_fields = ("department", "hiring_manager", "recruiters", "approved_by")
