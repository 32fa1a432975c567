"""Where there is no PostgreSQL its tests are left out, and in CI they fail."""

import pytest

from tests import conftest, databases


class Nothing(conftest.Servers):
    def get(self, vendor: str) -> databases.Place:
        raise databases.NoServer("PostgreSQL isn't installed")


@pytest.mark.parametrize(("ci", "outcome"), [("", pytest.skip.Exception), ("true", pytest.fail.Exception)])
def test_a_missing_server_is_a_skip_with_a_reason_and_a_failure_in_ci(monkeypatch, ci, outcome):
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match="isn't installed"):
        conftest.opened(Nothing(), "postgresql")
