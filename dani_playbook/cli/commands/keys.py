"""``dani keys create|list|revoke``."""

import click

from dani_playbook.cli.group import DaniCommand, DaniGroup
from dani_playbook.cli.invocation import Invocation

_MOST_DAYS = 90


@click.group("keys", cls=DaniGroup)
def command() -> None:
    """Make, list and revoke keys for programs.

    A program sets DANI_API_KEY. A key does what is in its scopes and what its maker may do now; it never approves,
    reveals, purges, sets passwords or makes keys.
    """


@command.command(
    "create", cls=DaniCommand, examples=("dani keys create nightly --scope look --scope plan --scope apply --days 30",)
)
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, required=True, metavar="ACTION", help="What it may do: plan, apply.")
@click.option("--days", type=click.IntRange(1, _MOST_DAYS), default=30, show_default=True, help="How long it lasts.")
@click.pass_obj
def create(invocation: Invocation, name: str, scopes: tuple[str, ...], days: int) -> int:
    """Make a key, and show it this one time."""
    from dani_playbook.runner.keys import create_key

    result = create_key(invocation.session(), name, scopes, days)
    invocation.write_document(result.document)
    told = f"Key {result.document['id']} lasts until {result.document['expires_at'][:10]}. It isn't shown again."
    invocation.say(told)
    return 0


@command.command("list", cls=DaniCommand, examples=("dani keys list", "dani keys list --format json"))
@click.pass_obj
def list_keys(invocation: Invocation) -> int:
    """List your keys; for an admin, all.

    On a pipe the columns are separated by tabs and have no header.
    """
    from dani_playbook.runner import keys

    return invocation.show(keys.list_keys(invocation.session()))


@command.command("revoke", cls=DaniCommand, examples=("dani keys revoke 4k0d8s1x",))
@click.argument("id")
@click.pass_obj
def revoke(invocation: Invocation, id: str) -> int:
    """Make a key worthless from the next call on."""
    from dani_playbook.runner.keys import revoke_key

    revoke_key(invocation.session(), id)
    invocation.say(f"Key {id} is revoked.")
    return 0
