"""What Django itself keeps beside an account."""

from collections.abc import Collection
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q

from dani_playbook.hris.accounts.models import User


def take_traces_away(using: str, rows: Collection[int]) -> None:
    """The admin's log by and about these accounts, which holds names, and their groups and permissions in the admin."""
    log: Any = apps.get_model("admin", "LogEntry")
    models = [User, apps.get_model("employees", "Employee")]
    types = ContentType.objects.db_manager(using).get_for_models(*models).values()
    about = Q(content_type__in=list(types), object_id__in=[str(row) for row in rows])
    log.objects.using(using).filter(about | Q(user_id__in=rows)).delete()
    for link in (User.groups.through, User.user_permissions.through):
        link.objects.using(using).filter(user_id__in=rows).delete()


def tables() -> list[str]:
    """Those that ``take_traces_away`` deletes from."""
    links = (User.groups.through, User.user_permissions.through, apps.get_model("admin", "LogEntry"))
    return [str(model._meta.db_table) for model in links]  # noqa: SLF001
