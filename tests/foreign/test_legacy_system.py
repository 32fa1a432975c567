"""The second foreign project is as old as it is meant to be; dani has no part in this."""

import pytest


def test_no_table_knows_a_foreign_key(take) -> None:
    legacy = take("legacy")
    ours = "SELECT count(*) FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid WHERE contype = 'f' AND relname ~ '^T_'"
    if legacy.vendor == "sqlite3":
        ours = "SELECT count(*) FROM sqlite_master WHERE name LIKE 'T\\_%' ESCAPE '\\' AND sql LIKE '%REFERENCES%'"
    assert legacy.sql(ours) == [(0,)]


def test_codes_are_padded_to_the_width_of_their_columns(take) -> None:
    rows = take("legacy", "seeded").sql('SELECT "ORGKZ", "PERNR" FROM "T_PERS" WHERE "SATZ_ID" = 2')
    assert rows == [("MARKT   ", "A0001   ")]


def test_one_code_means_two_departments(take) -> None:
    rows = take("legacy", "seeded").sql('SELECT "BUKRS" FROM "T_ORG" WHERE "ORGKZ" = ? ORDER BY 1', "LEITUNG ")
    assert rows == [("1000",), ("2000",)]


def test_who_saves_stands_in_the_row(take) -> None:
    legacy = take("legacy", "seeded")
    legacy.django("from hr.models import *\nit = Person.objects.get(pk=1)\nit._changed_by = 'nadia'\nit.save()")
    assert legacy.sql('SELECT "AENAM" FROM "T_PERS" WHERE "SATZ_ID" = 1') == [("nadia",)]


def test_the_tables_take_one_client_alone(take) -> None:
    with pytest.raises(AssertionError, match="(?i)check constraint"):
        take("legacy", "seeded").django("from hr.models import *\nPerson.objects.filter(pk=1).update(client='200')")
