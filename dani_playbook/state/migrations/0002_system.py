"""The one row of ``System``: made with the tables, so that planning writes nothing."""

from secrets import token_hex
from typing import Any

from django.db import migrations


def make_system(apps: Any, schema_editor: Any) -> None:
    """Where there is none yet."""
    rows = apps.get_model("dani_state", "System").objects.using(schema_editor.connection.alias)
    rows.get_or_create(pk=1, defaults={"identity": token_hex(16)})


class Migration(migrations.Migration):
    dependencies = [("dani_state", "0001_initial")]

    operations = [migrations.RunPython(make_system, migrations.RunPython.noop)]
