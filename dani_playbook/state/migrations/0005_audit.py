"""The audit trail, and triggers that keep it append-only."""

from typing import Any

from django.db import migrations, models

_REFUSED = "the audit trail is append-only"
_RAISE = f"BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END"
MAKE = {
    "sqlite": (
        f"CREATE TRIGGER dani_audit_update BEFORE UPDATE ON dani_state_audit {_RAISE}",
        f"CREATE TRIGGER dani_audit_delete BEFORE DELETE ON dani_state_audit {_RAISE}",
        "CREATE TRIGGER dani_audit_replace BEFORE INSERT ON dani_state_audit "
        f"WHEN EXISTS (SELECT 1 FROM dani_state_audit WHERE number = NEW.number) {_RAISE}",
    ),
    "postgresql": (
        "CREATE FUNCTION dani_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSED}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
        "CREATE TRIGGER dani_audit_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON dani_state_audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION dani_audit_refuse()",
    ),
}
DROP = {
    "sqlite": tuple(f"DROP TRIGGER dani_audit_{what}" for what in ("update", "delete", "replace")),
    "postgresql": ("DROP TRIGGER dani_audit_refuse ON dani_state_audit", "DROP FUNCTION dani_audit_refuse()"),
}


def make(apps: Any, schema_editor: Any) -> None:
    """In the words of each kind of database."""
    for statement in MAKE.get(schema_editor.connection.vendor, ()):
        schema_editor.execute(statement)


def drop(apps: Any, schema_editor: Any) -> None:
    """The way back."""
    for statement in DROP.get(schema_editor.connection.vendor, ()):
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("dani_state", "0004_limits")]

    operations = [
        migrations.CreateModel(
            name="Audit",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.CharField(max_length=40)),
                ("actor", models.CharField(max_length=255)),
                ("action", models.CharField(max_length=40)),
                ("object", models.TextField(blank=True)),
                ("run", models.CharField(blank=True, max_length=64)),
                ("result", models.CharField(max_length=20)),
                ("detail", models.TextField()),
                ("key", models.CharField(max_length=16)),
                ("prev", models.CharField(blank=True, max_length=64)),
                ("mac", models.CharField(max_length=64)),
            ],
            options={"ordering": ("number",), "verbose_name_plural": "audit"},
        ),
        migrations.RunPython(make, drop),
    ]
