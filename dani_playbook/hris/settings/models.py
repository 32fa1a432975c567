"""Settings: values that the HR system reads while it runs."""

# ruff: noqa: D106
# mypy: disable-error-code="var-annotated"

from django.db import models

from dani_playbook.hris.fields import KeyField


class Setting(models.Model):
    """A named value of any shape."""

    key = KeyField(unique=True)
    name = models.CharField(max_length=100)
    description = models.CharField(max_length=500, blank=True)
    value = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ("key",)

    def __str__(self) -> str:
        return str(self.name)
