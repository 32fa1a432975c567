"""What ``dani binding check`` finds where a binding and its project don't go together."""

from tests.foreign.projects import Project


def found(project: Project, code: int = 0) -> dict[tuple[str, str, str], str]:
    """Messages by level, kind and path, one a line."""
    told: dict[tuple[str, str, str], list[str]] = {}
    for it in project.dani("binding", "check", code=code)["findings"]:
        told.setdefault((it["level"], it["kind"], it["path"]), []).append(it["message"])
    return {place: "\n".join(messages) for place, messages in told.items()}


ERRORS = {
    "split": (
        ("model: org.Team", "model: org.Teem", ("error", "group", "model"), "there is no model org.Teem"),
        ("office: work.office", "office: work.desk", ("error", "user", "office"), "has no field desk"),
        ("active: A", "active: Q", ("error", "user", "status"), "has no choice Q"),
    ),
    "legacy": (
        ("mail\n", "mail_address\n", ("error", "user", "email"), "has no field mail_address"),
        ('joined_time: "08:00"', 'joined_tyme: "08:00"', ("error", "user", "joined_tyme"), "has no field joined_tyme"),
    ),
}


def test_everything_that_does_not_fit_the_models_is_told_together(take, foreign) -> None:
    project = take(foreign)
    for old, new, *_ in ERRORS[foreign]:
        project.edit("bindings.yaml", old, new)
    told = found(project, code=3)
    for _, _, place, message in ERRORS[foreign]:
        assert place is None or message in told[place], told


def test_a_table_that_is_not_there_is_told(take) -> None:
    legacy = take("legacy")
    legacy.sql('DROP TABLE "T_DARL"')
    assert found(legacy, code=3)["error", "user", "hr.Loan"] == "hr.Loan has no table T_DARL in the database"


def test_writing_in_bulk_past_a_save_and_signals_is_told(take) -> None:
    split = take("split")
    split.edit("bindings.yaml", "    manager: everyone", "    write: bulk\n    manager: everyone")
    told = found(split, code=3)["warning", "user", "write"]
    assert "people.Employee has post_save, post_delete, a save() of its own, which write: bulk leaves out" in told
    assert "people.WorkInformation has post_save, which write: bulk leaves out" in told


def test_deleting_in_bulk_past_a_delete_is_told_where_anything_is_deleted(take) -> None:
    split = take("split")
    told = "org.Team has a delete() of its own, which write: bulk leaves out"
    split.edit("bindings.yaml", "    model: org.Team\n", "    model: org.Team\n    write: bulk\n")
    assert found(split)["warning", "group", "write"] == told
    split.edit("bindings.yaml", "    model: org.Team\n", "    model: org.Team\n    removal: {delete: false}\n")
    assert ("warning", "group", "write") not in found(split)


MESS = (
    "UPDATE people_employee SET state = 'X' WHERE badge_id IN ('S-0001', 'S-0002')",
    (
        "UPDATE auth_user SET email = 'other@faro.example' WHERE id = (SELECT user_id FROM people_employee "
        "WHERE badge_id = 'S-0003')"
    ),
    "DELETE FROM people_workinformation WHERE employee_id = (SELECT id FROM people_employee WHERE badge_id = 'S-0004')",
    "UPDATE people_employee SET badge_id = 's-0006' WHERE badge_id = 'S-0005'",
)


def test_rows_that_do_not_go_with_the_binding_are_counted_and_not_shown(take) -> None:
    split = take("split", "seeded")
    split.edit("bindings.yaml", "manager: everyone", "manager: objects")
    for statement in MESS:
        split.sql(statement)
    told = found(split)
    assert told["warning", "user", "status"].startswith("can't be told of 2 objects: ")
    assert told["warning", "user", "email"].startswith("can't be told of 1 objects: ")
    assert told["warning", "user", "work"] == "1 rows have no people.WorkInformation"
    assert told["warning", "user", "employee_id"].startswith("2 objects share theirs with another one")
    assert told["warning", "user", "manager"] == "the manager objects hides 20 of 200 rows of people.Employee"
    assert "other@" not in str(told)


def test_what_can_not_be_declared_is_said(take) -> None:
    told = found(take("split"))
    assert told["info", "user", "email"] == "people.Employee.email takes 60 characters, email may have 254"
    assert told["info", "user", "employment_type"] == "values: has nothing for employee, temp"
