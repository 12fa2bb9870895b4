"""What a card recommends is watched while its incident is open: as on 4 June 2024, when ChatGPT failed and then
the tools that people fled to.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.change import News, Reason
from bot.domain.continuity import Alternative, Plan
from bot.domain.errors import StoreAway
from bot.domain.service import Service
from bot.domain.status import Absent, Health, Snapshot
from bot.domain.subscription import Action
from bot.jobs.advice import LEASE, Advising
from bot.jobs.compose import Composing, newest
from bot.store.store import SqlStore
from tests.fakes import NOON
from tests.jobs.world import World, saying
from tests.made import LAMP, TEAM, change, ended, follow, incident, snapshot, update


def service(slug: str, name: str) -> Service:
    feed = replace(LAMP.feeds[0], id=slug, url=f"https://status.{slug}.example")
    return replace(LAMP, slug=slug, name=name, page=feed.url, feeds=(feed,), parts=(), capabilities=("chat",))


CHATGPT, CLAUDE, MISTRAL = service("chatgpt", "ChatGPT"), service("claude", "Claude"), service("mistral", "Mistral")
PLAN = Plan(
    wanted="chatgpt",
    alternatives=(
        Alternative(name="Claude", service="claude"),
        Alternative(name="Mistral", service="mistral"),
        Alternative(name="Answer templates"),
    ),
)
DOWN = snapshot(incident(title="Overloaded"), health=Health.MAJOR_OUTAGE, components=())
WELL = snapshot(components=())
AGAIN = snapshot(ended(), components=())


class Day:
    """A world whose advice is looked at after every round."""

    def __init__(self, store: SqlStore, *plans: Plan, owner: str = "a") -> None:
        self.world = World(store, services=(CHATGPT, CLAUDE, MISTRAL), plans=plans or (PLAN,))
        self.watched: list[frozenset[str]] = []
        self.advising = Advising(
            composing=self.world.delivering.composing,
            store=store,
            bell=self.world.bell,
            owner=owner,
            watches=self.watch,
        )
        self.watch(frozenset({"claude", "mistral"}))

    def watch(self, services: frozenset[str]) -> None:
        self.watched.append(services)
        self.world.polling.watched = services

    async def begin(self, *follows: str) -> None:
        await self.world.begin(
            *(follow("chatgpt", language="fr" if one == "fr" else "en") for one in follows or ("en",))
        )

    async def minute(self, minutes: float = 1, **pages: Snapshot) -> list[str]:
        """What reached the channel, each card with the tool that it puts first."""
        for slug in ("chatgpt", "claude", "mistral"):
            if slug in pages:
                self.world.fetcher.say(slug, saying(pages[slug]))
        before = len(self.world.chat.delivered)
        await self.world.round(minutes)
        await self.advising.look()
        await self.world.deliver()
        return [
            f"{claim.delivery.action}: {card.title}" + (f" > {first(card.listings)}" if card.listings else "")
            for claim, card in self.world.chat.delivered[before:]
        ]


def first(listings: object) -> str:
    text = str(listings)
    return next(name for name in sorted(("Claude", "Mistral", "Answer templates"), key=text.find) if name in text)


async def test_on_4_june_2024_the_tools_that_people_fled_to_fell_too(memory: SqlStore) -> None:
    day = Day(memory)
    await day.begin()
    assert await day.minute(chatgpt=WELL, claude=WELL, mistral=WELL) == []
    assert await day.minute(chatgpt=DOWN) == ["post: ChatGPT: Overloaded > Claude"]
    assert await day.minute() == []
    assert await day.minute(claude=DOWN) == [
        "edit: ChatGPT: Overloaded > Mistral",
        "reply: ChatGPT: Claude fails too now: use Mistral instead",
    ]
    assert await day.minute() == []
    # Within ten minutes of that word the card alone says that Mistral fails, too.
    assert await day.minute(mistral=DOWN) == ["edit: ChatGPT: Overloaded > Answer templates"]
    assert await day.minute(minutes=5) == []
    assert await day.minute(minutes=5) == [
        "edit: ChatGPT: Overloaded > Answer templates",
        "reply: ChatGPT: Mistral fails too now: use Answer templates instead",
    ]
    # Well again: the card says so, and nobody is disturbed.
    assert await day.minute(minutes=30, claude=AGAIN) == ["edit: ChatGPT: Overloaded > Claude"]
    assert await day.minute(minutes=30, mistral=AGAIN) == ["edit: ChatGPT: Overloaded > Claude"]
    over = snapshot(ended(title="Overloaded"), components=())
    assert [line.split(" > ")[0] for line in await day.minute(chatgpt=over)] == [
        "reply: ChatGPT: Resolved",
        "edit: ChatGPT: Overloaded",
    ]
    assert await day.minute(claude=DOWN) == []
    assert await memory.advised_services() == frozenset()


async def test_a_restart_forgets_nothing_of_what_was_recommended(memory: SqlStore) -> None:
    day = Day(memory)
    await day.begin()
    assert await day.minute(chatgpt=DOWN, claude=WELL, mistral=WELL) == ["post: ChatGPT: Overloaded > Claude"]
    again = Day(memory, owner="b")
    again.world.clock.time = day.world.clock.time + LEASE
    assert await again.minute(chatgpt=DOWN, claude=DOWN, mistral=WELL) == [
        "edit: ChatGPT: Overloaded > Mistral",
        "reply: ChatGPT: Claude fails too now: use Mistral instead",
    ]
    assert await again.minute() == []


async def test_the_word_is_in_the_language_of_the_channel(memory: SqlStore) -> None:
    day = Day(memory)
    await day.begin("fr")
    await day.minute(chatgpt=DOWN, claude=WELL, mistral=WELL)
    assert (await day.minute(claude=DOWN))[1] == (
        "reply: ChatGPT\xa0: Claude ne marche plus non plus\xa0: passez à Mistral"
    )


async def test_what_cannot_be_seen_any_more_leaves_the_card_without_a_word(memory: SqlStore) -> None:
    day = Day(memory)
    await day.begin()
    await day.minute(chatgpt=DOWN, claude=WELL, mistral=WELL)
    await day.minute(claude=replace(WELL, health=Health.UNKNOWN))
    said = [claim.delivery.action for claim, _ in day.world.chat.delivered]
    assert said == [Action.POST, Action.EDIT]


async def test_where_nothing_is_left_that_is_said_once(memory: SqlStore) -> None:
    day = Day(memory, replace(PLAN, alternatives=PLAN.alternatives[:1]))
    await day.begin()
    await day.minute(chatgpt=DOWN, claude=WELL)
    assert (await day.minute(claude=DOWN))[1] == (
        "reply: ChatGPT: Claude fails too now, and I know nothing better on your list"
    )
    assert await day.minute(minutes=30) == []


async def test_one_of_all_processes_says_it_and_after_a_crash_the_word_is_said_once(memory: SqlStore) -> None:
    day, other = Day(memory), Day(memory, owner="b")
    await day.begin()
    await day.minute(chatgpt=DOWN, claude=WELL, mistral=WELL)
    other.world.clock.time = day.world.clock.time
    rows = await memory.advised(await memory.posted([str(c.delivery.thread_key) for c, _ in day.world.chat.delivered]))
    assert (await day.minute(claude=DOWN))[1].startswith("reply")
    await other.advising.look()
    # It promised and died before it remembered that: whoever is next promises the same under the same key.
    other.world.clock.time = day.world.clock.time + LEASE + timedelta(seconds=1)
    await memory.put_advised(rows, day.world.clock.now())
    await other.advising.look()
    await other.world.deliver()
    assert [claim.delivery.action for claim, _ in other.world.chat.delivered] == [Action.EDIT]


async def test_each_channel_hears_of_its_own_teams_list(memory: SqlStore) -> None:
    day = Day(memory)
    theirs = replace(TEAM, workspace="T2")
    await day.world.begin(follow("chatgpt"), follow("chatgpt", target=theirs))
    mistral_first = Plan(wanted="chatgpt", alternatives=(PLAN.alternatives[1], PLAN.alternatives[0]))
    await memory.put_choice(theirs.team, mistral_first, "U1", day.world.clock.now())
    assert sorted(await day.minute(chatgpt=DOWN, claude=WELL, mistral=WELL)) == [
        "post: ChatGPT: Overloaded > Claude",
        "post: ChatGPT: Overloaded > Mistral",
    ]
    await day.minute(claude=DOWN)
    told = [c.delivery.target.workspace for c, _ in day.world.chat.delivered if c.delivery.action is Action.REPLY]
    assert told == [TEAM.workspace]


async def test_what_a_team_chose_and_what_a_card_proposes_is_polled_often(memory: SqlStore) -> None:
    day = Day(memory, Plan(wanted="claude", alternatives=()))
    await day.begin()
    await day.minute(chatgpt=WELL, claude=WELL, mistral=WELL)
    assert day.watched[1:] == [frozenset()]
    await day.minute(chatgpt=DOWN)
    await day.minute()
    assert day.watched[-1] >= {"claude", "mistral"}
    chosen = Plan(wanted="claude", alternatives=(Alternative(name="M", service="mistral"),))
    await memory.put_choice(TEAM.team, chosen, "U1", day.world.clock.now())
    await day.minute(minutes=1, chatgpt=WELL)
    assert "mistral" in day.watched[-1]


async def test_a_card_that_waited_shows_its_incident_as_it_is_by_then(memory: SqlStore) -> None:
    day = Day(memory)
    await day.begin()
    await day.minute(chatgpt=DOWN, claude=WELL, mistral=WELL)
    day.world.fetcher.say("claude", saying(DOWN))
    await day.world.round()
    await day.advising.look()
    over = snapshot(ended(title="Overloaded"), components=())
    day.world.fetcher.say("chatgpt", saying(over))
    await day.world.round()
    (*_, last) = [card for claim, card in day.world.chat.delivered if claim.delivery.action is Action.EDIT]
    assert last.listings == ()


async def test_a_word_of_ours_is_not_merged_with_what_the_provider_says(memory: SqlStore) -> None:
    day = Day(memory)
    await day.begin()
    await day.minute(chatgpt=DOWN, claude=WELL, mistral=WELL)
    # While nothing goes out: the provider speaks, what was recommended fails, the provider speaks again.
    for updates in (1, 2):
        said = tuple(update(f"u{number}", text=f"Word {number}", minutes=number) for number in range(updates + 1))
        day.world.fetcher.say("chatgpt", saying(snapshot(incident(update(), *said, title="Overloaded"), components=())))
        day.world.fetcher.say("claude", saying(DOWN))
        day.world.clock.tick(minutes=1)
        await day.world.poll()
        await day.advising.look()
    await day.world.deliver()
    replies = [card for claim, card in day.world.chat.delivered if claim.delivery.action is Action.REPLY]
    assert [card.quote for card in replies if card.quote] == ["Word 2"]
    assert [card.title for card in replies if not card.quote] == ["ChatGPT: Claude fails too now: use Mistral instead"]


async def test_one_threads_trouble_holds_up_no_others_advice(memory: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    day = Day(memory)
    broken = replace(TEAM, channel="C2")
    await day.world.begin(follow("chatgpt"), follow("chatgpt", target=broken))
    await day.minute(chatgpt=DOWN, claude=WELL, mistral=WELL)
    advice = Composing.advice

    async def sometimes(composing: Composing, *about: Any) -> Any:
        if about[-1] == broken:
            raise ZeroDivisionError
        return await advice(composing, *about)

    with monkeypatch.context() as moment:
        moment.setattr(Composing, "advice", sometimes)
        day.world.fetcher.say("claude", saying(DOWN))
        await day.world.round()
        await day.advising.look()
    told = await day.world.deliver()
    assert {claim.delivery.target.channel for claim in told} == {"C1"}


async def test_while_the_database_is_away_nothing_is_decided(memory: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    day = Day(memory)
    await day.begin()
    await day.minute(chatgpt=DOWN, claude=WELL, mistral=WELL)

    async def away(*_: object) -> None:
        raise StoreAway("away")

    monkeypatch.setattr(Composing, "advice", away)
    with pytest.raises(StoreAway):
        await day.minute(claude=DOWN)


def test_a_card_shown_again_says_of_its_incident_what_is_known_by_now() -> None:
    again = replace(change(), reason=Reason.ADVICE)
    gone = Absent(incident=replace(again.incident, title="Gone"), since=NOON, polls=9, told=True)
    assert newest(again, snapshot()) == again
    missed = newest(again, snapshot(absent=(replace(gone, told=False),)))
    assert (missed.incident.title, missed.news) == ("Gone", again.news)
    assert newest(again, snapshot(absent=(gone,))).news is News.UNLISTED
