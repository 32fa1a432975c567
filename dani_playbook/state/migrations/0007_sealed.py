"""What is said about a person is sealed as a whole, with a key for each person and not for each name."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dani_state", "0006_trust")]

    operations = [
        migrations.AddField("entry", "sealed", models.TextField(blank=True, default=""), preserve_default=False),
        migrations.AddField(
            "subjectkey", "live_id", models.CharField(blank=True, default="", max_length=255), preserve_default=False
        ),
    ]
