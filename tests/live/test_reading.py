"""Reading: sets, with a number of queries that doesn't depend on the number of objects."""

from dani_playbook.runner.registry import dictionary, kinds


def test_every_field_of_every_schema_is_bound_to_a_column(hr):
    live, _ = hr()
    for name, spec in dictionary().kinds.items():
        assert set(kinds()[name].binding.fields) == set(spec.fields)
        assert live.read(name).objects == {}
