"""Sessions over real projects, as the runner's tests have them."""

from tests.runner.conftest import company, edit, project

__all__ = ["company", "edit", "project"]
