"""``dani logout``."""

import click

from dani_playbook.cli.group import new_command
from dani_playbook.cli.invocation import Invocation


@new_command("logout", examples=("dani logout", "dani logout --everywhere"))
@click.option("--everywhere", is_flag=True, help="Also on all other machines.")
@click.pass_obj
def command(invocation: Invocation, everywhere: bool) -> int:
    """Sign out."""
    from dani_playbook.runner.signing import logout

    who = logout(invocation.session(), everywhere=everywhere)
    told = f"{who} is signed out{' everywhere' if everywhere else ''}." if who else "Nobody was signed in."
    invocation.say(told)
    return 0
