from contextlib import contextmanager

from django.db import models

ACTING = []
"""Who acts, in the project's own way of telling."""


@contextmanager
def acting(name):
    ACTING.append(name)
    yield
    ACTING.pop()


class Named(models.Model):
    """What the admin would show."""

    class Meta:
        abstract = True

    def __str__(self):
        return str(self.pk)


class Firm(Named):
    code = models.CharField(max_length=4, unique=True)
    name = models.CharField(max_length=40)


class Account(Named):
    """A person points at it."""

    mail = models.CharField(max_length=40, unique=True)
    nick = models.CharField(max_length=40, blank=True)
    open = models.BooleanField(default=True)


class Person(Named):
    firm = models.ForeignKey(Firm, models.PROTECT, null=True)
    number = models.CharField(max_length=6)
    mail = models.CharField(max_length=40, unique=True)
    nick = models.CharField(max_length=40, blank=True)
    full_name = models.CharField(max_length=30, blank=True)
    shown_name = models.CharField(max_length=60, blank=True)
    title_one = models.CharField(max_length=12, blank=True)
    title_two = models.CharField(max_length=12, blank=True)
    state = models.CharField(max_length=1, default="A", choices=[("A", "here"), ("L", "gone")])
    flag = models.CharField(max_length=1, default="N")
    started_on = models.DateField(null=True)
    started_at = models.TimeField(null=True)
    pay = models.PositiveIntegerField(null=True)
    pay_in = models.CharField(max_length=3, blank=True)
    boss_firm = models.CharField(max_length=4, blank=True)
    boss_number = models.CharField(max_length=6, blank=True)
    account = models.OneToOneField(Account, models.PROTECT, null=True)
    buddy = models.ForeignKey("self", models.SET_NULL, null=True)
    leads = models.ManyToManyField("Team", related_name="leaders", through="Leading")
    terms = models.CharField(max_length=10, choices=[("full_time", "full"), ("intern", "intern")], blank=True)
    saves = models.IntegerField(default=0)

    def save(self, *args, **options):
        self.shown_name = f"{self.number} {self.full_name}".strip()
        self.saves += 1
        self.by = ACTING[-1] if ACTING else ""
        if "Refused" in self.full_name:
            raise ValueError(self.full_name)
        super().save(*args, **options)


class Desk(Named):
    """A part of a person, and what the person's account has beside it hangs on it."""

    person = models.OneToOneField(Person, models.PROTECT)
    room = models.CharField(max_length=8)
    phone = models.CharField(max_length=20, blank=True)


class Team(Named):
    label = models.CharField(max_length=30, unique=True)
    motto = models.CharField(max_length=30, blank=True)
    people = models.ManyToManyField(Person, related_name="teams")


class Leading(Named):
    """A link that knows more than whom it links."""

    person = models.ForeignKey(Person, models.CASCADE)
    team = models.ForeignKey(Team, models.CASCADE)
    share = models.PositiveIntegerField(default=100)


class Prize(Named):
    """What a team has won, of which no binding knows."""

    team = models.ForeignKey(Team, models.SET_NULL, null=True)
    account = models.ForeignKey(Account, models.SET_NULL, null=True)
    name = models.CharField(max_length=10)


class Room(Named):
    """What it is called is what it is."""

    code = models.CharField(max_length=20, primary_key=True)
    label = models.CharField(max_length=30)


class Unit(Named):
    """A key of two columns, tables and columns with names of their own."""

    pk = models.CompositePrimaryKey("firm_code", "code")
    firm_code = models.CharField(max_length=4, db_column="BUKRS")
    code = models.CharField(max_length=6, db_column="ORG")
    title = models.CharField(max_length=40, db_column="BEZ")
    upper_firm = models.CharField(max_length=4, blank=True, db_column="O_BUKRS")
    upper_code = models.CharField(max_length=6, blank=True, db_column="O_ORG")

    class Meta:
        db_table = "T_ORG"


class Note(Named):
    """What a person leaves behind: by itself, or because somebody still needs it."""

    person = models.ForeignKey(Person, models.PROTECT, null=True)
    number = models.CharField(max_length=6, blank=True)
    is_open = models.BooleanField(default=False)
