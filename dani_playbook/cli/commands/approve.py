"""``dani approve``."""

from pathlib import Path

import click

from dani_playbook.cli import sinks
from dani_playbook.cli.group import new_command
from dani_playbook.cli.invocation import Invocation
from dani_playbook.cli.options import reason_option
from dani_playbook.cli.planning import answered_yes
from dani_playbook.cli.summary import short_digest
from dani_playbook.core.errors import PlanRefused

_SHORTEST = 8


@new_command(
    "approve",
    examples=("dani approve change.plan", "dani approve change.plan --digest 7c1e9a04 --reason 'agreed with payroll'"),
)
@click.argument("plan", type=click.Path(path_type=Path))
@click.option("--digest", default="", metavar="DIGEST", help="The plan that you looked at; nothing is asked.")
@reason_option("Why; it stays with the approval.")
@click.pass_obj
def command(invocation: Invocation, plan: Path, digest: str, reason: str) -> int:
    """Say yes to exactly one saved plan.

    Shows the plan and asks for the word yes. Where nobody can answer, --digest names the plan that was looked at. Who
    wrote, committed or planned a part of it can't approve it, and nobody approves what is about themselves. An
    approval holds for this plan alone, and for a plan made again only where it is the same.
    """
    from dani_playbook.runner.approving import approve

    session = invocation.session()
    planned = session.saved(plan, reveal=invocation.reveal)
    document = planned.result.document
    if digest:
        _check(digest, document["digest"])
    else:
        invocation.tell(document)
        answered_yes(
            invocation,
            f"\nApprove plan {short_digest(document['digest'])}? Only yes is a yes: ",
            hint=f"look at it with dani show, then add --digest {short_digest(document['digest'])}",
        )
    return invocation.show(approve(session, planned, session.clock(), reason))


def _check(said: str, digest: str) -> None:
    """Raises ``PlanRefused`` where the file holds another plan than the one that was looked at."""
    if len(said) < _SHORTEST or not digest.startswith(said):
        raise PlanRefused(
            f"the file holds plan {short_digest(digest)}, not {sinks.terminal(said)}",
            hint=f"look at it with dani show; --digest needs at least {_SHORTEST} characters",
        )
