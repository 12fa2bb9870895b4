"""canary: an outage that we make ourselves, to see that real ones arrive. Pure.

Every fifteen minutes an incident opens on a page that exists only here, says something every four minutes, and is
resolved after twelve. So at most four minutes pass between two messages, and no sooner is it known that one is missing.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from bot.domain.errors import SettingsError
from bot.domain.service import Feed, Service
from bot.domain.subscription import Action, Platform, Target
from bot.domain.vitals import Sent
from bot.domain.words import Words, mark

SLUG = "planb-selftest"
EVERY = timedelta(minutes=15)
SLACK_S = 30.0
"""Seconds from the poll that sees it to the platform's own word that it is there."""
LOST_AFTER = timedelta(minutes=10)
_PAGE = "https://github.com/planb-bot/planb"
_REMEMBERED = 3
_TITLE = mark("This is only a test: no tool is down")
_SAID = (
    (timedelta(), "investigating", mark("Plan B tests itself. Nothing is wrong, and there is nothing to do.")),
    (timedelta(minutes=4), "identified", mark("The self-test goes on: this is its second message of four.")),
    (timedelta(minutes=8), "monitoring", mark("The self-test goes on: this is its third message of four.")),
    (timedelta(minutes=12), "resolved", mark("The self-test is over. The next one follows soon.")),
)
_CONSOLE = Target(platform=Platform.CONSOLE, workspace="local", channel="console")


class Arrival(StrEnum):
    """How the newest message of the canary fares."""

    WELL = "well"
    LATE = "late"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One message of the canary: the incident it belongs to, its number from 0, and when it is due."""

    incident: str
    number: int
    at: datetime

    @property
    def update(self) -> str:
        """The id of its update."""
        return f"{self.incident}-{self.number}"

    def keys(self, target: Target) -> tuple[str, ...]:
        """The deliveries that may bring it: the incident's first message, or a reply."""
        thread = f"{target.key}|{SLUG}|{self.incident}"
        return tuple(f"{thread}|{action}|{self.update}" for action in (Action.POST, Action.REPLY))


def target_of(text: str) -> Target | None:
    """The channel that `PLANB_CANARY` names, None for none. Raise SettingsError."""
    text = text.strip()
    if not text:
        return None
    if text == Platform.CONSOLE:
        return _CONSOLE
    platform, _, rest = text.partition(":")
    workspace, _, channel = rest.partition(":")
    if platform not in {Platform.SLACK, Platform.DISCORD} or not workspace or not channel or ":" in channel:
        raise SettingsError(
            "PLANB_CANARY is slack:T0123:C0123, discord:<server id>:<channel id> or console. See .env.example."
        )
    return Target(platform=Platform(platform), workspace=workspace, channel=channel)


def service(words: Words) -> Service:
    """The service that stands for ourselves. Nobody but the canary's channel ever sees it."""
    name = words("Plan B’s self-test")
    return Service(slug=SLUG, name=name, page=_PAGE, feeds=(Feed(id=SLUG, url=_PAGE, format="statuspage"),))


def steps(now: datetime, incidents: int = _REMEMBERED) -> tuple[Step, ...]:
    """What was due by now of so many incidents, oldest first."""
    begun = datetime.fromtimestamp(now.timestamp() // EVERY.total_seconds() * EVERY.total_seconds(), UTC)
    starts = [begun - EVERY * back for back in reversed(range(incidents))]
    return tuple(
        Step(incident=f"t{start.timestamp():.0f}", number=number, at=start + after)
        for start in starts
        for number, (after, _, _) in enumerate(_SAID)
        if start + after <= now
    )


def documents(now: datetime, words: Words) -> Mapping[str, bytes]:
    """The page as of now, in Statuspage's own JSON: the incident of now, and the one before."""
    listed: dict[str, list[Step]] = {}
    for step in steps(now, incidents=2):
        listed.setdefault(step.incident, []).append(step)
    incidents = [_incident(told, words) for told in reversed(listed.values())]
    page = {"id": SLUG, "name": words("Plan B’s self-test"), "url": _PAGE}
    status = {"indicator": "none", "description": "All Systems Operational"}
    sheets: dict[str, dict[str, object]] = {
        "summary.json": {"page": page, "components": [], "incidents": incidents, "status": status},
        "incidents.json": {"page": page, "incidents": incidents},
        "scheduled-maintenances.json": {"page": page, "scheduled_maintenances": []},
    }
    return {name: json.dumps(sheet, ensure_ascii=False).encode() for name, sheet in sheets.items()}


def _incident(told: list[Step], words: Words) -> dict[str, object]:
    first, last = told[0], told[-1]
    phase = _SAID[last.number][1]
    return {
        "id": first.incident,
        "name": words(_TITLE),
        "status": phase,
        "impact": "none",
        "created_at": first.at.isoformat(),
        "started_at": first.at.isoformat(),
        "resolved_at": last.at.isoformat() if phase == "resolved" else None,
        "incident_updates": [_update(step, words) for step in reversed(told)],
    }


def _update(step: Step, words: Words) -> dict[str, object]:
    _, phase, text = _SAID[step.number]
    at = step.at.isoformat()
    return {"id": step.update, "status": phase, "body": words(text), "created_at": at, "display_at": at}


def patience(interval: timedelta, rest: timedelta = timedelta()) -> timedelta:
    """How late a message may be: its poll, a tenth later for the jitter, and the way from there.

    `rest` is how long a thread is quiet between two messages; only what is longer than our own pauses makes them late.
    """
    return interval * 1.1 + timedelta(seconds=SLACK_S) + max(timedelta(), rest - _SAID[1][0])


def judge(sent: Mapping[str, Sent], target: Target, now: datetime, *, late: timedelta) -> Arrival:
    """Whether the messages arrive. `sent` are deliveries by their keys, `late` is what `patience` allows.

    On Slack one counts only when Slack itself has shown it to us; elsewhere the receipt is the platform's own word.
    """
    due = steps(now)
    fates = [[sent[key] for key in step.keys(target) if key in sent] for step in due]
    arrived = 0
    for number, fate in enumerate(fates):
        # What was merged into a message that waited before it arrived with that one.
        merged = arrived == number and any(one.state == "merged" for one in fate)
        if merged or any(_is_there(one, target.platform) for one in fate):
            arrived = number + 1
    missing = due[arrived:]
    if not missing:
        return Arrival.WELL
    waited = now - missing[0].at
    if any(one.state == "dead" for one in fates[-1]) or waited > late + LOST_AFTER:
        return Arrival.FAILED
    return Arrival.LATE if waited > late else Arrival.WELL


def _is_there(one: Sent, platform: Platform) -> bool:
    return one.echoed if platform is Platform.SLACK else one.state == "sent" and one.receipt


def longest_silence() -> timedelta:
    """Between two messages."""
    times = [after for after, _, _ in _SAID]
    return max(after - before for before, after in pairwise([*times, EVERY]))
