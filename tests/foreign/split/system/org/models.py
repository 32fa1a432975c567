from django.db import models


class Company(models.Model):
    code = models.CharField(max_length=8, unique=True)
    name = models.CharField(max_length=60, unique=True)

    def __str__(self):
        return self.name


class Department(models.Model):
    """Two companies may both have a department of one name."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="departments")
    name = models.CharField(max_length=40)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    head = models.ForeignKey("people.Employee", models.SET_NULL, null=True, blank=True, related_name="heads")
    cost_center = models.CharField(max_length=12, blank=True)
    is_closed = models.BooleanField(default=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("company", "name"), name="department_within_company"),)

    def __str__(self):
        return self.name


class JobPosition(models.Model):
    title = models.CharField(max_length=60, unique=True)

    def __str__(self):
        return self.title


class Team(models.Model):
    name = models.CharField(max_length=50, unique=True)
    purpose = models.TextField(blank=True)
    members = models.ManyToManyField("people.Employee", related_name="teams", blank=True)

    def __str__(self):
        return self.name

    def delete(self, *args, **kwargs):
        self.members.clear()
        return super().delete(*args, **kwargs)
