"""The entry point of ``dani``: one call from arguments to exit code."""

import gc
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import click

from dani_playbook import __version__
from dani_playbook.cli import failpoints, failures, sinks
from dani_playbook.cli.ending import end
from dani_playbook.cli.group import LazyGroup
from dani_playbook.cli.invocation import Invocation
from dani_playbook.cli.output import drop, prepare_streams, write_stream
from dani_playbook.cli.quiet import keep_quiet
from dani_playbook.cli.render import formats_of
from dani_playbook.cli.surroundings import Surroundings
from dani_playbook.core.errors import DaniError, UsageError
from dani_playbook.core.names import is_text

SECTIONS = {
    "From playbooks to the HR system": {
        "validate": "Check playbooks without a live system.",
        "plan": "Show what would change, why, and from which line.",
        "approve": "Say yes to exactly one saved plan.",
        "apply": "Carry a plan out.",
        "rollback": "Take a run back.",
        "resume": "Carry an interrupted run on.",
        "settle": "Tell what became of runs that nobody ended.",
    },
    "Look": {
        "show": "Show a past run, a saved plan or a saved document.",
        "runs": "List past runs.",
        "drift": "Show what others changed.",
        "timeline": "Show what comes when.",
        "explain": "Tell where a value comes from and who owns it.",
        "audit": "Show who did what, and whether the record is whole.",
        "lock": "Show who is writing, or take the lock away.",
    },
    "Files": {
        "init": "Begin a new repository.",
        "export": "Write what is live as playbooks.",
        "fmt": "Tidy playbooks, keeping comments.",
        "schema": "Print a JSON Schema.",
    },
    "Who acts, and people": {
        "login": "Sign in with e-mail and password.",
        "logout": "Sign out.",
        "whoami": "Tell who acts here, and what that may do.",
        "keys": "Make, list and revoke keys for programs.",
        "user": "Set a password, or forget a person who has left.",
    },
    "Set-up": {
        "doctor": "Check the installation and every connection.",
        "config": "Show and change settings.",
        "binding": "Bind a Django project of your own.",
        "completion": "Print the completion script of a shell.",
        "help": "Show help on a command or a topic.",
    },
}
COMPLETION_VARIABLE = "_DANI_COMPLETE"
_OBJECTS = 1_000_000
"""So many are made before unused ones are looked for: at Python's 700 that is a tenth of a small plan."""


def _show_version(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    if value and not context.resilient_parsing:
        write_stream(context.ensure_object(Invocation).surroundings.stdout, f"dani {sinks.terminal(__version__)}\n")
        context.exit()


@click.group(
    cls=LazyGroup,
    sections=SECTIONS,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""
    Learn more:
      dani COMMAND --help     options and examples of a command
      dani help exit-codes    what an exit code means; also: environment, addresses, signs
    """,
)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version, help="Show it.")
@click.pass_context
def dani(context: click.Context) -> None:
    """An HR system kept as playbooks: plan it, apply it, take it back.

    Playbooks are read from the folder that dani.yaml names (playbooks/) where no PATH is given.
    """
    if context.invoked_subcommand is None:
        invocation = context.ensure_object(Invocation)
        invocation.write(f"{context.get_help()}\n")


def main(arguments: Sequence[str] | None = None, program: str = "dani") -> NoReturn:
    """Runs one command and ends the process, which is another program's where it hands in the arguments."""
    prepare_streams()
    if not os.environ.get("DANI_DEBUG"):
        keep_quiet()
    if arguments is not None:
        sys.exit(run(arguments, Surroundings.of_process(), program))
    gc.set_threshold(_OBJECTS)
    surroundings = Surroundings.of_process()
    code = run(sys.argv[1:], surroundings, program)
    end(code, (surroundings.stdout, surroundings.stderr), at_once=not surroundings.is_debugging)


def run(arguments: Sequence[str], surroundings: Surroundings, program: str = "dani") -> int:
    """One call; gives its exit code and lets nothing but that out."""
    try:
        return _answer_or_error(arguments, Invocation(surroundings), program)
    except (KeyboardInterrupt, click.Abort):
        write_stream(surroundings.stderr, "\nStopped.\n")
        return failures.INTERRUPTED
    except BrokenPipeError:
        drop(surroundings.stdout)
        return failures.READER_GONE
    except ModuleNotFoundError as error:
        write_stream(surroundings.stderr, sinks.terminal_lines(failures.missing_package(error)))
        return failures.BUG
    except Exception as error:
        if surroundings.is_debugging:
            raise
        write_stream(surroundings.stderr, sinks.terminal_lines(failures.bug_report(error)))
        return failures.BUG


def _answer_or_error(arguments: Sequence[str], invocation: Invocation, program: str) -> int:
    try:
        failpoints.arm_from(invocation.surroundings.environ)
        return _answer(arguments, invocation, program)
    except DaniError as error:
        return _tell_error(invocation, error)
    except click.ClickException as error:
        return _tell_error(invocation, failures.usage_error(error))
    except Exception as error:
        told = failures.of_the_machine(error)
        if told is None or invocation.surroundings.is_debugging:
            raise
        return _tell_error(invocation, told)


def _answer(arguments: Sequence[str], invocation: Invocation, program: str) -> int:
    if instruction := invocation.surroundings.environ.get(COMPLETION_VARIABLE):
        from click.shell_completion import shell_complete

        return shell_complete(dani, {}, program, COMPLETION_VARIABLE, instruction)
    for number, argument in enumerate(arguments, start=1):
        if not is_text(argument):
            raise UsageError(f"argument {number} isn't UTF-8", hint="rename what it names")
    try:
        with dani.make_context(program, list(arguments), obj=invocation) as context:
            answer = dani.invoke(context)
    except click.exceptions.NoArgsIsHelpError as error:
        write_stream(invocation.surroundings.stdout, f"{sinks.terminal_lines(error.format_message())}\n")
        return 0
    except click.exceptions.Exit as ended:
        return ended.exit_code
    return answer if isinstance(answer, int) else 0


def _tell_error(invocation: Invocation, error: DaniError) -> int:
    """For people on standard error; for programs also as the result they asked for."""
    document = failures.error_document(error, invocation.root if error.problems else Path())
    is_result = invocation.form != "text" and invocation.form in formats_of("problems") and not invocation.is_lost
    hindered = _write_result(invocation, document) if is_result else None
    if not is_result or invocation.output:
        invocation.tell(document)
    if hindered and hindered.message != error.message:
        invocation.tell(failures.error_document(hindered, Path()))
    return error.exit_code


def _write_result(invocation: Invocation, document: Mapping[str, Any]) -> DaniError | None:
    """An error as the result that a program waits for; gives what hindered it."""
    try:
        invocation.start()
        invocation.write_document(document)
    except DaniError as error:
        return error
    return None
