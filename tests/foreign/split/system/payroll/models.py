from django.db import models


class Contract(models.Model):
    class State(models.TextChoices):
        DRAFT = "draft"
        OPEN = "open"
        CLOSED = "closed"

    employee = models.ForeignKey("people.Employee", models.PROTECT, related_name="contracts")
    wage = models.BigIntegerField(default=0)
    start_date = models.DateField()
    department = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=6, choices=State.choices, default=State.DRAFT)

    def __str__(self):
        return f"{self.wage} from {self.start_date}"
