from datetime import date

from django.db.models.signals import post_save
from django.dispatch import receiver
from people.models import Employee, WorkInformation

from payroll.models import Contract


@receiver(post_save, sender=Employee)
def first_contract(instance, **_):
    """Made once, when a person is first active, of what the work information says at that moment. Nothing corrects it."""
    if not instance.is_active or Contract.objects.filter(employee=instance).exists():
        return
    work = WorkInformation.objects.select_related("department").filter(employee=instance).first()
    Contract.objects.create(
        employee=instance,
        wage=(work and work.salary_minor) or 0,
        start_date=(work and work.date_joining) or date.today(),  # noqa: DTZ011 - as such code is written
        department=work.department.name if work and work.department else "",
    )
