"""Departments, and what concerns a person's employment."""

# ruff: noqa: D106
# mypy: disable-error-code="var-annotated"

from django.conf import settings
from django.db import models

from dani_playbook.hris.fields import FoldedField, KeyField, check_folded


class Department(models.Model):
    """A part of the company. Its name is unique within the company, folded by case and Unicode."""

    key = KeyField(unique=True)
    name = models.CharField(max_length=50)
    code = models.CharField(max_length=20, unique=True, null=True, blank=True)
    company = models.CharField(max_length=100, blank=True)
    name_folded = FoldedField("company", "name", unique=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    head = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="departments_headed"
    )
    cost_center = models.CharField(max_length=50, blank=True)
    location = models.CharField(max_length=100, blank=True)
    headcount_limit = models.PositiveIntegerField(null=True, blank=True)
    status = models.CharField(max_length=20, default="active")

    class Meta:
        ordering = ("key",)

    def __str__(self) -> str:
        return str(self.name)

    def clean(self) -> None:
        """Raises ``ValidationError`` for a name that another department of the company has."""
        super().clean()
        check_folded(self)


class Employee(models.Model):
    """The employment of one person, in the same row number as the account."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="employee")
    employee_id = models.CharField(max_length=50, unique=True, null=True, blank=True)
    status = models.CharField(max_length=20, blank=True)
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="employees")
    manager = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="reports")
    job = models.ForeignKey("recruitment.Job", models.PROTECT, null=True, blank=True, related_name="holders")
    job_title = models.CharField(max_length=100, blank=True)
    employment_type = models.CharField(max_length=20, blank=True)
    company = models.CharField(max_length=100, blank=True)
    office = models.CharField(max_length=100, blank=True)
    cost_center = models.CharField(max_length=50, blank=True)
    start_date = models.DateField(null=True, blank=True)
    original_start_date = models.DateField(null=True, blank=True)
    probation_end = models.DateField(null=True, blank=True)
    end_date = models.DateField(null=True, blank=True)
    end_reason = models.CharField(max_length=30, blank=True)
    spells = models.JSONField(null=True, blank=True)
    hold = models.JSONField(null=True, blank=True)
    work_phone = models.CharField(max_length=40, blank=True)
    mobile = models.CharField(max_length=40, blank=True)
    personal_email = models.EmailField(max_length=254, blank=True)
    home_address = models.JSONField(null=True, blank=True)
    emergency_contact = models.JSONField(null=True, blank=True)
    usage_location = models.CharField(max_length=10, blank=True)
    locale = models.CharField(max_length=40, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)
    salary_minor = models.BigIntegerField(null=True, blank=True)
    salary_currency = models.CharField(max_length=3, blank=True)
    pay_period = models.CharField(max_length=10, blank=True)
    grade = models.CharField(max_length=100, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    gender = models.CharField(max_length=100, blank=True)
    nationality = models.CharField(max_length=100, blank=True)
    marital_status = models.CharField(max_length=100, blank=True)
    national_id = models.CharField(max_length=100, blank=True)
    bank_account = models.CharField(max_length=100, blank=True)
    tax_id = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ("user__key",)

    def __str__(self) -> str:
        return str(self.user)
