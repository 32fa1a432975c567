"""Record: what one line of the log may hold. Everything that isn't named here is left out.

Imported only where a log was asked for.
"""

import logging
from collections.abc import Callable, Mapping, MutableMapping
from datetime import UTC, datetime
from typing import Any

import structlog

from dani_playbook.cli import sinks
from dani_playbook.cli.log import constant_text
from dani_playbook.cli.render import FORMATS

Event = MutableMapping[str, Any]
STRICT = False
"""Whether a field that isn't allowed is an error; in tests it is."""

FIELDS = (
    "timestamp", "level", "module", "action", "user", "operation_id", "context", "metrics", "result", "error",
    "exit_code", "logger", "event",
)  # fmt: skip
"""In this order. ``logger`` and ``event`` are those of libraries."""

COUNTED = (
    "files", "declared", "changes", "blockers", "held", "warnings", "skipped", "problems", "resources", "runs", "rows",
    "items", "settings", "checks",
)  # fmt: skip
"""What ``context`` counts, by the names in documents; beside them only ``format``."""

METRICS = ("duration_ms", "memory_mb", "db_queries")


def operation_log() -> Any:
    """A logger for records of operations; its fields are checked where they are said."""
    return structlog.wrap_logger(
        logging.getLogger("dani"),
        processors=[allowed, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def allowed(logger: Any, method: str, event: Event) -> Event:
    """Only what is named here. Raises ``ValueError`` for anything else where tests run."""
    said = {**event, "level": method.upper()}
    said["context"] = {name: value for name, value in event.get("context", {}).items() if _may_be_told(name, value)}
    said["metrics"] = {name: event.get("metrics", {}).get(name) for name in METRICS if name in event.get("metrics", {})}
    extra = set(said) - set(FIELDS) | set(event.get("context", {})) - set(said["context"])
    if extra and STRICT:
        raise ValueError(f"a log must not hold {', '.join(sorted(extra))}")
    return {name: said[name] for name in FIELDS if name in said}


def _may_be_told(name: str, value: Any) -> bool:
    if name == "format":
        return value in FORMATS
    return name in COUNTED and isinstance(value, int) and not isinstance(value, bool)


def counts(document: Mapping[str, Any]) -> dict[str, int]:
    """How many of each thing a document speaks of."""
    inner = document.get("plan") or document
    return {name: _count(inner[name]) for name in COUNTED if name in inner}


def _count(value: Any) -> int:
    if isinstance(value, Mapping) and all(isinstance(item, int) for item in value.values()):
        return sum(value.values())
    return value if isinstance(value, int) else len(value)


def formatter(write: Callable[[Any, str, Event], str]) -> logging.Formatter:
    """Ours and libraries' records on the same way; neither arguments nor tracebacks go along."""
    return structlog.stdlib.ProcessorFormatter(
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, write],
        foreign_pre_chain=[_of_a_library],
        use_get_message=False,
    )


def _of_a_library(logger: Any, method: str, event: Event) -> Event:
    said: logging.LogRecord = event["_record"]
    kept = {name: event[name] for name in ("_record", "_from_structlog") if name in event}
    at = datetime.fromtimestamp(said.created, UTC)
    about = {"timestamp": moment(at), "level": said.levelname, "logger": said.name, "event": constant_text(said)}
    return {**about, **kept}


def moment(at: datetime) -> str:
    """UTC, with a Z."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def record(logger: Any, method: str, event: Event) -> str:
    """JSON on one line; the handler ends it."""
    return sinks.log_text({name: event[name] for name in FIELDS if name in event}).removesuffix("\n")


def line(logger: Any, method: str, event: Event) -> str:
    """The same for people."""
    if "logger" in event:
        return sinks.terminal(f"{event['level'].lower()} {event['logger']}: {event['event']}")
    said = [event["level"].lower(), f"{event['module']} {event['action']}:", event["result"]]
    said += [f"({event['error']})"] if event.get("error") else []
    figures = {**event["metrics"], **event["context"], "operation": event["operation_id"]}
    said += [f"{name}={value}" for name, value in figures.items() if value is not None]
    return sinks.terminal(" ".join(said))
