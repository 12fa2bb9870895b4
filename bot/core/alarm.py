"""alarm: a platform that fails is told on the other one. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.core.glossary import duration
from bot.core.text import shorten
from bot.core.vitals import BEAT_LIMIT, STUCK_AFTER
from bot.domain.card import Card, Fact, Item, Link, Listing, Moment, Tone
from bot.domain.errors import SettingsError
from bot.domain.subscription import Platform
from bot.domain.vitals import Vitals
from bot.domain.words import Words, mark

NAMES = {Platform.SLACK: "Slack", Platform.DISCORD: "Discord"}
_PAGES = {
    Platform.SLACK: ("slack-status.com", "https://slack-status.com"),
    Platform.DISCORD: ("discordstatus.com", "https://discordstatus.com"),
}
_TOKENS = {
    Platform.SLACK: mark("If Slack is well: run `planb check`, and renew SLACK_BOT_TOKEN where it says so."),
    Platform.DISCORD: mark("If Discord is well: run `planb check`, and renew DISCORD_TOKEN where it says so."),
}
_WAITS = mark("What I have to say there waits, in order, and goes out as soon as it can; for three days at most.")
_ERROR_MOST = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A platform that does not take our messages, since when, and what was said of it last."""

    since: datetime
    error: str = ""


def addresses(text: str) -> Mapping[Platform, str]:
    """Whom `PLANB_ALARM` names on each platform. Raise SettingsError."""
    found: dict[Platform, str] = {}
    for one in filter(None, (piece.strip() for piece in text.split(","))):
        platform, _, person = one.partition(":")
        if platform not in NAMES or not person.isalnum() or platform in found:
            raise SettingsError(
                "PLANB_ALARM names a person on each platform, like slack:U0123,discord:4567. See .env.example."
            )
        found[Platform(platform)] = person
    return found


def troubles(
    vitals: Vitals, platforms: Iterable[Platform], began: datetime, now: datetime
) -> Mapping[Platform, Trouble]:
    """The platforms among these that have not taken a message, or not known us, for five minutes.

    Nothing counts from before `began`: what waited while we were not there is not the platform's fault.
    """
    found = {platform: _trouble(vitals, platform, began) for platform in platforms}
    return {platform: one for platform, one in found.items() if one and now - one.since >= STUCK_AFTER}


def works(vitals: Vitals, platform: Platform, now: datetime) -> bool:
    """Whether it is seen to work: that we have not looked for long, after a restart, is not enough."""
    last = vitals.beats.get(platform)
    flow = vitals.flows.get(platform)
    waits = flow is not None and flow.waiting_since is not None and now - flow.waiting_since >= STUCK_AFTER
    return last is not None and now - last < BEAT_LIMIT and not waits


def _trouble(vitals: Vitals, platform: Platform, began: datetime) -> Trouble | None:
    flow = vitals.flows.get(platform)
    moments = [vitals.beats.get(platform, began)]
    if flow and flow.waiting_since:
        moments.append(flow.waiting_since)
    return Trouble(since=max(min(moments), began), error=flow.error if flow else "")


def failed(platform: Platform, trouble: Trouble, words: Words) -> Card:
    """What the people of the other platform read."""
    name = NAMES[platform]
    facts = [Fact(words("Since"), (Moment(trouble.since),))]
    if trouble.error:
        facts.append(Fact(words("What was said last"), (shorten(trouble.error, _ERROR_MOST),)))
    text, url = _PAGES[platform]
    advice = (Item((words("Look whether it is down itself:"), " ", Link(text, url))), Item((words(_TOKENS[platform]),)))
    return Card(
        tone=Tone.BAD,
        title=words("I cannot reach anybody on {platform}", platform=name),
        lead=(
            words("What I have to say there waits, in order, and goes out as soon as it can; for three days at most."),
        ),
        facts=tuple(facts),
        listings=(Listing(words("What you can do"), advice),),
        footer=(words("I tell you once, and once more when it works again."),),
    )


def works_again(platform: Platform, since: datetime, now: datetime, words: Words) -> Card:
    """The end of it."""
    return Card(
        tone=Tone.GOOD,
        title=words("I reach people on {platform} again", platform=NAMES[platform]),
        lead=(words("It did not work for {time}. What waited goes out now.", time=duration(words, now - since)),),
    )
