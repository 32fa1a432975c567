"""Help says what there is, and a slip is met with what was probably meant."""

import click
import pytest

from dani_playbook.cli.group import DaniCommand
from dani_playbook.cli.main import SECTIONS, dani
from dani_playbook.cli.topics import EXIT_CODES, TOPICS
from dani_playbook.core import errors
from dani_playbook.core.errors import DaniError
from tests.cli.inside import call

COMMANDS = [name for section in SECTIONS.values() for name in section]


def commands() -> list[tuple[str, click.Command]]:
    context = click.Context(dani, info_name="dani")
    found = [(name, dani.get_command(context, name)) for name in COMMANDS]
    inner = [
        (f"{name} {below}", command.commands[below])
        for name, command in found
        if isinstance(command, click.Group)
        for below in command.list_commands(context)
    ]
    return [(name, command) for name, command in [*found, *inner] if command is not None]


@pytest.mark.parametrize(("name", "command"), commands(), ids=lambda value: value if isinstance(value, str) else "")
def test_every_command_has_help_with_examples(name: str, command: click.Command) -> None:
    ended = call(*name.split(), "--help")
    assert ended.code == 0
    assert command.help
    if isinstance(command, DaniCommand):
        assert "Examples:\n  dani " in ended.out or 'Examples:\n  eval "$(dani' in ended.out


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_takes_the_global_options_also_behind_it(name: str) -> None:
    ended = call(name, "--help")
    for option in ("--config", "--env", "--format", "--output", "--reveal", "--no-color", "--log-level"):
        assert f"\n  {option}" in ended.out


def test_the_list_of_commands_is_the_list_of_files() -> None:
    from importlib.resources import files

    modules = {item.name.removesuffix(".py") for item in files("dani_playbook.cli.commands").iterdir()}
    assert {name for name in modules if not name.startswith("__")} == set(COMMANDS)


def test_without_a_command_help_is_shown() -> None:
    assert call().out == call("--help").out
    assert call("config").code == 0


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_is_shown(topic: str) -> None:
    assert call("help", topic).out == TOPICS[topic]


def test_help_on_a_command_is_its_help() -> None:
    assert call("help", "plan").out.replace("dani plan", "") == call("plan", "--help").out.replace("dani plan", "")
    assert "NAME VALUE" in call("help", "config", "set").out


def test_the_exit_code_of_every_error_is_documented() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, DaniError)]
    assert {kind.exit_code for kind in kinds} <= set(EXIT_CODES)


SLIPS = [
    ("plann", 'there is no command "plann"; did you mean "plan"?'),
    ("help plann", 'there is no command or topic "plann"; did you mean "plan"?'),
    ("config lst", "list"),
    ("plan --formt json", "--format"),
    ("plan --format jsn", "json"),
    ("plan --at tomorrow", "write it like 2027-01-01"),
    ("plan --horizon soon", "write it like 30d or 6w"),
    ("plan --prefer user.x=live", "ADDRESS.FIELD=playbook"),
    ("schema usr", 'did you mean "user"?'),
    ("rollback", "Missing argument"),
    ("completion tcsh", "bash"),
    ("runs --limit 0", "--limit"),
]


@pytest.mark.parametrize(("line", "said"), SLIPS)
def test_a_slip_on_the_command_line_is_usage_and_says_what_to_do(line: str, said: str) -> None:
    ended = call(*line.split())
    assert ended.code == 64
    assert said in ended.err
    assert "Traceback" not in ended.err
    assert ended.out == ""


def test_a_slip_is_json_where_json_was_asked_for() -> None:
    import json

    ended = call("--format", "json", "plann")
    assert ended.code == 64
    assert json.loads(ended.out)["error"]["code"] == "usage"
