import uuid

from django.db import models
from django.db.models.functions import Lower


class Unit(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    slug = models.SlugField(unique=True)
    title = models.CharField(max_length=60)
    boss = models.ForeignKey("Worker", models.SET_NULL, null=True, related_name="+")
    upper = models.ForeignKey("self", models.PROTECT, null=True)

    class Meta:
        constraints = (models.UniqueConstraint(Lower("title"), name="one_title"),)

    def __str__(self):
        return self.title


class Quiet(models.Manager):
    """Hides those who left, as many projects do."""

    def get_queryset(self):
        return super().get_queryset().exclude(login="hidden")


class Worker(models.Model):
    login = models.CharField(max_length=30, unique=True)
    mail = models.EmailField(unique=True)
    given = models.CharField(max_length=40)
    active = models.BooleanField(default=True)
    origin = models.CharField(max_length=20, default="form")

    objects = Quiet()

    def __str__(self):
        return self.login


class Contract(models.Model):
    """A part with a primary key of its own."""

    worker = models.OneToOneField(Worker, models.CASCADE, related_name="contract")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True)
    lead = models.ForeignKey(Worker, models.PROTECT, null=True, related_name="led")
    position = models.CharField(max_length=40, blank=True)
    since = models.DateField(null=True)
    changed = models.DateTimeField(auto_now=True)

    def __str__(self):
        return self.position


class Badge(models.Model):
    """Nobody told dani of it; Django would delete it along."""

    worker = models.ForeignKey(Worker, models.CASCADE)

    def __str__(self):
        return str(self.worker)
