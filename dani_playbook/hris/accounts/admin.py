"""People and groups in the admin."""

# mypy: disable-error-code="type-arg"

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as AccountAdmin
from django.contrib.auth.forms import AdminUserCreationForm

from dani_playbook.hris.accounts.models import Group, User


class UserCreationForm(AdminUserCreationForm):
    """What a person needs to be there at all."""

    class Meta:  # noqa: D106
        model = User
        fields = ("key", "email", "first_name", "last_name")


@admin.register(User)
class UserAdmin(AccountAdmin):
    """Accounts; the employment is a page of its own."""

    add_form = UserCreationForm
    list_display = ("key", "email", "first_name", "last_name", "is_active")
    list_filter = ("is_active", "is_staff")
    search_fields = ("key", "email", "username", "first_name", "last_name", "preferred_name", "display_name")
    ordering = ("key",)
    fieldsets = (
        (None, {"fields": ("key", "email", "username", "password")}),
        ("Names", {"fields": ("first_name", "last_name", "preferred_name", "display_name")}),
        (
            "Rights",
            {"fields": ("is_active", "roles", "is_staff", "is_superuser", "groups", "user_permissions")},
        ),
        ("Dates", {"fields": ("last_login", "created_at", "updated_at")}),
    )
    add_fieldsets = (
        (None, {"fields": ("key", "email", "first_name", "last_name", "usable_password", "password1", "password2")}),
    )
    readonly_fields = ("last_login", "created_at", "updated_at")


@admin.register(Group)
class GroupAdmin(admin.ModelAdmin):
    """Groups with members and owners."""

    list_display = ("key", "name", "type", "email")
    list_filter = ("type",)
    search_fields = ("key", "name", "email")
    autocomplete_fields = ("members", "owners")
