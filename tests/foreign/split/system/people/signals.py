from company.audit import who
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from people.models import BonusPoint, Employee, HistoricalEmployee, WorkInformation


@receiver(post_save, sender=Employee)
def rows_beside(instance, created, **_):
    if created:
        WorkInformation.objects.get_or_create(employee=instance)
        BonusPoint.objects.get_or_create(employee=instance)


@receiver(post_save, sender=Employee)
def history(instance, created, **_):
    _record(instance, "+" if created else "~")


@receiver(post_delete, sender=Employee)
def last_history(instance, **_):
    _record(instance, "-")


def _record(employee, change):
    HistoricalEmployee.objects.create(
        employee_id=employee.pk, change=change, who=who(), full_name=employee.full_name, state=employee.state
    )
