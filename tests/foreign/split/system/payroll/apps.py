from django.apps import AppConfig


class PayrollConfig(AppConfig):
    name = "payroll"

    def ready(self):
        from payroll import signals  # noqa: F401 - importing connects them
