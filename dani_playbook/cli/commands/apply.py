"""``dani apply``."""

from typing import Any

import click

from dani_playbook.cli.group import new_command
from dani_playbook.cli.invocation import Invocation
from dani_playbook.cli.options import plan_options, wait_option
from dani_playbook.cli.planning import carry_out, check_sides, request, saved_plan


@new_command(
    "apply",
    examples=(
        "dani apply",
        "dani apply --approve",
        "dani apply change.plan --approve",
        "dani apply --target 'user.*' --at 2027-01-01",
        "dani apply --prefer user.jdoe.department=live",
        "dani apply --restore user.tlee",
    ),
    gives="apply",
)
@plan_options
@click.option("--approve", is_flag=True, help="Your yes to the plan; nothing is asked.")
@wait_option
@click.pass_obj
def command(invocation: Invocation, /, approve: bool, lock_timeout: float, **said: Any) -> int:
    """Carry a plan out, whole or not at all.

    Makes the plan, shows it, and asks for the word yes. Where nobody can answer, it needs --approve and is refused
    with exit code 4 without. Afterwards it tells the run, and how to take it back. Where PATH is a saved plan, exactly
    that plan is applied.
    """
    saved = saved_plan(said["paths"], said)
    session = invocation.session()
    if saved is not None:
        planned = session.saved(saved, reveal=invocation.reveal, applying=True)
        return carry_out(invocation, session, planned, approved=approve, wait_s=lock_timeout)
    wanted = request(invocation, **said)
    check_sides(session, wanted.prefer)
    planned = session.plan(wanted)
    return carry_out(invocation, session, planned, approved=approve, wait_s=lock_timeout)
