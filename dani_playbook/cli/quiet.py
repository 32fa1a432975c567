"""Quiet: nothing that Python says by itself holds values. What says it is loaded when there is something to say."""

import sys
import warnings
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any


def keep_quiet() -> None:
    """Warnings are logged, a log that nobody keeps isn't told, and what fails while ending isn't either."""
    warnings.showwarning = _logged
    sys.unraisablehook = lambda unraisable: None
    if "logging" in sys.modules:
        _without_last_resort()
    else:
        sys.meta_path.insert(0, _AtFirstUse())


def _without_last_resort() -> ModuleType:
    import logging

    logging.lastResort = None
    return logging


class _AtFirstUse:
    """Whoever loads logging first gets it quiet; a call that logs nothing doesn't load it."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name != "logging":
            return None
        sys.meta_path.remove(self)
        loader: Any = self  # importlib.abc would load what this is here to save
        return ModuleSpec(name, loader)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _without_last_resort()

    def exec_module(self, module: ModuleType) -> None:
        """It has been."""


def _logged(message: Any, category: Any, filename: str, lineno: int, file: Any = None, line: Any = None) -> None:
    """The first warning; logging itself takes those that follow."""
    import logging

    logging.captureWarnings(True)
    warnings.showwarning(message, category, filename, lineno, file, line)
