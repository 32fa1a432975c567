"""``dani schema``."""

import click

from dani_playbook.cli.group import new_command
from dani_playbook.cli.invocation import Invocation
from dani_playbook.core.errors import UsageError
from dani_playbook.core.names import did_you_mean

SUFFIX = ".schema.json"


@new_command(
    "schema",
    examples=("dani schema user", "dani schema playbook --output playbook.schema.json", "dani schema --list"),
)
@click.argument("name", required=False, metavar="[KIND|playbook|config|bindings]")
@click.option("--list", "listing", is_flag=True, help="List the names of all schemas.")
@click.pass_obj
def command(invocation: Invocation, name: str | None, listing: bool) -> int:
    """Print a JSON Schema: of a kind, of a playbook, of dani.yaml, or of bindings.

    Editors read them to complete and check as you type. Without a name: the schema of a playbook.
    """
    from dani_playbook.core.dictionary import schema_folder

    found = {item.name.removesuffix(SUFFIX): item for item in schema_folder().iterdir() if item.name.endswith(SUFFIX)}
    if listing:
        invocation.write("".join(f"{known}\n" for known in sorted(found)))
        return 0
    if (wanted := name or "playbook") not in found:
        raise UsageError(
            f'there is no schema called "{wanted}"{did_you_mean(wanted, found)}',
            hint="dani schema --list names them all",
        )
    invocation.write(found[wanted].read_text("utf-8"))
    return 0
