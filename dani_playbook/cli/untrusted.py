"""What ``validate`` and ``plan`` do with a tree that nobody vouches for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dani_playbook.core.errors import UsageError

if TYPE_CHECKING:
    from dani_playbook.cli.invocation import Invocation
    from dani_playbook.runner.untrusted.grounds import Call

Function = TypeVar("Function", bound=Callable[..., Any])
_MORE_THAN_LOOKING: Mapping[str, str] = {
    "deep": "--deep", "restore": "--restore", "prefer": "--prefer", "raises": "--raise-limit", "reason": "--reason",
    "out": "--out",
}  # fmt: skip


def untrusted_options(function: Function) -> Function:
    """``--untrusted`` and ``--base REF``."""
    options = (
        click.option(
            "--untrusted",
            is_flag=True,
            help="For a stranger's pull request: reads in a worker that can do nothing else.",
        ),
        click.option(
            "--base", metavar="REF", help="With --untrusted: the branch that it goes to; settings come from there."
        ),
    )
    for option in reversed(options):
        function = option(function)
    return function


def check_untrusted(invocation: Invocation, said: Mapping[str, Any], base: str | None, *, untrusted: bool) -> None:
    """Raises ``UsageError`` for what doesn't go together."""
    if base and not untrusted:
        raise UsageError("--base goes with --untrusted", hint="add --untrusted, or leave --base out")
    if not untrusted:
        return
    more = [option for name, option in _MORE_THAN_LOOKING.items() if said.get(name)]
    more += ["--reveal"] if invocation.reveal else []
    if more:
        raise UsageError(f"--untrusted only looks; {more[0]} can't go with it", hint=f"leave {more[0]} out")


def call_of(invocation: Invocation) -> Call:
    """How this command was called."""
    from dani_playbook.runner.untrusted.grounds import Call

    surroundings = invocation.surroundings
    return Call(
        start=invocation.folder,
        environ=surroundings.environ,
        now=surroundings.now,
        config=invocation.options.get("config"),
        environment=invocation.options.get("env"),
    )
