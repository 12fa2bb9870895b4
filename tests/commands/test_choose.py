"""A team chooses from its chat what it uses instead, and says what it tried."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.commands.choose import MOST
from bot.core.choosing import MOST_LISTS, MOST_TOOLS, standing_in, tried
from bot.domain.continuity import Alternative, Data, Plan, Source
from bot.domain.status import Health
from bot.living import Living
from bot.store.store import SqlStore
from tests.commands.test_commands import Channel, channel_of
from tests.fakes import NOON
from tests.made import CHAT, LAMP, PLAN, TEAM, TORCH, VIDEO, snapshot

AI = replace(TORCH, slug="bulb", name="Bulb", feeds=(replace(TORCH.feeds[0], id="bulb"),), capabilities=("glow",))


KNOWN = "owner: Ann, 5 seats, public and internal data – built on lamp, Sun – last tried on 2026-11-02"
BAD_SEATS = ("0", "-1", "five", "2.5", "٣", "9" * 400)
BAD_DAYS = ("soon", "02/11/2026", "2062-11-02", "2026-02-30")


@pytest.fixture
def channel(memory: SqlStore) -> Channel:
    return channel_of(memory, (AI, LAMP, TORCH), (PLAN,))


async def tools(channel: Channel) -> dict[str, list[str]]:
    lists = await channel.store.choices_of(TEAM.team)
    return {plan.wanted: [one.name for one in plan.alternatives] for plan in lists}


async def test_a_tool_is_chosen_with_all_that_is_said_of_it(channel: Channel) -> None:
    line = (
        'choose bulb torch url=https://torch.example note="log in with the shared account" owner=Ann '
        "seats=5 data=internal upstreams=lamp,Sun tested=2026-11-02"
    )
    assert await channel.ask(line) == [
        "What to use instead of Bulb",
        "In this order",
        f"• Torch – log in with the shared account – {KNOWN}",
        "/outage alt bulb",
    ]
    (plan,) = await channel.store.choices_of(TEAM.team)
    assert plan.alternatives == (
        Alternative(
            name="Torch",
            service="torch",
            url="https://torch.example",
            note="log in with the shared account",
            owner="Ann",
            seats=5,
            data=Data.INTERNAL,
            upstreams=("lamp", "Sun"),
            tested=date(2026, 11, 2),
        ),
    )
    await channel.page("torch", snapshot())
    heading, first, *_ = (await channel.ask("alt bulb"))[1:]
    assert heading == "What to use instead of Bulb (chosen in the chat)"
    assert first == (
        "✅ Torch – log in with the shared account (now: Operational; tried 18 days ago) – owner: Ann, 5 seats, public "
        "and internal data – built on Lamp, Sun"
    )


async def test_a_tool_may_be_added_and_another_put_first_at_once(channel: Channel) -> None:
    await channel.ask("choose service=lamp tool=Matches first=candle")
    assert await tools(channel) == {"lamp": ["Candle", "Torch", "Matches"]}
    await channel.ask("choose service=lamp tool=Lantern first=lantern")
    assert await tools(channel) == {"lamp": ["Lantern", "Candle", "Torch", "Matches"]}


async def test_a_list_for_a_use_is_called_by_its_words(channel: Channel) -> None:
    assert (await channel.ask("choose glow"))[0] == "Say what to use instead: `/outage choose glow Claude`"
    assert (await channel.ask("choose glow Candle"))[0] == "When a tool fails, for: glow"
    gone = await channel.ask("choose glow remove=all")
    assert gone[0] == "Nothing is chosen in the chat any more for: glow"


@pytest.mark.parametrize("word", ["today", "Aujourd'hui", "aujourd’hui", NOON.date().isoformat()])
async def test_the_day_of_a_trial_may_be_said_with_the_tool(channel: Channel, word: str) -> None:
    await channel.ask("choose torch Candle owner=Ann seats=2")
    await channel.ask(f"choose torch Candle tested={word}")
    (plan,) = await channel.store.choices_of(TEAM.team)
    assert plan.alternatives == (Alternative(name="Candle", owner="Ann", seats=2, tested=NOON.date()),)
    assert "🔵 Candle (no status page to check; tried today) – owner: Ann, 2 seats" in await channel.ask("alt torch")


async def test_a_list_of_the_file_is_where_a_change_in_the_chat_begins(channel: Channel) -> None:
    await channel.ask("choisir lamp Matches")
    assert await tools(channel) == {"lamp": ["Torch", "Candle", "Matches"]}
    await channel.ask("choose lamp first=matches")
    await channel.ask("choose lamp remove=torch")
    assert await tools(channel) == {"lamp": ["Matches", "Candle"]}
    (answer, *_) = await channel.ask("choose lamp remove=all")
    assert answer == "Nothing is chosen in the chat any more instead of Lamp"
    assert await tools(channel) == {}
    assert "What to use instead of Lamp (from planb.toml)" in await channel.ask("alt lamp")


async def test_what_is_said_of_a_tool_anew_changes_that_and_keeps_the_rest(channel: Channel) -> None:
    await channel.ask("choose torch Candle owner=Ann")
    await channel.ask("choose torch Lantern")
    await channel.ask("choose torch candle note=upstairs")
    (plan,) = await channel.store.choices_of(TEAM.team)
    assert [(one.name, one.owner, one.note) for one in plan.alternatives] == [
        ("Candle", "Ann", "upstairs"),
        ("Lantern", "", ""),
    ]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("choose lamp chat Big Candle", {"lamp:chat": ["Torch", "Candle", "Big Candle"]}),
        ('choose service="lamp chat" tool="Big Candle"', {"lamp:chat": ["Torch", "Candle", "Big Candle"]}),
        ("choose glow Candle", {"capability:glow": ["Candle"]}),
        ("choose capability:glow Candle", {"capability:glow": ["Candle"]}),
        ("choose torch   Candle\u202e\u200b 2", {"torch": ["Candle 2"]}),
    ],
)
async def test_the_first_words_we_know_are_what_fails_and_the_rest_is_the_tool(
    channel: Channel, line: str, found: dict[str, list[str]]
) -> None:
    await channel.ask(line)
    assert await tools(channel) == found


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("choose", "Say which: `/outage choose <service>"),
        ("choose lamp", "Say what to use instead: `/outage choose lamp Claude`"),
        ("choose lammp Candle", "I do not know “lammp”. Did you mean lamp"),
        ("choose lamp remove=Moon", "“Moon” is not on this list. It has: Torch, Candle."),
        ("choose torch first=Moon", "“Moon” is not on this list. It is empty."),
        ("choose torch remove=all", "This list is not from the chat: change it in planb.toml."),
        ("choose torch Candle url=javascript:alert(1)", "`url` begins with https://"),
        ("choose torch Candle url=https://", "`url` begins with https://"),
        ("choose torch Candle url=https://[", "`url` begins with https://"),
        ("choose torch Candle url=https://ann:secret@candle.example", "Never paste a password here."),
        *(
            (f"choose torch Candle seats={seats}", "`seats` is a whole number from 1 to 1000000.")
            for seats in BAD_SEATS
        ),
        *((f"choose torch Candle tested={day}", "`tested` is a day that was, written as ") for day in BAD_DAYS),
        ("choose torch Torch", "Torch cannot stand in for itself."),
        ("choose torch Candle data=secret", "`data` is one of: public, internal, client."),
        (f"choose torch {'x' * 81}", "`name` is too long: at most 80 characters."),
        (f"choose torch Candle note={'x' * 201}", "`note` is too long: at most 200 characters."),
    ],
)
async def test_a_choice_that_cannot_be_is_refused_with_the_way_out(channel: Channel, line: str, said: str) -> None:
    assert (await channel.ask(line))[0].startswith(said)
    assert await tools(channel) == {}


async def test_only_managers_choose_and_everybody_may_say_what_they_tried(channel: Channel) -> None:
    (refused, *_) = await channel.ask("choose lamp Candle", manager=False)
    assert refused == "Only people who may manage this channel can do that."
    (noted, *_) = await channel.ask("tried candle", manager=False)
    assert noted == "Noted: Candle was tried today"


async def test_a_list_and_a_team_have_an_end(channel: Channel) -> None:
    many = tuple(Alternative(name=f"T{number}") for number in range(MOST_TOOLS))
    await channel.store.put_choice(TEAM.team, Plan(wanted="torch", alternatives=many), "U1", NOON)
    assert (await channel.ask("choose torch Candle"))[0] == "A list has 20 tools at most. Take one off first."
    await channel.ask("choose torch T3 note=again")
    for number in range(MOST_LISTS - 1):
        await channel.store.put_choice(TEAM.team, Plan(wanted=f"w{number}", alternatives=many[:1]), "U1", NOON)
    (answer, *_) = await channel.ask("choose lamp Candle")
    assert answer == "Your team has 50 lists, and that is the limit. Take one off first."
    assert MOST["name"] * MOST_TOOLS < 2000


async def test_what_was_tried_lately_comes_before_what_was_not(channel: Channel) -> None:
    await channel.ask("choose torch Candle")
    await channel.ask("choose torch Lantern")
    await channel.ask("essaye lantern")
    assert (await channel.ask("alt torch"))[2:4] == [
        "🔵 Lantern (no status page to check; tried today)",
        "🔵 Candle (no status page to check)",
    ]


async def test_only_what_is_on_a_list_can_be_tried(channel: Channel) -> None:
    assert await channel.ask("tried Moon") == ["“Moon” is on none of your team’s lists. They have: Torch, Candle."]
    empty = channel_of(channel.store, (LAMP,), ())
    assert await empty.ask("tried Moon") == ["Your team has no lists yet: `/outage choose` begins one."]
    assert await channel.store.trials_of(TEAM.team) == {}


def test_of_the_files_date_and_the_trial_the_newer_one_counts() -> None:
    old, new = date(2026, 11, 2), NOON.date()
    (plan,) = tried([Plan(wanted="lamp", alternatives=(Alternative(name="Torch", tested=old),))], {"TORCH": NOON})
    assert plan.alternatives[0].tested == new
    (plan,) = tried(
        [Plan(wanted="lamp", alternatives=(Alternative(name="Torch", tested=new),))],
        {"torch": NOON - timedelta(days=9)},
    )
    assert plan.alternatives[0].tested == new
    (plan,) = tried([Plan(wanted="lamp", alternatives=(Alternative(name="T", service="torch"),))], {"torch": NOON})
    assert plan.alternatives[0].tested == new


def test_a_list_of_the_chat_stands_in_the_place_of_the_files() -> None:
    file = [PLAN, replace(PLAN, wanted="torch")]
    chosen = [Plan(wanted=wanted, alternatives=(), source=Source.CHAT) for wanted in ("lamp", "radio")]
    found = standing_in(file, chosen)
    assert [(plan.wanted, plan.source) for plan in found] == [
        ("lamp", Source.CHAT),
        ("torch", Source.FILE),
        ("radio", Source.CHAT),
    ]


async def test_alt_tells_managers_that_the_file_has_a_mistake(channel: Channel) -> None:
    channel.office.file.use(Living([PLAN]), NOON - timedelta(hours=2))
    channel.office.file.refuse("planb.toml, line 3: alternatives.lamp.0.urll: there is no such key", 3)
    said = "planb.toml has a mistake in line 3; the version in use is that of 10:00 UTC"
    assert said in await channel.ask("alt lamp")
    assert said not in await channel.ask("alt lamp", manager=False)
    channel.office.file.use(Living([PLAN]), NOON)
    assert said not in await channel.ask("alt lamp")
    channel.office.file.since = None
    channel.office.file.refuse("planb.toml: it is gone")
    assert "planb.toml: it is gone" in await channel.ask("alt lamp")


async def test_where_the_team_wishes_it_channels_begin_with_different_tools(channel: Channel) -> None:
    both = Plan(
        wanted="lamp", alternatives=(Alternative(name="T", service="torch"), Alternative(name="B", service="bulb"))
    )
    spread = channel_of(channel.store, (AI, LAMP, TORCH), Living([both], spreads=True))
    object.__setattr__(spread.office, "file", spread.office.plans)
    for slug in ("lamp", "torch", "bulb"):
        await spread.page(slug, snapshot(components=()))
    firsts = set()
    for number in range(12):
        spread.target = replace(TEAM, channel=f"C{number}")
        firsts.add((await spread.ask("alt lamp"))[2])
        spread.clock.tick(seconds=5)
    assert firsts == {
        "✅ T (now: Operational)",
        "✅ B (now: Operational; first here, so that not everybody goes to the same tool)",
    }


async def test_the_status_of_a_service_of_which_one_part_fails_speaks_of_that_part_alone(channel: Channel) -> None:
    await channel.ask("choose lamp chat Candle")
    await channel.ask("choose beam Reel")
    down = Health.MAJOR_OUTAGE
    await channel.page("lamp", snapshot(components=(CHAT, replace(VIDEO, health=down)), health=down))
    said = await channel.ask("status lamp")
    assert [line for line in said if line.startswith("What to use")] == ["What to use instead of Beam"]
    await channel.page(
        "lamp", snapshot(components=(replace(CHAT, health=down), replace(VIDEO, health=down)), health=down)
    )
    said = await channel.ask("status lamp")
    assert [line for line in said if line.startswith("What to use")] == [
        "What to use instead of Lamp Chat",
        "What to use instead of Beam",
    ]
