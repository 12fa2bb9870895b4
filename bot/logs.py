"""logs: one line an event, on stderr, with secrets redacted. Libraries log through the same door."""

import logging
import re
import sys
from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from typing import Any

import structlog
from structlog.typing import Processor

_TOKENS = re.compile(
    r"xox[abeprs]-[\w-]+|xapp-[\w-]+|[MNO][\w-]{23,27}\.[\w-]{6,7}\.[\w-]{27,}|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"
    r"|(?<=/hooks/)[\w-]{40,}"
)
Report = Callable[[str, str, BaseException | None], None]
"""Told of the logger, the event and the exception, if there is one."""
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What begins a new line, moves a terminal's cursor or turns the reading direction, and halves of characters."""
_TRACES = ("exception", "stack")
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


def set_up(*, level: str, how: str, stamped: bool, secrets: Iterable[str], report: Report | None = None) -> None:
    """Configure structlog and the standard library's logging. `stamped`: the host's router stamps each line itself.

    `report` is told of every error, ours and the libraries', before it is written.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        *([_reporting(report)] if report else []),
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
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_writers(how)],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name, least in _LOUD.items():
        logging.getLogger(name).setLevel(max(least, root.level))


def _reporting(report: Report) -> Processor:
    def tell(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        if event["level"] in {"error", "critical"}:
            report(str(event.get("logger")), str(event["event"]), _exception(event.get("exc_info")))
        return event

    return tell


def _exception(exc_info: object) -> BaseException | None:
    """As callers of a logger say it: the exception itself, a tuple with it, or True for the one being handled."""
    if isinstance(exc_info, BaseException):
        return exc_info
    if isinstance(exc_info, tuple):
        return next((one for one in exc_info if isinstance(one, BaseException)), None)
    return sys.exc_info()[1] if exc_info else None


def _writers(how: str) -> Sequence[Processor]:
    if how == "auto":
        how = "console" if sys.stderr.isatty() else "logfmt"
    if how == "json":  # escapes all that is not ASCII itself
        return (structlog.processors.JSONRenderer(),)
    if how == "logfmt":
        return (_flat, structlog.processors.LogfmtRenderer(key_order=["level", "event", "logger"], bool_as_flag=False))
    return (_flat_but_traces, structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()))


def _flat(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Nothing from outside can begin a line (OWASP ASVS 5.0, 16.4.1)."""
    return {key: one_line(value) for key, value in event.items()}


def _flat_but_traces(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """A traceback keeps its lines for the eye, each behind a bar, so that none of them looks like a line of its own."""
    return {key: _barred(str(value)) if key in _TRACES else one_line(value) for key, value in event.items()}


def _barred(trace: str) -> str:
    return "\n".join(f"  | {one_line(line)}" for line in trace.split("\n"))


def one_line(value: Any) -> Any:
    """Text with what nobody can see written out, as Python writes it in a string. Numbers stay as they are."""
    if isinstance(value, int | float | bool | None):
        return value
    return _UNSEEN.sub(lambda found: found[0].encode("unicode_escape").decode(), str(value))


def _redacting(secrets: tuple[str, ...]) -> Processor:
    def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
        return {key: clean(value, secrets) for key, value in event.items()}

    return redact


def clean(value: Any, secrets: tuple[str, ...] = ()) -> Any:
    """The value without tokens, passwords in addresses, and the given secrets, in whatever it holds."""
    if isinstance(value, int | float | bool | None):
        return value
    if isinstance(value, dict):
        return {clean(key, secrets): clean(one, secrets) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [clean(one, secrets) for one in value]
    text = str(value)
    for secret in secrets:
        text = text.replace(secret, "***")
    return _TOKENS.sub("***", text)
