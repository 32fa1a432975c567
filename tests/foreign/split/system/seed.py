"""What is in the system before dani comes: the companies and positions, or two hundred people."""

from datetime import date

COMPANIES = (("FARO", "Faro Energía S.A."), ("NETZ", "Faro Netze GmbH"))
TITLES = ("Director", "Head of department", "Engineer", "Technician", "Clerk", "Advisor", "Apprentice")
GIVEN = "Ángela Bengü Čeněk Đorđe Élise Фёдор Gül Håkon İpek Jürgen 一郎 Łucja Małgorzata Ñusta Øyvind مريم".split()
FAMILY = "Abreu Bjørk Çelik Dvořák Erdoş Fuß García Hübner Ødegård Ivić 田辺 Kovács Łoś Múñez Nováková".split()


def company():
    from org.models import Company, JobPosition

    Company.objects.bulk_create(Company(code=code, name=name) for code, name in COMPANIES)
    JobPosition.objects.bulk_create(JobPosition(title=title) for title in TITLES)


def people(count):
    """Everybody at once, without signals, as an import years ago left them; every tenth has left."""
    from django.contrib.auth.models import User
    from org.models import JobPosition
    from people.models import BonusPoint, Employee, WorkInformation

    departments = _departments()
    users = User.objects.bulk_create(User(password="!", **_login(number)) for number in range(count))
    employees = Employee.everyone.bulk_create(
        Employee(user=user, **_employee(number)) for number, user in enumerate(users)
    )
    titles = list(JobPosition.objects.order_by("title"))
    WorkInformation.objects.bulk_create(
        WorkInformation(
            employee=employee, position=titles[number % len(titles)], **_work(number, departments, employees)
        )
        for number, employee in enumerate(employees)
    )
    BonusPoint.objects.bulk_create(BonusPoint(employee=employee, points=7) for employee in employees)
    _contracts(employees)


def _departments():
    from org.models import Company, Department

    companies = list(Company.objects.order_by("code"))
    names = ("Service", "Almacén", "Büro")
    return Department.objects.bulk_create(Department(company=it, name=name) for it in companies for name in names)


def _email(number):
    return f"Person{number:03d}@Faro.example"


def _is_here(number):
    return number % 10 != 9


def _boss(number):
    """Somebody who is still here."""
    boss = number // 8
    return boss if _is_here(boss) else boss - 1


def _login(number):
    return {"username": _email(number).lower(), "email": _email(number), "is_active": _is_here(number)}


def _employee(number):
    first, last = GIVEN[number % len(GIVEN)], FAMILY[number % len(FAMILY)]
    here = _is_here(number)
    names = {"first_name": first, "last_name": last, "full_name": f"{first} {last}"}
    return {
        "badge_id": f"S-{number:04d}",
        "email": _email(number),
        "state": "A" if here else "L",
        "is_active": here,
    } | names


def _work(number, departments, employees):
    return {
        "department": departments[number % len(departments)],
        "manager": employees[_boss(number)] if number else None,
        "terms": "FT",
        "office": "Cádiz",
        "date_joining": date(2001 + number % 20, 1 + number % 12, 1),
        "contract_end": None if _is_here(number) else date(2022, 5, 31),
        "salary_minor": 250_000 + number,
        "salary_currency": "EUR",
    }


def _contracts(employees):
    from payroll.models import Contract

    Contract.objects.bulk_create(
        Contract(employee=employee, wage=250_000, start_date=date(2022, 1, 1), state="open")
        for employee in employees[:50]
    )
