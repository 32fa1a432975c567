"""What a run did of each limited measure, and why a limit was raised for it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dani_state", "0003_key_check")]

    operations = [
        migrations.AddField(model_name="run", name="measures", field=models.JSONField(default=dict)),
        migrations.AddField(
            model_name="run", name="reason", field=models.TextField(blank=True, default=""), preserve_default=False
        ),
    ]
