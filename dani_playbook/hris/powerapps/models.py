"""Power Apps: where data arrives from, and how it is read."""

# ruff: noqa: D106
# mypy: disable-error-code="var-annotated"

from django.db import models

from dani_playbook.hris.fields import KeyField


class PowerAppsConfig(models.Model):
    """One table of one app, and how its columns become fields."""

    key = KeyField(unique=True)
    name = models.CharField(max_length=100)
    description = models.CharField(max_length=500, blank=True)
    environment = models.CharField(max_length=100)
    app = models.CharField(max_length=100, blank=True)
    table = models.CharField(max_length=100, blank=True)
    endpoint = models.CharField(max_length=500)
    kind = models.CharField(max_length=20)
    auth_type = models.CharField(max_length=30, blank=True)
    tenant = models.CharField(max_length=100, blank=True)
    client_id = models.CharField(max_length=100, blank=True)
    credential = models.TextField(blank=True)
    connection_refs = models.JSONField(null=True, blank=True)
    field_mapping = models.JSONField(default=list)
    validation = models.JSONField(null=True, blank=True)
    dedupe_key = models.JSONField(default=list)
    batch_size = models.PositiveIntegerField(default=100)
    rate_limit = models.PositiveIntegerField(null=True, blank=True)
    timeout_s = models.PositiveIntegerField("timeout in seconds", default=30)
    retries = models.PositiveIntegerField(default=3)
    schedule = models.ForeignKey(
        "reports.Schedule", models.PROTECT, null=True, blank=True, related_name="powerapps_configs"
    )
    on_error = models.CharField(max_length=20, default="park")
    enabled = models.BooleanField(default=True)

    class Meta:
        ordering = ("key",)
        verbose_name = "Power Apps configuration"

    def __str__(self) -> str:
        return str(self.name)
