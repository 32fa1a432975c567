"""A system in use that no playbook ever said anything of: rows made in bulk, the same for the same number."""

from datetime import date, timedelta

_OFFICES = ("Berlin", "Toronto", "São Paulo", "Lagos")
_FIRST = ("Ada", "Björn", "Chidi", "Dana", "Emre", "Fatou", "Guðrún", "Hye-jin", "Ioana", "No", "O'Neil", "王")
_TITLES = ("Engineer", "Clerk", "Team Lead: Sales", "Analyst #2", "Yes")


def populate(people: int, *, backwards: bool = False) -> None:
    """So many people, a department for every 250 of them and a few more, and a group for every 500.

    ``backwards`` makes the rows in the other order: other row numbers, other insertion order, the same company.
    """
    from django.db.transaction import atomic

    with atomic():
        departments = _departments(max(people // 250, 2), backwards=backwards)
        accounts = _accounts(people, backwards=backwards)
        _employments(accounts, departments, backwards=backwards)
        _groups(accounts, backwards=backwards)


def _departments(many: int, *, backwards: bool) -> dict[str, int]:
    from dani_playbook.hris.employees.models import Department

    rows = [
        Department(key=f"d{n:03}", name=f"Department {n}", code=f"D{n}", company="Acme", status="active")
        for n in _turned(many, backwards=backwards)
    ]
    Department.objects.bulk_create(rows)
    return dict(Department.objects.values_list("key", "pk"))


def _accounts(many: int, *, backwards: bool) -> dict[str, int]:
    from dani_playbook.hris.accounts.models import User

    rows = [
        User(
            key=f"p{n:05}",
            email=f"p{n:05}@acme.example",
            username=f"p{n:05}",
            first_name=_FIRST[n % len(_FIRST)],
            last_name=f"Person {n}",
            roles=["employee", "manager"] if n % 20 == 0 else ["employee"],
            password="!",
        )
        for n in _turned(many, backwards=backwards)
    ]
    User.objects.bulk_create(rows, batch_size=1_000)
    return dict(User.objects.values_list("key", "pk"))


def _employments(accounts: dict[str, int], departments: dict[str, int], *, backwards: bool) -> None:
    from dani_playbook.hris.employees.models import Employee

    many = len(departments) - 1
    rows = [
        Employee(
            user_id=accounts[f"p{n:05}"],
            employee_id=f"E{n:05}",
            status="active",
            department_id=departments[f"d{n % many:03}"] if n % 97 else None,
            manager_id=accounts[f"p{n // 20:05}"] if n else None,
            job_title=_TITLES[n % len(_TITLES)],
            employment_type="full_time",
            office=_OFFICES[n % len(_OFFICES)],
            start_date=date(2015, 1, 1) + timedelta(days=n % 3_000),
            work_phone=f"+49 30 {n:06}",
            mobile=f"+49170{n:06}",
            salary_minor=4_000_000 + n,
            salary_currency="EUR",
        )
        for n in _turned(len(accounts), backwards=backwards)
    ]
    Employee.objects.bulk_create(rows, batch_size=1_000)


def _groups(accounts: dict[str, int], *, backwards: bool) -> None:
    from dani_playbook.hris.accounts.models import Group

    many = max(len(accounts) // 500, 1)
    Group.objects.bulk_create(Group(key=f"g{n:03}", name=f"Group {n}") for n in _turned(many, backwards=backwards))
    groups = dict(Group.objects.values_list("key", "pk"))
    through = Group.members.through
    through.objects.bulk_create(
        [
            through(group_id=groups[f"g{n % many:03}"], user_id=accounts[f"p{n:05}"])
            for n in _turned(len(accounts), backwards=backwards)
            if n % 3 == 0
        ],
        batch_size=1_000,
    )


def _turned(many: int, *, backwards: bool) -> range:
    return range(many - 1, -1, -1) if backwards else range(many)
