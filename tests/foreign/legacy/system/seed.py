"""What is in the tables before dani comes: nothing, or two hundred people as the old system wrote them."""

from datetime import date, time

GIVEN = (
    "Aílton Bożena Céline Dagný Eško Françoise Götz Hélène Íris Јован Kjærsti Лев Mădălina Nicolò Οδυσσέας 春".split()
)
FAMILY = "Ågren Bělohlávek Cañada Dąbek Ekström Fodé Gößl Hrušková Ísberg Jürs 김 Lačný Mæland Nürnberg Õun".split()
UNITS = (("1000", "LEITUNG"), ("1000", "MARKT"), ("2000", "LEITUNG"), ("2000", "LAGER"))


def company():
    """The old system knows its companies by their codes alone."""


def people(count):
    """Codes are padded to the width of their columns and addresses are in capitals, on every database."""
    from hr.models import Org, Person

    Org.objects.bulk_create(Org(client="100", **_unit(*unit)) for unit in UNITS)
    Person.objects.bulk_create(Person(client="100", **_person(number)) for number in range(count))


def _unit(company, code):
    names = {"LEITUNG": "Führung", "MARKT": "Märkte", "LAGER": "Lager"}
    nothing = {"parent_company": _wide("", 4), "head_company": _wide("", 4), "head_number": _wide("", 8)}
    parent = {"parent_code": _wide("", 8)}
    if code != "LEITUNG":
        parent = {"parent_company": company, "parent_code": _wide("LEITUNG", 8)}
    return {"company_code": company, "org_code": _wide(code, 8), "title": names[code]} | nothing | parent


def _wide(text, width):
    return text.ljust(width)


def _number(number):
    return UNITS[number % 4][0], _wide(f"A{number:04d}", 8)


def _boss(number):
    """Somebody who is still here."""
    boss = number // 8
    return boss if boss % 10 != 9 else boss - 1


def _person(number):
    company, code = UNITS[number % 4]
    here = number % 10 != 9
    boss = _number(_boss(number)) if number else (_wide("", 4), _wide("", 8))
    return {
        "company_code": company,
        "staff_number": _number(number)[1],
        "name": f"{FAMILY[number % len(FAMILY)]}, {GIVEN[number % len(GIVEN)]}",
        "mail": f"PERSON{number:03d}@WANDERWERK.EXAMPLE",
        "org_company": company,
        "org_code": _wide(code, 8),
        "boss_company": boss[0],
        "boss_number": boss[1],
        "position": "Clerk",
        "terms": "VZ",
        "joined": date(1995 + number % 25, 1 + number % 12, 1),
        "joined_time": time(6, 30),
        "gone": None if here else date(2021, 6, 30),
        "cost_center": _wide("1000", 6),
        "cost_unit": _wide("01", 4),
        "pay_minor": 240_000 + number,
        "pay_currency": "EUR",
        "standing": "3" if here else "9",
        "in_use": "1" if here else "0",
        "changed_on": date(2021, 7, 1),
        "changed_by": "BATCH",
    }
