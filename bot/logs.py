"""logs: one line an event, on stderr, with secrets redacted. Libraries log through the same door."""

import logging
import re
import sys
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any

import structlog
from structlog.typing import Processor

_TOKENS = re.compile(
    r"xox[abeprs]-[\w-]+|xapp-[\w-]+|[MNO][\w-]{23,27}\.[\w-]{6,7}\.[\w-]{27,}|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"
)
_PLAIN = (int, float, bool, dict, list, tuple, type(None))
_LOUD = {
    "httpx": logging.WARNING,
    "aiohttp.access": logging.WARNING,
    "discord": logging.WARNING,
    "discord.client": logging.ERROR,  # it only warns that we cannot speak, and we write
    "slack_bolt": logging.ERROR,
    "slack_sdk": logging.ERROR,
    "aiosqlite": logging.WARNING,  # it tells every row that is written
    "alembic": logging.WARNING,
    "markdown_it": logging.WARNING,
}
"""httpx logs whole addresses, bolt whole requests: nobody reads them, and they may hold secrets."""


def set_up(*, level: str, how: str, stamped: bool, secrets: Iterable[str]) -> None:
    """Configure structlog and the standard library's logging. `stamped`: the host's router stamps each line itself."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.format_exc_info,
        _redacting(tuple(secrets)),
    ]
    if not stamped:
        shared.insert(0, structlog.processors.TimeStamper(fmt="iso", utc=True))
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _writer(how)],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name, least in _LOUD.items():
        logging.getLogger(name).setLevel(max(least, root.level))


def _writer(how: str) -> Processor:
    if how == "auto":
        how = "console" if sys.stderr.isatty() else "logfmt"
    if how == "json":
        return structlog.processors.JSONRenderer()
    if how == "logfmt":
        return structlog.processors.LogfmtRenderer(key_order=["level", "event", "logger"], bool_as_flag=False)
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())


def _redacting(secrets: tuple[str, ...]) -> Processor:
    def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
        return {key: clean(value, secrets) for key, value in event.items()}

    return redact


def clean(value: Any, secrets: tuple[str, ...] = ()) -> Any:
    """The value without tokens, passwords in addresses, and the given secrets. Only text is changed."""
    if not isinstance(value, str):
        return (
            value if isinstance(value, int | float | bool | None | dict | list | tuple) else clean(str(value), secrets)
        )
    for secret in secrets:
        value = value.replace(secret, "***")
    return _TOKENS.sub("***", value)
