"""Errors of ours, reported to a Sentry project: what failed and where, without what it worked on.

A client of our own and none of Sentry's integrations: nothing is patched, no request, no local variable, no host name
and no breadcrumb travels, and every text is cleaned once more before it leaves.
https://docs.sentry.io/platforms/python/configuration/options/
"""

from collections.abc import Callable
from importlib.metadata import version
from time import monotonic
from typing import Any

QUIET_S = 60.0
"""One report of a kind in this time: an error in a loop is one error."""
KINDS_MOST = 500
FAREWELL_S = 2.0
_OWN = "sentry_sdk"


class Reports:
    """Raise ImportError where the package is missing, ValueError for an address that is none."""

    def __init__(self, dsn: str, clean: Callable[[Any], Any]) -> None:
        import sentry_sdk  # noqa: PLC0415 - an extra, and slow to load
        from sentry_sdk.scrubber import EventScrubber  # noqa: PLC0415 - as above
        from sentry_sdk.utils import event_from_exception  # noqa: PLC0415 - as above

        self._from_exception = event_from_exception
        self._told: dict[tuple[str, str, str], float] = {}
        # send_default_pii stays unset: that means no, and saying so is deprecated.
        self._client = sentry_sdk.Client(
            dsn=dsn,
            release=f"planb@{version('planb')}",
            server_name="",
            default_integrations=False,
            auto_enabling_integrations=False,
            auto_session_tracking=False,
            send_client_reports=False,
            include_local_variables=False,
            include_source_context=False,
            max_request_body_size="never",
            max_breadcrumbs=0,
            event_scrubber=EventScrubber(recursive=True),
            before_send=lambda event, _hint: clean(event),
            shutdown_timeout=FAREWELL_S,
            spotlight=False,
            debug=False,
        )

    def tell(self, logger: str, event: str, error: BaseException | None) -> None:
        """Report an error that is being logged. Never waits: another thread sends it."""
        if logger.startswith(_OWN) or not self._is_news((logger, event, type(error).__name__)):
            return
        report, hint = self._from_exception(error, client_options=self._client.options) if error else ({}, {})
        report |= {"level": "error", "logger": logger, "message": event}
        self._client.capture_event(report, hint=hint)

    def close(self) -> None:
        """Send what is left, for at most two seconds. Blocks."""
        self._client.close(timeout=FAREWELL_S)

    def _is_news(self, kind: tuple[str, str, str]) -> bool:
        now = monotonic()
        if now - self._told.get(kind, -QUIET_S) < QUIET_S:
            return False
        if len(self._told) >= KINDS_MOST:
            self._told.clear()
        self._told[kind] = now
        return True
