"""What happened, in Prometheus's words. Every label and every value it may have stands in this file.

So the number of series is bounded by construction: what is not in the table counts as "other", and no workspace,
channel, service or address can ever become a label. https://prometheus.io/docs/practices/naming/
"""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from bot.domain.punctuality import LIMITS_S
from bot.domain.subscription import Platform
from bot.ports.meter import AGES_S, Count, Figures, Level, Span

OTHER = "other"
_ECHO_SECONDS = (0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60)
M = TypeVar("M", bound=MetricWrapperBase)
Labels = Mapping[str, tuple[str, ...]]

_PLATFORM: Labels = {"platform": tuple(Platform)}
FETCHED = ("changed", "unchanged", "unreachable", "limited", "not_the_format", "broken")

COUNTS: Mapping[Count, tuple[str, Labels]] = {
    Count.FEED_FETCH: ("Polls of status pages, by how they ended.", {"result": FETCHED}),
    Count.DELIVERIES: (
        "Deliveries that came to an end, or to their next attempt.",
        {**_PLATFORM, "result": ("sent", "again", "dead", "merged")},
    ),
    Count.AMBIGUOUS: (
        "Sends of which nobody could say whether they posted, by how that was settled.",
        {**_PLATFORM, "outcome": ("there", "not_there", "waiting", "resent")},
    ),
    Count.DUPLICATES_SUPPRESSED: ("Messages that were there already and were not posted again.", _PLATFORM),
    Count.HTTP_429: ("Answers that asked us to slow down.", _PLATFORM),
    Count.WEBHOOKS: ("Webhooks of status pages.", {"result": ("heard", "unknown", "unchecked")}),
    Count.WEBHOOKS_SILENT: ("Updates seen by polling ten minutes before any webhook told of them.", {}),
}
SPANS: Mapping[Span, tuple[str, tuple[float, ...], Labels]] = {
    Span.INGEST_TO_POST: ("From the poll that saw a change to the message about it.", LIMITS_S, _PLATFORM),
    Span.ECHO_DELAY: ("From a message to the platform's own word that it is there.", _ECHO_SECONDS, {}),
}
LEVELS: Mapping[Level, tuple[str, Labels]] = {
    Level.LOOP_LAG: ("By how much the event loop woke too late, the worst of the last ten seconds.", {}),
    Level.BREAKER: ("Sending to a platform: 0 goes on, 1 tries, 2 waits.", _PLATFORM),
    Level.DISCORD_INVALID: ("Answers 401, 403 and 429 of Discord in ten minutes; at 10,000 it closes its door.", {}),
    Level.DISCORD_IDENTIFY: ("New sessions with Discord's gateway in a day; at 1,000 it resets the token.", {}),
}
STATES = ("pending", "sending")


class PrometheusMeter:
    """Numbers in a registry of our own: nothing global, so two programs in one process do not meet."""

    content_type = CONTENT_TYPE_PLAIN_0_0_4

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._counts = {
            name: _all_of(Counter(name, says, tuple(labels), registry=self._registry), labels)
            for name, (says, labels) in COUNTS.items()
        }
        self._spans = {
            name: _all_of(Histogram(name, says, tuple(labels), buckets=limits, registry=self._registry), labels)
            for name, (says, limits, labels) in SPANS.items()
        }
        self._levels = {
            name: _all_of(Gauge(name, says, tuple(labels), registry=self._registry), labels)
            for name, (says, labels) in LEVELS.items()
        }
        self._database = _Database()
        self._registry.register(self._database)
        ProcessCollector(registry=self._registry)

    def count(self, what: Count, **labels: str) -> None:
        """It happened once more."""
        _one(self._counts[what], COUNTS[what][1], labels).inc()

    def observe(self, what: Span, seconds: float, **labels: str) -> None:
        """It took so long; a clock that was set back counts as no time."""
        _one(self._spans[what], SPANS[what][2], labels).observe(max(seconds, 0.0))

    def level(self, what: Level, value: float, **labels: str) -> None:
        """It is so much now."""
        _one(self._levels[what], LEVELS[what][1], labels).set(value)

    def page(self, figures: Figures | None) -> bytes:
        """All of it as text. Without figures the database is away, and what it would say is left out."""
        self._database.figures = figures
        return generate_latest(self._registry)


def _all_of(metric: M, labels: Labels) -> Mapping[tuple[str, ...], M]:
    """Every series from the start, so that the first event is an increase and not a beginning."""
    if not labels:
        return {(): metric}
    values = product(*((*known, OTHER) for known in labels.values()))
    return {one: metric.labels(*one) for one in values}


def _one(series: Mapping[tuple[str, ...], M], labels: Labels, given: Mapping[str, str]) -> M:
    values = ((given.get(name, OTHER), known) for name, known in labels.items())
    return series[tuple(value if value in known else OTHER for value, known in values)]


class _Database(Collector):
    """What the database counted, for as long as it takes to write it down."""

    def __init__(self) -> None:
        self.figures: Figures | None = None

    def describe(self) -> Iterator[Metric]:
        """Its names, so that the registry can refuse others of the same name."""
        yield from _families(Figures(ages=(0,) * len(AGES_S)))

    def collect(self) -> Iterator[Metric]:
        """The numbers, or their absence."""
        yield GaugeMetricFamily("database_up", "Whether the database answered this request.", self.figures is not None)
        if self.figures:
            yield from _families(self.figures)


def _families(figures: Figures) -> Iterator[Metric]:
    rows = GaugeMetricFamily("outbox_rows", "Deliveries that are not finished.", labels=("state",))
    for state in STATES:
        rows.add_metric((state,), figures.rows.get(state, 0))
    yield rows
    yield GaugeMetricFamily("outbox_oldest_seconds", "The age of the oldest unfinished delivery.", figures.oldest_s)
    yield GaugeMetricFamily("feed_late_seconds", "By how much the longest overdue poll is late.", figures.late_s)
    name = "feed_age_seconds"
    ages = Metric(name, "How long ago each feed was read.", "gaugehistogram")
    for limit, feeds in zip((*map(float, AGES_S), "+Inf"), (*figures.ages, figures.feeds), strict=True):
        ages.add_sample(f"{name}_bucket", {"le": str(limit)}, feeds)
    ages.add_sample(f"{name}_gcount", {}, figures.feeds)
    yield ages
