"""What mypy's Django plugin looks at: the same apps as at run time, and a database that nobody opens."""

from dani_playbook.runner.database import APPS

INSTALLED_APPS = list(APPS)
AUTH_USER_MODEL = "accounts.User"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SECRET_KEY = "nothing is signed with it"
USE_TZ = True
