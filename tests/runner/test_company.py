"""The example company, through a session, on real databases."""

import json
from collections.abc import Callable
from datetime import date

import pytest

from dani_playbook.cli.sinks import json_text
from dani_playbook.runner.offline import Request
from tests.runner.conftest import Project


def test_it_is_planned_applied_planned_again_and_taken_back(company: Project, edit: Callable[..., None]) -> None:
    empty = json.dumps(company.export())
    first = company.apply()
    assert company.plan().plan.is_empty
    full = json.dumps(company.export())
    title = "job_title: Chief Executive"
    edit("people/leadership.yaml", title, "job_title: Chair")
    plan = company.plan().plan
    assert [(str(c.address), [f.name for f in c.fields]) for c in plan.changes] == [
        ("user.ingrid.solheim", ["job_title"])
    ]
    second = company.apply()
    company.rollback(second)
    assert json.dumps(company.export()) == full
    edit("people/leadership.yaml", "job_title: Chair", title)
    protected = company.session().rollback(first).plan.skipped
    assert {item.message for item in protected} >= {"is protected, so it stays"}
    unprotect(company)
    company.rollback(first)
    assert json.dumps(company.export()) == empty


def unprotect(company: Project) -> None:
    """Lifts every protection, which no removal and no rollback passes by."""
    for path in sorted((company.root / "playbooks").rglob("*.yaml")):
        path.write_text(path.read_text("utf-8").replace("protect: true", "protect: false"), "utf-8")
    session = company.session()
    session.apply(session.plan(Request()))


@pytest.mark.parametrize("reveal", [False, True])
def test_what_is_exported_plans_nothing(company: Project, reveal: bool) -> None:
    company.apply()
    before = json.dumps(company.export())
    session = company.revealing()
    session.export_to(None, company.root / "exported", reveal=reveal)
    plan = company.plan("exported").plan
    assert [f"{c.sign} {c.address}" for c in plan.changes if c.written or c.deletes] == []
    assert plan.blockers == ()
    assert json.dumps(company.export()) == before


@pytest.mark.parametrize("kind", ["department", "user", "group", "job", "schedule", "powerapps", "setting"])
def test_an_unmanaged_system_is_exported_and_adopted_without_a_change(company: Project, kind: str) -> None:
    company.apply()
    from dani_playbook.state.models import Inventory

    Inventory.objects.all().delete()
    session = company.revealing()
    session.export_to(None, company.root / "exported", reveal=True)
    planned = company.plan("exported")
    mine = [change for change in planned.plan.changes if change.address.kind == kind]
    assert mine
    assert {change.verb.value for change in mine} == {"adopt"}
    assert [change.fields for change in mine if change.fields] == []
    assert planned.result.exit_code == 0


def test_dates_that_come_change_what_is_planned(company: Project) -> None:
    company.apply()
    later = company.session().plan(Request(at=date(2027, 2, 1))).plan
    assert later.changes
    assert {change.reason.value for change in later.changes} <= {"due", "derived", "field_changed", "correction"}
    assert company.plan().plan.is_empty


def test_planning_changes_no_table(company: Project) -> None:
    company.apply()
    before = company.place.picture()
    company.session().plan(Request(at=date(2027, 2, 1)))
    assert company.place.picture() == before


def test_drift_is_found_and_a_date_that_came_is_not_drift(company: Project) -> None:
    from dani_playbook.hris.employees.models import Employee

    company.apply()
    assert company.session().drift(Request()).exit_code == 0
    Employee.objects.filter(user__key="ingrid.solheim").update(job_title="Queen")
    found = company.session().drift(Request())
    assert (found.exit_code, [item["address"] for item in found.document["items"]]) == (2, ["user.ingrid.solheim"])
    due = company.session().drift(Request(at=date(2027, 2, 1))).document["counts"]
    assert (due["due"] > 0, due["changed_outside"]) == (True, 1)


def test_a_field_of_somebody_who_was_deleted_outside_is_not_as_declared(company: Project) -> None:
    from dani_playbook.hris.accounts.models import User
    from dani_playbook.hris.employees.models import Department, Employee
    from dani_playbook.hris.recruitment.models import Job

    company.apply()
    leading = {
        row
        for model, name in ((Employee, "manager"), (Department, "head"), (Job, "hiring_manager"))
        for row in model.objects.values_list(name, flat=True)
        if row
    }
    somebody = User.objects.exclude(pk__in=leading).exclude(employee=None).order_by("key")[0]

    def told() -> str:
        (field,) = company.session().explain(f"user.{somebody.key}", "first_name", Request()).document["fields"]
        return str(field["verdict"])

    assert told() == "as declared"
    Employee.objects.filter(user=somebody).delete()
    User.objects.filter(pk=somebody.pk).delete()
    assert told() == "not live: deleted outside dani; waits for --restore"


def test_masked_values_are_in_no_document(company: Project) -> None:
    run = company.apply()
    session = company.session()
    documents = [
        session.plan(Request(at=date(2027, 2, 1))).result,
        session.run(run),
        session.export(),
        session.explain("user.ingrid.solheim", None, Request()),
        session.drift(Request()),
        session.timeline(()),
        session.rollback(run).result,
    ]
    text = "".join(json_text(result.document) for result in documents)
    hidden = [fields["salary"]["minor"] for fields in company.export()["resources"].values() if fields.get("salary")]
    assert hidden
    assert [value for value in hidden if str(value) in text] == []
