"""The first foreign project is as nasty as it is meant to be; dani has no part in this."""

NEW = """
from people.models import *
from org.models import *
from payroll.models import Contract
grid = Department.objects.create(company=Company.objects.get(code="NETZ"), name="Netz")
"""


def test_one_save_makes_rows_in_six_tables(take) -> None:
    split = take("split")
    before = split.people()
    split.django(f"{NEW}Employee(badge_id='1', email='Ida@Faro.example', first_name='Ida', last_name='Bø').save()")
    grown = {name for name, rows in split.people().items() if len(rows) > len(before[name])}
    assert grown - {"org_department"} == {
        "auth_user",
        "people_employee",
        "people_workinformation",
        "people_bonuspoint",
        "people_historicalemployee",
        "payroll_contract",
    }
    assert split.sql("SELECT username, email FROM auth_user") == [("ida@faro.example", "Ida@faro.example")]
    assert split.sql("SELECT full_name FROM people_employee") == [("Ida Bø",)]


def test_who_is_created_the_obvious_way_has_a_wrong_contract_for_ever(take) -> None:
    split = take("split")
    split.django(
        f"{NEW}it = Employee.everyone.create(badge_id='1', email='i@faro.example', first_name='Ida')\n"
        "it.work.department, it.work.salary_minor, it.work.date_joining = grid, 290000, '2020-01-01'\n"
        "it.work.save()\nit.save()"
    )
    assert split.sql("SELECT wage, department FROM payroll_contract") == [(0, "")]


def test_who_is_activated_last_has_the_right_contract(take) -> None:
    split = take("split")
    split.django(
        f"{NEW}it = Employee.everyone.create(badge_id='1', email='i@faro.example', first_name='Ida', is_active=False)\n"
        "it.work.department, it.work.salary_minor, it.work.date_joining = grid, 290000, '2020-01-01'\n"
        "it.work.save()\nit.is_active = True\nit.save()"
    )
    assert [tuple(map(str, row)) for row in split.sql("SELECT wage, department, start_date FROM payroll_contract")] == [
        ("290000", "Netz", "2020-01-01")
    ]


def test_the_default_manager_hides_who_is_inactive(take) -> None:
    split = take("split", "seeded")
    counts = "print(Employee.objects.count(), Employee.everyone.count(), Employee._base_manager.count())"
    assert split.django(f"from people.models import *\n{counts}").split() == ["180", "200", "200"]


def test_mail_is_sent_even_where_the_transaction_is_taken_back(take) -> None:
    split = take("split")
    split.django(
        f"from django.db.transaction import atomic, set_rollback\n{NEW}"
        "with atomic():\n"
        "    Employee(badge_id='1', email='i@faro.example', first_name='Ida').save()\n"
        "    set_rollback(True)\n"
    )
    assert split.mail == "i@faro.example Welcome\n"
    assert split.sql("SELECT count(*) FROM people_employee") == [(0,)]


def test_jobs_start_and_write_in_any_process_that_is_no_known_command(take, tmp_path) -> None:
    split, log = take("split"), tmp_path / "watch"
    split.django("", "migrate", FOREIGN_WATCH=str(log))
    assert "thread" not in log.read_text()
    split.django(
        "import time\nfrom rota.models import Tick\nwhile not Tick.objects.exists():\n    time.sleep(0.05)\n",
        "plan",
        FOREIGN_WATCH=str(log),
    )
    assert log.read_text().count("thread") == 3


def test_the_history_names_who_acts(take) -> None:
    split = take("split")
    split.django(
        f"from company.audit import acting\n{NEW}"
        "with acting('nadia'):\n    it = Employee(badge_id='1', email='i@faro.example', first_name='I'); it.save()\n"
        "it.save()"
    )
    assert split.sql("SELECT change, who FROM people_historicalemployee ORDER BY id") == [("+", "nadia"), ("~", "")]


def test_a_contract_keeps_a_person_from_being_deleted(take) -> None:
    split = take("split", "seeded")
    found = split.django(
        "from people.models import *\nfrom django.db.models import ProtectedError\n"
        "try:\n    Employee.objects.order_by('pk')[0].delete()\nexcept ProtectedError as error:\n    print('kept')"
    )
    assert found == "kept\n"
