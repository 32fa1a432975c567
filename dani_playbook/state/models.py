"""Tables of the memory. Images are canonical JSON; what is personal in them is sealed."""

# ruff: noqa: D106
# mypy: disable-error-code="var-annotated"

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from django.db.models import DateTimeField as MomentField
else:
    from dani_playbook.state.moments import MomentField


class System(models.Model):
    """One row: which live system this is, how many runs succeeded, and with which key."""

    identity = models.CharField(max_length=64)
    serial = models.PositiveBigIntegerField(default=0)
    key_check = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return str(self.identity)


class Run(models.Model):
    """One application of one plan."""

    number = models.BigAutoField(primary_key=True)
    run_id = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=20, db_index=True)
    actor = models.CharField(max_length=255)
    started_at = MomentField()
    finished_at = MomentField(null=True)
    plan_digest = models.CharField(max_length=128)
    as_of = models.DateField()
    environment = models.CharField(max_length=128, blank=True)
    commit = models.CharField(max_length=128, blank=True)
    complete = models.BooleanField(default=True)
    undoes = models.CharField(max_length=64, blank=True)
    summary = models.JSONField(default=dict)
    marks = models.JSONField(default=dict)
    failure = models.TextField(blank=True)
    measures = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    token = models.PositiveBigIntegerField(default=0)
    request = models.JSONField(default=dict)

    class Meta:
        ordering = ("-number",)

    def __str__(self) -> str:
        return str(self.run_id)


class SubjectKey(models.Model):
    """The key that seals what the journal says about one object under one name, wrapped; empty when it was destroyed.

    Who gets the name of somebody else later has a key of their own. What is written about the object after its key
    was destroyed gets a new one.
    """

    kind = models.CharField(max_length=64)
    key = models.CharField(max_length=128)
    live_id = models.CharField(max_length=255, blank=True)
    wrapped = models.BinaryField()

    class Meta:
        indexes = (models.Index(fields=("kind", "key"), name="dani_subject_key_address"),)

    def __str__(self) -> str:
        return f"{self.kind}.{self.key}"


class Entry(models.Model):
    """One change as it was carried out.

    Of a person ``sealed`` holds the title, both images and both items of the inventory, and the columns of that name
    are empty. ``sealed`` is empty for other kinds; rows of people from before it was there have the columns.
    """

    run = models.ForeignKey(Run, models.PROTECT, related_name="entries")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=64)
    key = models.CharField(max_length=128)
    verb = models.CharField(max_length=20)
    reason = models.CharField(max_length=40)
    title = models.TextField(blank=True)
    mark = models.CharField(max_length=40, blank=True)
    live_id = models.CharField(max_length=255, blank=True)
    previous = models.CharField(max_length=200, blank=True)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    changed = models.TextField()
    reasons = models.TextField()
    deletes = models.BooleanField(default=False)
    inventory_before = models.TextField(blank=True)
    inventory_after = models.TextField(blank=True)
    sealed = models.TextField(blank=True)
    subject = models.ForeignKey(SubjectKey, models.PROTECT, null=True, related_name="entries")

    class Meta:
        ordering = ("run", "position")
        constraints = (models.UniqueConstraint(fields=("run", "position"), name="dani_entry_position"),)
        indexes = (
            models.Index(fields=("kind", "key"), name="dani_entry_address"),
            models.Index(fields=("kind", "live_id"), name="dani_entry_live_id"),
            models.Index(fields=("previous",), name="dani_entry_previous"),
        )

    def __str__(self) -> str:
        return f"{self.verb} {self.kind}.{self.key}"


class Inventory(models.Model):
    """What our runs manage: one address, its live object, and what was applied."""

    kind = models.CharField(max_length=64)
    key = models.CharField(max_length=128)
    live_id = models.CharField(max_length=255)
    applied = models.TextField()
    path = models.TextField(blank=True)
    protect = models.BooleanField(default=False)

    class Meta:
        ordering = ("kind", "key")
        verbose_name_plural = "inventory"
        constraints = (models.UniqueConstraint(fields=("kind", "key"), name="dani_inventory_address"),)

    def __str__(self) -> str:
        return f"{self.kind}.{self.key}"


class Audit(models.Model):
    """One event in the audit trail. Rows are only added: triggers refuse everything else.

    All is text, so that what was written is what is read, byte by byte. ``mac`` is over ``prev``, the mac of the row
    before, and the row; ``key`` names the key that it was made with.
    """

    number = models.BigIntegerField(primary_key=True)
    at = models.CharField(max_length=40)
    actor = models.CharField(max_length=255)
    action = models.CharField(max_length=40)
    object = models.TextField(blank=True)
    run = models.CharField(max_length=64, blank=True)
    result = models.CharField(max_length=20)
    detail = models.TextField()
    key = models.CharField(max_length=16)
    prev = models.CharField(max_length=64, blank=True)
    mac = models.CharField(max_length=64)

    class Meta:
        ordering = ("number",)
        verbose_name_plural = "audit"

    def __str__(self) -> str:
        return f"{self.number} {self.action}"


class Step(models.Model):
    """One effect outside the database: the intent is committed before it is sent, the outcome after it.

    ``effect`` is set, create, disable, delete or irreversible; ``state`` is pending, intent, sent, applied, refused
    or unknown. ``idempotency_key`` is the same however often it is sent.
    """

    run = models.ForeignKey(Run, models.PROTECT, related_name="steps")
    position = models.PositiveIntegerField()
    system = models.CharField(max_length=64)
    effect = models.CharField(max_length=20)
    idempotency_key = models.CharField(max_length=128, unique=True)
    kind = models.CharField(max_length=64)
    key = models.CharField(max_length=128)
    state = models.CharField(max_length=20, default="pending", db_index=True)
    before = models.TextField(blank=True)
    desired = models.TextField(blank=True)
    deadline = MomentField(null=True)
    detail = models.TextField(blank=True)

    class Meta:
        ordering = ("run", "position")

    def __str__(self) -> str:
        return f"{self.effect} {self.kind}.{self.key}: {self.state}"


class Lock(models.Model):
    """Who may write now. ``token`` only grows: whoever holds an older one has lost the lock, alive or not.

    ``backend`` is PostgreSQL's process of the holder's connection, 0 elsewhere.
    """

    name = models.CharField(max_length=64, primary_key=True)
    token = models.PositiveBigIntegerField(default=0)
    holder = models.CharField(max_length=255, blank=True)
    host = models.CharField(max_length=255, blank=True)
    pid = models.PositiveBigIntegerField(default=0)
    backend = models.PositiveBigIntegerField(default=0)
    run = models.CharField(max_length=64, blank=True)
    acquired_at = MomentField(null=True)
    heartbeat_at = MomentField(null=True)

    def __str__(self) -> str:
        return f"{self.name} {self.token}"


class UsedPlan(models.Model):
    """A saved plan that was carried out: the row is written in the same transaction, and there can't be a second."""

    plan_id = models.CharField(max_length=64, primary_key=True)
    run = models.CharField(max_length=64)
    at = MomentField()

    def __str__(self) -> str:
        return str(self.plan_id)


class Approval(models.Model):
    """A known person's yes to one digest. ``mac`` is over the row with the project's key, without ``used_by``."""

    digest = models.CharField(max_length=128, db_index=True)
    approver = models.CharField(max_length=200)
    roles = models.JSONField(default=list)
    way = models.CharField(max_length=20)
    at = MomentField()
    expires_at = MomentField()
    reason = models.TextField(blank=True)
    nonce = models.CharField(max_length=64, unique=True)
    mac = models.CharField(max_length=64)
    used_by = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"{self.approver}: {self.digest[:8]}"


class AccessSession(models.Model):
    """Somebody who signed in with a password; only a hash of the token is kept. ``account`` is a live id."""

    token_hash = models.CharField(max_length=64, primary_key=True)
    account = models.CharField(max_length=200, db_index=True)
    created_at = MomentField()
    seen_at = MomentField()
    expires_at = MomentField()
    password_mark = models.CharField(max_length=64)

    def __str__(self) -> str:
        return str(self.account)


class ApiKey(models.Model):
    """A key for a program, made by a person and never worth more than that person is now; only a hash is kept.

    ``account`` is the live id of that person.
    """

    key_id = models.CharField(max_length=16, primary_key=True)
    key_hash = models.CharField(max_length=64)
    name = models.CharField(max_length=100)
    account = models.CharField(max_length=200, db_index=True)
    scopes = models.JSONField(default=list)
    created_at = MomentField()
    expires_at = MomentField()
    used_at = MomentField(null=True)
    revoked_at = MomentField(null=True)

    def __str__(self) -> str:
        return f"{self.key_id} {self.name}"


class LoginAttempt(models.Model):
    """A password that was wrong, for slowing down who guesses. ``account`` is a keyed hash of what was typed."""

    account = models.CharField(max_length=64)
    at = MomentField()

    class Meta:
        indexes = (models.Index(fields=("account", "at"), name="dani_login_attempt"),)

    def __str__(self) -> str:
        return str(self.account)
