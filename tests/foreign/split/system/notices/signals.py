"""A thread for each message: it runs also where the transaction is taken back."""

from threading import Thread

from django.core.mail import send_mail
from django.db.models.signals import post_save
from django.dispatch import receiver
from people.models import Employee, WorkInformation


@receiver(post_save, sender=Employee)
def welcome(instance, created, **_):
    if created:
        _later("Welcome", instance.email)


@receiver(post_save, sender=WorkInformation)
def moved(instance, created, **_):
    if not created:
        _later("Your work information has changed", instance.employee.email)


def _later(subject, address):
    Thread(target=send_mail, args=(subject, "", "hr@company.example", [address]), name="notice").start()
