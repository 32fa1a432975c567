"""``dani binding check|suggest``."""

import click

from dani_playbook.cli.group import DaniCommand, DaniGroup
from dani_playbook.cli.invocation import Invocation


@click.group("binding", cls=DaniGroup)
def command() -> None:
    """Bind a Django project of your own, and prove that the bindings fit.

    A binding says where people, departments and other kinds live there: bindings: in dani.yaml names its file.
    """


@command.command("check", cls=DaniCommand, examples=("dani binding check", "dani binding check --format json"))
@click.pass_obj
def check(invocation: Invocation) -> int:
    """Prove the bindings against the live models, without writing.

    Starts the project, asks its models, reads every kind once, and tells what was kept from happening meanwhile. Exit
    code 3 where something doesn't fit.
    """
    from dani_playbook.runner.binding_check import check_binding

    return invocation.show(check_binding(invocation.session()))
