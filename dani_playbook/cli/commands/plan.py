"""``dani plan``."""

from pathlib import Path
from typing import Any

import click

from dani_playbook.cli.group import new_command
from dani_playbook.cli.invocation import Invocation
from dani_playbook.cli.options import horizon_option, out_option, plan_options
from dani_playbook.cli.planning import check_sides, exit_code, request, with_horizon


@new_command(
    "plan",
    examples=(
        "dani plan",
        "dani plan --at 2027-01-01",
        "dani plan --target user.jdoe",
        "dani plan --horizon 30d",
        "dani plan --out change.plan         to be approved and applied as it is",
        "dani plan --env test --format json --exit-code",
        "dani plan --output plan.md          for a comment on a pull request",
        "dani plan --output plan.html        a page to review and keep",
        "dani plan --output plan.xlsx        one row a field",
    ),
    gives="plan",
)
@plan_options
@horizon_option
@out_option
@click.option("--deep", is_flag=True, help="Also try it in the live system, and take it back.")
@click.option("--exit-code", "asked", is_flag=True, help="Exit with 2 where there are changes.")
@click.pass_obj
def command(invocation: Invocation, /, horizon: int | None, out: Path | None, asked: bool, **said: Any) -> int:
    """Show what would change, why, and from which line.

    Nothing stays written anywhere. What an apply would refuse is shown as blocked, and ends with exit code 4.
    """
    session = invocation.session()
    wanted = request(invocation, **said)
    check_sides(session, wanted.prefer)
    planned = session.plan(wanted)
    if out is not None:
        planned = session.save(planned, out, overwrite=invocation.overwrite)
    result = planned.result
    document = result.document if horizon is None else with_horizon(result.document, session, wanted, horizon)
    invocation.write_document(document)
    return exit_code(result.exit_code, asked=asked)
