"""``dani resume``."""

import click

from dani_playbook.cli.group import new_command
from dani_playbook.cli.invocation import Invocation
from dani_playbook.cli.options import wait_option
from dani_playbook.cli.planning import carry_out
from dani_playbook.core.errors import PlanRefused


@new_command("resume", examples=("dani resume", "dani resume --approve", "dani resume 3f9a0c51d2e4 --approve"))
@click.argument("run", required=False)
@click.option("--approve", is_flag=True, help="Your yes, if the plan is still the one that was interrupted.")
@wait_option
@click.pass_obj
def command(invocation: Invocation, run: str | None, approve: bool, lock_timeout: float) -> int:
    """Carry an interrupted run on.

    Settles it first, and makes its plan again from what it was asked for. Is that still the same plan, --approve is
    a yes to it; another one is shown, and needs a yes of its own.
    """
    from dani_playbook.runner.settling import NOTHING, resume

    session = invocation.session()
    found = resume(session, run, reveal=invocation.reveal)
    if found is None:
        invocation.write_document(NOTHING)
        return 0
    if invocation.form == "text" and not invocation.output:
        invocation.write_document(found.document)
    else:
        invocation.tell(found.document)
    approved = approve and found.same
    if approve and not found.same and found.planned.plan.changes and not invocation.surroundings.can_ask:
        again = f"dani rollback {found.planned.plan.undoes} --approve" if found.planned.plan.undoes else "dani apply"
        invocation.tell(found.planned.result.document)
        raise PlanRefused(
            "the plan isn't the one that was interrupted, and nobody is here to approve it",
            hint=f"look at it, then: {again}",
        )
    return carry_out(invocation, session, found.planned, approved=approved, wait_s=lock_timeout)
