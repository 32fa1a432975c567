"""People as accounts, and groups of them."""

# ruff: noqa: D106
# mypy: disable-error-code="var-annotated"

from secrets import token_urlsafe
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import PermissionsMixin
from django.db import models

from dani_playbook.core.normalize import email as spelled
from dani_playbook.core.normalize import fold
from dani_playbook.hris.fields import FoldedField, KeyField, check_folded

_RANDOM_BYTES = 30


def unusable_password() -> str:
    """What nobody can sign in with: as Django marks it, and as random. Django makes its own letter by letter, 40 µs each."""
    return UNUSABLE_PASSWORD_PREFIX + token_urlsafe(_RANDOM_BYTES)


class UserManager(BaseUserManager["User"]):
    """Finds people by work email, however it is spelled."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email_folded=fold(username or ""))

    def create_user(self, key: str, email: str, password: str | None = None, **fields: Any) -> "User":
        """A person with an unusable password unless one is given."""
        user = self.model(key=key, email=spelled(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, key: str, email: str, password: str | None = None, **fields: Any) -> "User":
        """Somebody who may do everything in the admin."""
        return self.create_user(key, email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person. What concerns the employment is in ``employees.Employee``."""

    key = KeyField(unique=True)
    username = models.CharField(max_length=150, unique=True, null=True, blank=True)
    email = models.EmailField(max_length=254, unique=True)
    email_folded = FoldedField("email", unique=True)
    password = models.CharField(max_length=128, default=unusable_password)
    first_name = models.CharField(max_length=100)
    last_name = models.CharField(max_length=100, blank=True)
    preferred_name = models.CharField(max_length=100, blank=True)
    display_name = models.CharField(max_length=200, blank=True)
    roles = models.JSONField(default=list, blank=True)
    is_active = models.BooleanField("enabled", default=True)
    is_staff = models.BooleanField("may use the admin", default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["key"]

    class Meta:
        ordering = ("key",)

    def __str__(self) -> str:
        return self.get_full_name() or self.key

    def clean(self) -> None:
        """Raises ``ValidationError`` for an email that somebody else has."""
        super().clean()
        check_folded(self)

    def get_full_name(self) -> str:
        """The name shown to people."""
        return str(self.display_name) or f"{self.first_name} {self.last_name}".strip()

    def get_short_name(self) -> str:
        """What a person likes to be called."""
        return str(self.preferred_name or self.first_name)


class Group(models.Model):
    """People who belong together, and those who answer for them."""

    key = KeyField(unique=True)
    name = models.CharField(max_length=100)
    description = models.CharField(max_length=500, blank=True)
    email = models.EmailField(max_length=254, blank=True)
    type = models.CharField(max_length=20, default="team")
    members = models.ManyToManyField(User, related_name="member_of", blank=True)
    owners = models.ManyToManyField(User, related_name="owner_of", blank=True)

    class Meta:
        ordering = ("key",)

    def __str__(self) -> str:
        return str(self.name)
