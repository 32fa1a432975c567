from django.contrib.auth import get_user_model
from django.db import models


class Present(models.Manager):
    """Who has left, isn't shown."""

    def get_queryset(self):
        return super().get_queryset().filter(is_active=True)


class State(models.TextChoices):
    EXPECTED = "P", "expected"
    ACTIVE = "A", "active"
    AWAY = "V", "away"
    SUSPENDED = "S", "suspended"
    LEFT = "L", "left"


class Employee(models.Model):
    badge_id = models.CharField(max_length=12, unique=True)
    email = models.EmailField(max_length=60, unique=True)
    first_name = models.CharField(max_length=40)
    last_name = models.CharField(max_length=40, blank=True)
    full_name = models.CharField(max_length=81, editable=False)
    phone = models.CharField(max_length=20, blank=True)
    state = models.CharField(max_length=1, choices=State.choices, default=State.ACTIVE)
    is_active = models.BooleanField(default=True)
    user = models.OneToOneField("auth.User", models.CASCADE, null=True, blank=True, related_name="employee")

    objects = Present()
    everyone = models.Manager()  # noqa: DJ012

    def __str__(self):
        return self.full_name

    def save(self, *args, **kwargs):
        """The full name is made here, and so is the login of somebody who has none."""
        self.full_name = f"{self.first_name} {self.last_name}".strip()
        if self.user is None:
            self.user = get_user_model().objects.create_user(
                username=self.email.lower(), email=self.email, is_active=self.is_active
            )
        super().save(*args, **kwargs)


class WorkInformation(models.Model):
    class Terms(models.TextChoices):
        FULL = "FT", "full time"
        PART = "PT", "part time"
        CONTRACT = "CO", "contractor"
        INTERN = "IN", "intern"

    employee = models.OneToOneField(Employee, models.CASCADE, related_name="work")
    department = models.ForeignKey("org.Department", models.PROTECT, null=True, blank=True, related_name="work")
    position = models.ForeignKey("org.JobPosition", models.PROTECT, null=True, blank=True, related_name="work")
    manager = models.ForeignKey(Employee, models.SET_NULL, null=True, blank=True, related_name="reports")
    terms = models.CharField(max_length=2, choices=Terms.choices, blank=True)
    office = models.CharField(max_length=30, blank=True)
    date_joining = models.DateField(null=True, blank=True)
    contract_end = models.DateField(null=True, blank=True)
    salary_minor = models.BigIntegerField(null=True, blank=True)
    salary_currency = models.CharField(max_length=3, blank=True)
    shift_date = models.DateField(null=True, blank=True)
    shift_time = models.TimeField(null=True, blank=True)

    def __str__(self):
        return f"{self.employee} in {self.department}"


class BonusPoint(models.Model):
    employee = models.OneToOneField(Employee, models.CASCADE, related_name="bonus")
    points = models.IntegerField(default=0)

    def __str__(self):
        return str(self.points)


class HistoricalEmployee(models.Model):
    """What was saved, when and by whom; nothing here is ever changed."""

    employee_id = models.BigIntegerField(db_index=True)
    change = models.CharField(max_length=1)
    who = models.CharField(max_length=150, blank=True)
    at = models.DateTimeField(auto_now_add=True)
    full_name = models.CharField(max_length=81)
    state = models.CharField(max_length=1)

    def __str__(self):
        return f"{self.change}{self.full_name}"
