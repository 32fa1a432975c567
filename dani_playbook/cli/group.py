"""Group: commands that are imported when they are called, and help that reads well."""

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from inspect import cleandoc
from typing import Any

import click

from dani_playbook.cli.invocation import Invocation
from dani_playbook.cli.operation import recorded
from dani_playbook.cli.options import global_options
from dani_playbook.cli.render import FORMATS, formats_of
from dani_playbook.core.names import did_you_mean

_GLOBAL = {option.name for option in global_options()}


class DaniCommand(click.Command):
    """A command with the global options and with examples in its help.

    ``gives`` names the document that it ends with, where that has more formats than all have; ``any`` is one of many.
    """

    def __init__(self, *arguments: Any, examples: Sequence[str] = (), gives: str = "", **attributes: Any) -> None:
        super().__init__(*arguments, **attributes)
        self.examples = tuple(examples)
        self.formats = FORMATS if gives == "any" else formats_of(gives)
        own = {parameter.name for parameter in self.params}
        self.params.extend(option for option in global_options() if option.name not in own)

    def invoke(self, ctx: click.Context) -> Any:
        invocation = ctx.ensure_object(Invocation)
        invocation.start(self.formats)
        return recorded(invocation, _names(ctx), lambda: super(DaniCommand, self).invoke(ctx))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        write_options(self, ctx, formatter)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        if self.examples:
            with formatter.section("Examples"):
                formatter.write("".join(f"  {example}\n" for example in self.examples))


def _names(ctx: click.Context) -> list[str]:
    """``["config", "list"]``: the names below the program's."""
    above = _names(ctx.parent) if ctx.parent else []
    return [*above, ctx.command.name or ""] if ctx.parent else []


def new_command(name: str, *, examples: Sequence[str], gives: str = "") -> Callable[[Callable[..., Any]], DaniCommand]:
    """A command from a function; its docstring is the help."""
    return click.command(name, cls=DaniCommand, examples=examples, gives=gives)


def write_options(shown: click.Command, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    """The command's own options first, then the global ones."""
    options = [option for option in shown.get_params(ctx) if isinstance(option, click.Option)]
    records = [(option.name in _GLOBAL, option.get_help_record(ctx)) for option in options]
    for title, is_global in (("Options", False), ("Global options", True)):
        if rows := [record for flag, record in records if record and flag is is_global]:
            with formatter.section(title):
                formatter.write_dl(rows)


class DaniGroup(click.Group):
    """A group below ``dani``, with the global options."""

    def __init__(self, *arguments: Any, **attributes: Any) -> None:
        super().__init__(*arguments, **attributes)
        self.params.extend(global_options())

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, known = args[0], self.list_commands(ctx)
        if name not in known and not name.startswith("-") and not ctx.resilient_parsing:
            raise click.UsageError(f'there is no command "{name}"{did_you_mean(name, known)}', ctx)
        return super().resolve_command(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        self.format_commands(ctx, formatter)
        write_options(self, ctx, formatter)


class LazyGroup(DaniGroup):
    """A group that knows its commands by name and imports one when it is called.

    ``sections`` maps a heading to names with their one-line help, so that the list of commands needs no import.
    """

    def __init__(self, *arguments: Any, sections: Mapping[str, Mapping[str, str]], **attributes: Any) -> None:
        super().__init__(*arguments, **attributes)
        self.sections = sections

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for section in self.sections.values() for name in section)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.names)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.names:
            return None
        module = import_module(f"dani_playbook.cli.commands.{cmd_name}")
        found: click.Command = module.command
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        widest = max(len(name) for name in self.names)
        for title, commands in self.sections.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(widest), text) for name, text in commands.items()])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write(f"\n{cleandoc(self.epilog or '')}\n")
