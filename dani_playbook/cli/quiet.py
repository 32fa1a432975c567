"""Quiet: nothing that Python says by itself holds values. What says it is loaded when there is something to say."""

import sys
import warnings
from typing import Any


def keep_quiet() -> None:
    """Warnings are logged, what fails while ending is not told."""
    warnings.showwarning = _logged
    sys.unraisablehook = lambda unraisable: None


def _logged(message: Any, category: Any, filename: str, lineno: int, file: Any = None, line: Any = None) -> None:
    """The first warning; logging itself takes those that follow."""
    import logging

    logging.captureWarnings(True)
    warnings.showwarning(message, category, filename, lineno, file, line)
