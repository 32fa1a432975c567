"""``dani plan``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dani_playbook.cli.group import new_command
from dani_playbook.cli.invocation import Invocation
from dani_playbook.cli.options import horizon_option, out_option, plan_options
from dani_playbook.cli.planning import check_sides, exit_code, request, with_horizon
from dani_playbook.cli.untrusted import call_of, check_untrusted, untrusted_options

if TYPE_CHECKING:
    from dani_playbook.runner.offline import Request
    from dani_playbook.runner.session import Session


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
        "dani plan --untrusted --base main   for a pull request of a stranger",
    ),
    gives="plan",
)
@plan_options
@horizon_option
@out_option
@click.option("--deep", is_flag=True, help="Also try it in the live system, and take it back.")
@click.option("--exit-code", "asked", is_flag=True, help="Exit with 2 where there are changes.")
@untrusted_options
@click.pass_obj
def command(
    invocation: Invocation,
    /,
    horizon: int | None,
    out: Path | None,
    asked: bool,
    untrusted: bool,
    base: str | None,
    **said: Any,
) -> int:
    """Show what would change, why, and from which line.

    Nothing stays written anywhere. What an apply would refuse is shown as blocked, and ends with exit code 4.
    """
    check_untrusted(invocation, {**said, "out": out}, base, untrusted=untrusted)
    session, wanted = _untrusted(invocation, base, said) if untrusted else _trusted(invocation, said)
    planned = session.plan(wanted)
    if out is not None:
        planned = session.save(planned, out, overwrite=invocation.overwrite)
    result = planned.result
    document = result.document if horizon is None else with_horizon(result.document, session, wanted, horizon)
    invocation.write_document(document)
    return exit_code(result.exit_code, asked=asked)


def _trusted(invocation: Invocation, said: Mapping[str, Any]) -> tuple[Session, Request]:
    session = invocation.session(early=not said["paths"])
    wanted = request(invocation, **said)
    check_sides(session, wanted.prefer)
    return session, wanted


def _untrusted(invocation: Invocation, base: str | None, said: Mapping[str, Any]) -> tuple[Session, Request]:
    from dani_playbook.runner.project import actor
    from dani_playbook.runner.untrusted.grounds import named, untrusted_session

    call = call_of(invocation)
    session = untrusted_session(call, base, said["paths"], actor(invocation.surroundings.environ))
    wanted = request(invocation, **said)
    return session, replace(wanted, paths=named(said["paths"], call.start, session.config.root))
