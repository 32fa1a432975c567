"""Schedules: what runs when, and for whom."""

# ruff: noqa: D106
# mypy: disable-error-code="var-annotated"

from django.conf import settings
from django.db import models

from dani_playbook.hris.fields import KeyField


class Schedule(models.Model):
    """An operation with its arguments, and the times at which it runs."""

    key = KeyField(unique=True)
    name = models.CharField(max_length=100)
    description = models.CharField(max_length=500, blank=True)
    action = models.CharField(max_length=100)
    arguments = models.JSONField(null=True, blank=True)
    when = models.CharField(max_length=100)
    time_zone = models.CharField(max_length=64)
    start = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    missed = models.CharField(max_length=20, default="run_once")
    concurrency = models.CharField(max_length=20, default="forbid")
    recipients = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="schedules_received", blank=True)
    external_recipients = models.JSONField(default=list, blank=True)
    format = models.CharField(max_length=20, blank=True)
    reveal = models.JSONField(default=list, blank=True)
    retries = models.PositiveIntegerField(default=0)
    on_failure = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="schedules_watched"
    )
    enabled = models.BooleanField(default=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="schedules_owned")

    class Meta:
        ordering = ("key",)

    def __str__(self) -> str:
        return str(self.name)
