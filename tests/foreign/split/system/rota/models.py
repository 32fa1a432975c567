from django.db import models


class Tick(models.Model):
    """A job has run."""

    job = models.CharField(max_length=30)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self):
        return self.job
