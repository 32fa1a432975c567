"""``dani completion``."""

import click

from dani_playbook.cli.group import new_command
from dani_playbook.cli.invocation import Invocation

SHELLS = ("bash", "zsh", "fish")


@new_command(
    "completion",
    examples=(
        'eval "$(dani completion bash)"      in ~/.bashrc',
        'eval "$(dani completion zsh)"       in ~/.zshrc',
        "dani completion fish > ~/.config/fish/completions/dani.fish",
    ),
)
@click.argument("shell", type=click.Choice(SHELLS), metavar="bash|zsh|fish")
@click.pass_obj
def command(invocation: Invocation, shell: str) -> int:
    """Print the completion script of a shell."""
    from click.shell_completion import get_completion_class

    from dani_playbook.cli.main import COMPLETION_VARIABLE, dani

    found = get_completion_class(shell)
    assert found is not None, shell
    script = found(dani, {}, "dani", COMPLETION_VARIABLE)
    invocation.write(script.source_template % script.source_vars() + "\n")
    return 0
