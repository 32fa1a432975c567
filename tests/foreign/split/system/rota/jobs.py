from threading import Thread
from time import sleep

JOBS = ("locks accounts", "resets leave", "makes payslips")


def start():
    for job in JOBS:
        Thread(target=_again_and_again, args=(job,), name=f"job: {job}", daemon=True).start()


def _again_and_again(job):
    from django.apps import apps
    from django.db import Error, connection

    from rota.models import Tick

    while not apps.ready:
        sleep(0.01)
    while True:
        try:
            Tick.objects.create(job=job)
        except Error:
            connection.close()
        sleep(0.05)
