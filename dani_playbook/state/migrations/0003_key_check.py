"""A fingerprint of the key that the journal is sealed with, so that another one is noticed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dani_state", "0002_system")]

    operations = [
        migrations.AddField(
            model_name="system",
            name="key_check",
            field=models.CharField(blank=True, default="", max_length=64),
            preserve_default=False,
        )
    ]
