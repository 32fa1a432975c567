"""Boot: a customer's Django project set up in this process, as its bindings say, without what it would do by itself."""

import os
import re
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from dani_playbook.core.binding import Boot
from dani_playbook.core.errors import DaniError, LiveUnreachable
from dani_playbook.runner.bindings import BindingsFile
from dani_playbook.runner.database import BUILT_IN, Database, host
from dani_playbook.runner.quiet import Quiet, active

_NAME = re.compile(r"[A-Z][A-Z0-9_]*")


def boot_project(file: BindingsFile) -> Database:
    """The project's database, open. Where its Django is set up already (``manage.py dani``), only its noise is held.

    Raises ``LiveUnreachable`` where the project can't be started, or dani's tables aren't there.
    """
    boot = file.bindings.boot
    start(boot, file.file)
    return replace(host(boot.database), name=boot.settings.partition(".")[0])


def start(boot: Boot, file: str) -> Quiet:
    """The project's models are there afterwards. Its variables stay set, since its code goes on running here.

    ``file`` is what messages tell people to look at.
    """
    from django.conf import settings

    if settings.configured and hasattr(settings, BUILT_IN):
        raise LiveUnreachable("another Django is set up in this process", hint="begin a process of its own")
    if settings.configured:
        quiet = _held(boot)
    else:
        quiet = _set_up(boot, file)
    _without_pool(boot, file)
    return quiet


def _held(boot: Boot) -> Quiet:
    if active().off:
        return active()
    quiet = Quiet(off=boot.off)
    quiet.hold()
    return quiet


def _set_up(boot: Boot, file: str) -> Quiet:
    import django
    from django.conf import settings

    os.environ.update(boot.environment)
    os.environ["DJANGO_SETTINGS_MODULE"] = boot.settings
    if boot.folder not in sys.path:
        sys.path.insert(0, boot.folder)
    threads = Quiet(off=tuple(item for item in boot.off if item == "threads"))
    threads.hold()
    with _arguments(boot.arguments):
        with _told(f"the settings {boot.settings} can't be loaded", boot, file):
            settings.INSTALLED_APPS  # noqa: B018 - it is the first look that loads them
        quiet = _handed_over(threads, boot)
        with _told("the apps of the project can't be loaded", boot, file):
            django.setup()
    return quiet


def _handed_over(threads: Quiet, boot: Boot) -> Quiet:
    """Mail can be held once there are settings; what was counted before counts."""
    threads.let_go()
    quiet = Quiet(off=boot.off, threads=threads.threads)
    quiet.hold()
    return quiet


@contextmanager
def _arguments(said: Sequence[str]) -> Iterator[None]:
    before, sys.argv = sys.argv, list(said)
    try:
        yield
    finally:
        sys.argv = before


def _without_pool(boot: Boot, file: str) -> None:
    """A pool needs threads, and the lock needs one connection for its whole life."""
    from django.conf import settings

    if boot.database not in settings.DATABASES:
        raise LiveUnreachable(
            f'the project has no database "{boot.database}"',
            hint=f"{file} names it under django:; the settings have {', '.join(sorted(settings.DATABASES))}",
        )
    options: Any = settings.DATABASES[boot.database].get("OPTIONS", {})
    options.pop("pool", None)


@contextmanager
def _told(what: str, boot: Boot, file: str) -> Iterator[None]:
    """Whatever a stranger's code raises, by its class and its place: what it says may be a password."""
    try:
        yield
    except DaniError:
        raise
    except ModuleNotFoundError as error:
        if error.name and (boot.settings == error.name or boot.settings.startswith(f"{error.name}.")):
            raise LiveUnreachable(
                f"there is no settings module {boot.settings}",
                hint=f"look at settings: and folder: in {file}; the folder is {boot.folder}",
            ) from error
        raise LiveUnreachable(
            f"{what}: there is no module {error.name}", hint="install what the project needs where dani is installed"
        ) from error
    except (Exception, SystemExit) as error:
        raise LiveUnreachable(
            f"{what}: {type(error).__name__}{_safe(error)}{_where(error)}",
            hint=f"it works for the project itself? then look at environment: and arguments: in {file}",
        ) from error


def _safe(error: BaseException) -> str:
    """What it says, where that is the name of a variable or of a setting and nothing else."""
    if isinstance(error, KeyError) and error.args and _NAME.fullmatch(str(error.args[0])):
        return f" {error.args[0]}"
    if type(error).__name__ == "ImproperlyConfigured":
        names = [word for word in re.findall(r"\w+", str(error)) if "_" in word and _NAME.fullmatch(word)]
        return f" {names[0]}" if names else ""
    return ""


def _where(error: BaseException) -> str:
    """The last line of the project's own code on the way to the error."""
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if _is_own(frame.filename)]
    return f" ({Path(own[-1].filename).name}:{own[-1].lineno})" if own else ""


def _is_own(filename: str) -> bool:
    """Neither Python's, nor a library's, nor ours."""
    ours = Path(__file__).parents[1]
    path = Path(filename)
    return (
        path.is_absolute()
        and "site-packages" not in path.parts
        and ours not in path.parents
        and not (path.is_relative_to(Path(os.__file__).parent))
    )
