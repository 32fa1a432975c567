"""Progress of long work: on standard error, and only where somebody watches."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from dani_playbook.cli import sinks
from dani_playbook.cli.surroundings import Surroundings, is_terminal


@contextmanager
def progress(surroundings: Surroundings, *, plain: bool = False) -> Iterator[Callable[[str], None]]:
    """Gives a function that is told each step. On a terminal it is shown with the time it takes; else it is quiet."""
    surface = surroundings.surface(surroundings.stderr, plain=plain)
    if not is_terminal(surroundings.stderr) or surroundings.environ.get("TERM") == "dumb":
        yield lambda step: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(file=surroundings.stderr, no_color=not surface.colour, markup=False, highlight=False)
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("working", total=None)
        yield lambda step: bar.update(task, description=sinks.terminal(step))
