"""Logs carry ids, never payloads, tokens or people's data. Console lines for people, JSON lines for machines."""

import logging.config
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from daybook.config.masking import masked

FORMATS = ("console", "json")


def mask(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Take secrets out of everything that is about to be written, tracebacks included."""
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = masked(value)
    return event


SHARED_PROCESSORS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]


def configure(log_format: str) -> None:
    """Send structlog's and the standard library's records to stderr; `log_format` is one of FORMATS.

    Colours are for a terminal: a file and a pipe get plain lines.
    """
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "daybook": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, mask, renderer],
                    "foreign_pre_chain": SHARED_PROCESSORS,
                }
            },
            "filters": {"faults": {"()": "daybook.config.outages.WithoutTraceback"}},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "daybook", "filters": ["faults"]}},
            "root": {"handlers": ["stderr"], "level": "WARNING"},
            "loggers": {
                "daybook": {"level": "INFO"},
                # one line of `faults` says that the database is away; a pool would say it at every try
                "psycopg.pool": {"level": "ERROR"},
                "waitress.queue": {"level": "ERROR"},
            },
        }
    )
    structlog.configure(
        processors=[*SHARED_PROCESSORS, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
