"""Provider times as aware UTC."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# Minutes east of UTC. Names that are used for several offsets (IST, CST in China) have the meaning that status pages
# of North America and Europe give them.
_ZONES = {
    "": 0, "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "BST": 60, "WEST": 60, "CET": 60, "CEST": 120, "EET": 120, "EEST": 180,
    "MSK": 180, "IST": 330, "SGT": 480, "HKT": 480, "AWST": 480, "JST": 540, "KST": 540, "ACST": 570, "AEST": 600,
    "ACDT": 630, "AEDT": 660, "NZST": 720, "NZDT": 780, "NDT": -150, "BRT": -180, "ADT": -180, "NST": -210, "AST": -240,
    "EDT": -240, "EST": -300, "CDT": -300, "CST": -360, "MDT": -360, "MST": -420, "PDT": -420, "PST": -480,
    "AKDT": -480, "AKST": -540, "HST": -600,
}  # fmt: skip
_WHEN = re.compile(
    r"([A-Z][a-z]{2})[a-z]{0,6}\.?\s{0,4}(\d{1,2})\s{0,4},?\s{0,4}(?:(\d{4})\s{0,4},?\s{0,4})?"
    r"(\d{1,2}):(\d{2})\s{0,4}([A-Z]{1,5}\b)?"
)
_RFC822 = re.compile(
    r"\b(\d{1,2})\s([A-Z][a-z]{2})[a-z]{0,6}\s(\d{4})\s(\d{1,2}):(\d{2})(?::(\d{2}))?\s([A-Z]{1,5}|[+-]\d{4})\b"
)
_END = re.compile(
    r"\s*[-\u2013]\s*(?:([A-Z][a-z]{2})[a-z]{0,6}\.?\s{0,4}(\d{1,2})\s{0,4},?\s{0,4}(?:(\d{4})\s{0,4},?\s{0,4})?)?"
    r"(\d{1,2}):(\d{2})\s{0,4}([A-Z]{1,5}\b)?"
)


def utc(value: object) -> datetime | None:
    """An ISO 8601 text with any offset, or none (then UTC is meant). None for everything else."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def rfc822(value: object) -> datetime | None:
    """`Mon, 18 May 2026 02:29:34 GMT`, with the zone names that status pages use. None for everything else."""
    found = _RFC822.search(value) if isinstance(value, str) else None
    if found is None:
        return None
    day, month, year, hour, minute, second, zone = found.groups()
    said = _said(month, day, year, hour, minute, "" if zone[:1] in "+-" else zone)
    moment = said.near(None) if said else None
    if moment is None:
        return None
    sign = {"+": -1, "-": 1}.get(zone[:1], 0)
    east = timedelta(hours=int(zone[1:3]), minutes=int(zone[3:5])) if sign else timedelta()
    return moment + sign * east + timedelta(seconds=int(second or 0))


def newest(moments: Iterable[datetime | None]) -> datetime | None:
    """The latest of those that are known."""
    return max((moment for moment in moments if moment is not None), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A moment as a page writes it for people: `Aug 21, 00:37 UTC`, without a year."""

    month: int
    day: int
    hour: int
    minute: int
    zone: str = ""
    year: int | None = None

    @property
    def key(self) -> str:
        """The same words give the same key, whatever year they turn out to mean."""
        return f"{self.month:02}-{self.day:02}T{self.hour:02}:{self.minute:02}"

    def near(self, reference: datetime | None) -> datetime | None:
        """In UTC, in the year that brings it nearest to `reference`. None for an impossible date or unknown zone."""
        if self.zone not in _ZONES or (self.year is None and reference is None):
            return None
        if reference is None or self.year is not None:
            return self._in(self.year or 0)
        around = (self._in(reference.year + step) for step in (-1, 0, 1))
        possible = [moment for moment in around if moment is not None]
        return min(possible, key=lambda moment: abs(moment - reference), default=None)

    def _in(self, year: int) -> datetime | None:
        # OCI writes hours such as "24:20": that is 00:20 of the next day.
        try:
            day = datetime(year, self.month, self.day, tzinfo=UTC)
            return day + timedelta(hours=self.hour, minutes=self.minute - _ZONES[self.zone])
        except (ValueError, OverflowError):
            return None


def said(text: str) -> Said | None:
    """The first moment written in `text`."""
    found = _WHEN.search(text)
    return _said(*found.groups()) if found else None


def said_span(text: str) -> tuple[Said, Said] | None:
    """The first `Sep 3, 09:00 - 13:00 UTC` or `Sep 3, 22:00 - Sep 4, 02:00 UTC` written in `text`."""
    start = _WHEN.search(text)
    end = _END.match(text, start.end()) if start else None
    if not start or not end:
        return None
    month, day, year, hour, minute, zone = start.groups()
    late_month, late_day, late_year, late_hour, late_minute, late_zone = end.groups()
    # The zone is written once, after the end; the day once, if it is the same.
    first = _said(month, day, year, hour, minute, zone or late_zone)
    last = _said(late_month or month, late_day or day, late_year or year, late_hour, late_minute, late_zone or zone)
    return (first, last) if first and last else None


def _said(month: str, day: str, year: str | None, hour: str, minute: str, zone: str | None) -> Said | None:
    if month.lower() not in _MONTHS:
        return None
    number = _MONTHS.index(month.lower()) + 1
    return Said(
        month=number,
        day=int(day),
        hour=int(hour),
        minute=int(minute),
        zone=zone or "",
        year=int(year) if year else None,
    )
