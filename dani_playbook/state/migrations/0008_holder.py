"""Who holds the lock stands in the table of the lock."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("dani_state", "0007_sealed")]

    operations = [migrations.RemoveField(model_name="system", name="holder")]
