"""Departments and employments in the admin. Lists show nothing personal."""

# mypy: disable-error-code="type-arg"

from django.contrib import admin

from dani_playbook.hris.employees.models import Department, Employee


@admin.register(Department)
class DepartmentAdmin(admin.ModelAdmin):
    """The tree of departments."""

    list_display = ("key", "name", "code", "company", "parent", "head", "status")
    list_filter = ("status", "company")
    list_select_related = ("parent", "head")
    search_fields = ("key", "name", "code")
    autocomplete_fields = ("parent", "head")


@admin.register(Employee)
class EmployeeAdmin(admin.ModelAdmin):
    """Who works where, for whom and since when."""

    list_display = ("user", "employee_id", "department", "job_title", "manager", "office", "status", "start_date")
    list_filter = ("status", "employment_type", "office")
    list_select_related = ("user", "department", "manager")
    search_fields = ("user__key", "user__first_name", "user__last_name", "user__email", "employee_id", "job_title")
    autocomplete_fields = ("user", "department", "manager", "job")
