"""Options that several commands share. Global ones work before and after the command."""

import os
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click

from dani_playbook.cli.invocation import Invocation
from dani_playbook.cli.render import FORMATS

Function = TypeVar("Function", bound=Callable[..., Any])
LOG_LEVELS = ("debug", "info", "warning", "error")


def global_options() -> list[click.Parameter]:
    """New ones at every call: click keeps state in them."""
    return [
        _remembered("--config", metavar="FILE", help="Use this dani.yaml; else the nearest one upwards."),
        _remembered("--env", metavar="NAME", help="An environment of dani.yaml, like test."),
        _remembered(
            "--format",
            type=click.Choice(FORMATS),
            metavar="FORMAT",
            help="text (the default), json, markdown or html; what is a table also csv and xlsx; for annotations in "
            "a CI job github.",
        ),
        _remembered("--output", metavar="FILE", help="Write the result into a new file; its ending says the format."),
        _remembered("--overwrite", is_flag=True, help="Let --output replace a file."),
        _remembered("--reveal", is_flag=True, help="Show personal and special values in full; secrets never."),
        _remembered("--force-reveal", is_flag=True, help="Let --reveal write to a file or a pipe, or in CI."),
        _remembered("--reason", metavar="TEXT", help="Why values are shown; it stays in the audit trail."),
        _remembered("--no-color", is_flag=True, help="No colours (also: NO_COLOR=1)."),
        _remembered(
            "--log-level", type=click.Choice(LOG_LEVELS), metavar="LEVEL", help="debug, info, warning or error."
        ),
        _remembered("--log-file", metavar="FILE", help="Add a record of what is done, as JSON lines, to this file."),
        click.Option(
            ["-C", "--directory"],
            metavar="DIR",
            multiple=True,
            is_eager=True,
            expose_value=False,
            callback=_go,
            help="Work as if started in this folder.",
        ),
    ]


def _remembered(name: str, **attributes: Any) -> click.Option:
    return click.Option([name], expose_value=False, callback=_remember, default=None, **attributes)


def _remember(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    """Keeps what was said; what was not said after the command leaves what was said before it."""
    invocation = context.find_object(Invocation)
    if invocation is not None and parameter.name and value:
        invocation.options[parameter.name] = value


def _reason(context: click.Context, parameter: click.Parameter, value: str) -> str:
    """The same reason for what a command needs one for and for --reveal, wherever on the line it stands."""
    _remember(context, parameter, value)
    invocation = context.find_object(Invocation)
    return value or (str(invocation.options.get("reason") or "") if invocation else "")


def _go(context: click.Context, parameter: click.Parameter, folders: tuple[str, ...]) -> None:
    for folder in folders:
        try:
            os.chdir(folder)
        except OSError as error:
            raise click.BadParameter(f"{folder}: {error.strerror}", context, parameter) from None


def _date(context: click.Context, parameter: click.Parameter, value: str | None) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise click.BadParameter(f"{value!r} is not a date; write it like 2027-01-01", context, parameter) from None


def _days(context: click.Context, parameter: click.Parameter, value: str | None) -> int | None:
    if value is None:
        return None
    found = re.fullmatch(r"([0-9]{1,4})([dw])", value)
    if not found:
        raise click.BadParameter(f"{value!r} is not a number of days; write it like 30d or 6w", context, parameter)
    return int(found[1]) * (7 if found[2] == "w" else 1)


def _sides(context: click.Context, parameter: click.Parameter, said: tuple[str, ...]) -> dict[str, str]:
    sides = {}
    for text in said:
        place, _, side = text.rpartition("=")
        if place.count(".") < 2 or side not in ("playbook", "live"):
            raise click.BadParameter(
                f"{text!r} is not ADDRESS.FIELD=playbook or ADDRESS.FIELD=live", context, parameter
            )
        sides[place] = side
    return sides


def _ceilings(context: click.Context, parameter: click.Parameter, said: tuple[str, ...]) -> dict[str, int]:
    ceilings = {}
    for text in said:
        measure, _, number = text.rpartition("=")
        if not measure or not re.fullmatch(r"[1-9][0-9]{0,6}", number):
            raise click.BadParameter(f"{text!r} is not MEASURE=NUMBER, like leavers=12", context, parameter)
        ceilings[measure] = int(number)
    return ceilings


def raise_options(function: Function) -> Function:
    """``--raise-limit MEASURE=NUMBER`` and ``--reason TEXT``, for one plan."""
    options = (
        click.option(
            "--raise-limit",
            "raises",
            multiple=True,
            callback=_ceilings,
            metavar="MEASURE=NUMBER",
            help="Let this one plan do up to so many; leavers=12.",
        ),
        reason_option("Why a limit is raised, or why values are shown; it stays on record."),
    )
    for option in reversed(options):
        function = option(function)
    return function


def reason_option(text: str) -> Callable[[Function], Function]:
    """``--reason TEXT`` of a command that means more by it than why values are shown."""
    return click.option("--reason", metavar="TEXT", default="", callback=_reason, help=text)


_SAVED = "Save the plan, sealed; dani apply FILE carries out exactly it."


def out_option(function: Function, text: str = _SAVED) -> Function:
    """``--out FILE``: the plan, sealed."""
    return click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help=text)(function)


def purge_out_option(function: Function) -> Function:
    """``--out FILE`` of a purge, whose plan is saved to be approved and not to be applied."""
    return out_option(function, "Save the plan, sealed, for dani approve FILE; nothing is purged.")


def wait_option(function: Function) -> Function:
    """``--lock-timeout SECONDS``."""
    text = "Wait so long for another run that is writing."
    kind = click.FloatRange(min=0, max=86400)
    option = click.option("--lock-timeout", type=kind, default=30, show_default=True, metavar="SECONDS", help=text)
    return option(function)


def at_option(function: Function) -> Function:
    """``--at DATE``."""
    return click.option("--at", callback=_date, metavar="DATE", help="As of this day, not today.")(function)


def horizon_option(function: Function) -> Function:
    """``--horizon DAYS``, as a number of days."""
    text = "Also show what comes within 30d or 6w."
    return click.option("--horizon", callback=_days, metavar="DAYS", help=text)(function)


def plan_options(function: Function) -> Function:
    """What ``plan`` and ``apply`` have in common; they come as one mapping for ``planning.request``."""
    options = (
        click.argument("paths", nargs=-1, metavar="[PATH]..."),
        at_option,
        click.option(
            "--target", "targets", multiple=True, metavar="ADDRESS", help="Only this and what it needs; user.* is fine."
        ),
        click.option("--exclude", "excludes", multiple=True, metavar="ADDRESS", help="Leave this and its like out."),
        click.option(
            "--restore", multiple=True, metavar="ADDRESS", help="Also put back what is held back for this address."
        ),
        click.option(
            "--prefer",
            multiple=True,
            callback=_sides,
            metavar="ADDRESS.FIELD=SIDE",
            help="Which side of a conflict wins: playbook or live.",
        ),
    )
    function = raise_options(function)
    for option in reversed(options):
        function = option(function)
    return function
