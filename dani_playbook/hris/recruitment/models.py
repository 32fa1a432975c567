"""Jobs that are to be filled."""

# ruff: noqa: D106
# mypy: disable-error-code="var-annotated"

from django.conf import settings
from django.db import models

from dani_playbook.hris.fields import KeyField


class Job(models.Model):
    """An opening: what is sought, by whom, and through which stages."""

    key = KeyField(unique=True)
    title = models.CharField(max_length=50)
    department = models.ForeignKey("employees.Department", models.PROTECT, related_name="jobs")
    hiring_manager = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="jobs_managed")
    recruiters = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="jobs_recruited", blank=True)
    headcount = models.PositiveIntegerField(default=1)
    status = models.CharField(max_length=20, default="draft")
    description = models.TextField(blank=True)
    employment_type = models.CharField(max_length=20, blank=True)
    location = models.CharField(max_length=100, blank=True)
    remote = models.CharField(max_length=20, blank=True)
    open_date = models.DateField(null=True, blank=True)
    close_date = models.DateField(null=True, blank=True)
    priority = models.CharField(max_length=20, default="normal")
    stages = models.JSONField(null=True, blank=True)
    salary_min_minor = models.BigIntegerField(null=True, blank=True)
    salary_min_currency = models.CharField(max_length=3, blank=True)
    salary_max_minor = models.BigIntegerField(null=True, blank=True)
    salary_max_currency = models.CharField(max_length=3, blank=True)
    publish_salary = models.BooleanField(default=False)
    publish_to = models.JSONField(default=list, blank=True)
    requisition = models.CharField(max_length=50, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="jobs_approved"
    )

    class Meta:
        ordering = ("key",)

    def __str__(self) -> str:
        return str(self.title)
