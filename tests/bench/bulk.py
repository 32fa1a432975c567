"""What Django's ``bulk_create`` takes for the same rows, in one transaction, and without anything else.

``python -m tests.bench.bulk PROJECT URL SIZE`` prints seconds, CPU seconds and statements. The tables are there, and
the instances are made, before the clock starts.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from tests.bench import people
from tests.bench.inside import Steps, timed

ACCOUNT = ("email", "first_name", "last_name", "display_name", "roles")
EMPLOYMENT = "employee_id job_title employment_type start_date office locale work_phone home_address".split()


def created(root: Path, url: str, size: int) -> Steps:
    from dani_playbook.runner.database import boot

    boot(url, base=root, environ=os.environ)
    from django.db.transaction import atomic

    from dani_playbook.hris.accounts.models import User
    from dani_playbook.hris.employees.models import Department, Employee

    records = [people.record(number, size) for number in range(size)]
    departments = [Department(key=f"d{n}", name=f"Department {n}") for n in range(people.departments(size))]
    users = [User(key=f"p{n}", **_part(record, ACCOUNT)) for n, record in enumerate(records)]
    employees = [Employee(status="active", **_part(record, EMPLOYMENT)) for record in records]

    def insert() -> None:
        with atomic():
            Department.objects.bulk_create(departments)
            User.objects.bulk_create(users)
            for number, employee in enumerate(employees):
                employee.user_id = users[number].pk
                employee.department_id = departments[number % len(departments)].pk
                employee.manager_id = users[(number - 1) // people.A_MANAGER].pk if number else None
            Employee.objects.bulk_create(employees)

    steps: Steps = {}
    timed(steps, "bulk_create", insert)
    return steps


def _part(record: dict[str, Any], names: Any) -> dict[str, Any]:
    return {name: record[name] for name in names}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(created(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))))
