"""As ``inspectdb`` gives them, with readable names. The tables are older than Django and aren't its own."""

from datetime import date

from django.db import models


class Org(models.Model):
    pk = models.CompositePrimaryKey("company_code", "org_code")
    client = models.CharField(max_length=3, db_column="MANDT")
    company_code = models.CharField(max_length=4, db_column="BUKRS")
    org_code = models.CharField(max_length=8, db_column="ORGKZ")
    title = models.CharField(max_length=40, db_column="BEZ")
    parent_company = models.CharField(max_length=4, db_column="UEB_BUKRS", blank=True, default="")
    parent_code = models.CharField(max_length=8, db_column="UEB_ORGKZ", blank=True, default="")
    head_company = models.CharField(max_length=4, db_column="LEIT_BUKRS", blank=True, default="")
    head_number = models.CharField(max_length=8, db_column="LEIT_PERNR", blank=True, default="")
    in_use = models.CharField(max_length=1, db_column="AKTIV", default="1")

    class Meta:
        managed = False
        db_table = "T_ORG"

    def __str__(self):
        return f"{self.company_code} {self.org_code}"


class Person(models.Model):
    id = models.AutoField(primary_key=True, db_column="SATZ_ID")
    client = models.CharField(max_length=3, db_column="MANDT")
    company_code = models.CharField(max_length=4, db_column="BUKRS")
    staff_number = models.CharField(max_length=8, db_column="PERNR")
    name = models.CharField(max_length=60, db_column="NACHN")
    mail = models.CharField(max_length=50, db_column="MAIL", unique=True)
    telephone = models.CharField(max_length=20, db_column="TEL", blank=True, default="")
    org_company = models.CharField(max_length=4, db_column="ORG_BUKRS", blank=True, default="")
    org_code = models.CharField(max_length=8, db_column="ORGKZ", blank=True, default="")
    boss_company = models.CharField(max_length=4, db_column="CHEF_BUKRS", blank=True, default="")
    boss_number = models.CharField(max_length=8, db_column="CHEF_PERNR", blank=True, default="")
    position = models.CharField(max_length=40, db_column="STELLE", blank=True, default="")
    terms = models.CharField(max_length=2, db_column="BESCH", blank=True, default="")
    joined = models.DateField(db_column="EINTR", null=True, blank=True)
    joined_time = models.TimeField(db_column="EINTR_ZEIT")
    gone = models.DateField(db_column="AUSTR", null=True, blank=True)
    cost_center = models.CharField(max_length=6, db_column="KST", blank=True, default="")
    cost_unit = models.CharField(max_length=4, db_column="KSTU", blank=True, default="")
    pay_minor = models.BigIntegerField(db_column="GEHALT", null=True, blank=True)
    pay_currency = models.CharField(max_length=3, db_column="WAERS", blank=True, default="")
    standing = models.CharField(max_length=1, db_column="STAT")
    in_use = models.CharField(max_length=1, db_column="AKTIV")
    changed_on = models.DateField(db_column="AEDAT", blank=True)
    changed_by = models.CharField(max_length=12, db_column="AENAM", blank=True)

    class Meta:
        managed = False
        db_table = "T_PERS"
        unique_together = (("company_code", "staff_number"),)

    def __str__(self):
        return f"{self.company_code} {self.staff_number}"

    def save(self, *args, **kwargs):
        """Who touched a row last, stands in it."""
        self.changed_on = date.today()  # noqa: DTZ011 - as such code is written
        self.changed_by = str(getattr(self, "_changed_by", ""))[:12]
        super().save(*args, **kwargs)


class Loan(models.Model):
    """Money that somebody owes the firm; it refers to a person by number alone."""

    pk = models.CompositePrimaryKey("company_code", "loan_number")
    company_code = models.CharField(max_length=4, db_column="BUKRS")
    loan_number = models.CharField(max_length=10, db_column="DARLNR")
    staff_number = models.CharField(max_length=8, db_column="PERNR")
    paid_back = models.CharField(max_length=1, db_column="GETILGT", default="0")

    class Meta:
        managed = False
        db_table = "T_DARL"

    def __str__(self):
        return f"{self.company_code} {self.loan_number}"
