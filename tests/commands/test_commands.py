"""Every command, asked as people ask it, answered from a real store."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from bot.chat.console.draw import plain
from bot.commands import COMMANDS
from bot.commands.desk import Desk
from bot.commands.office import Office
from bot.commands.spec import Caller, FrontDesk
from bot.core.catalogue import Catalogue
from bot.domain.card import Tone
from bot.domain.continuity import Plan
from bot.domain.errors import StoreAway
from bot.domain.polling import Outcome
from bot.domain.service import Service
from bot.domain.status import Freshness, Health, Impact, Kind, Phase, Snapshot
from bot.domain.subscription import MaintenanceWish, Subscription, Target
from bot.library import Library
from bot.locale import languages
from bot.ports import Prober
from bot.store.store import SqlStore
from tests.fakes import NOON, FakeClock
from tests.made import CHAT, LAMP, PLAN, TEAM, TORCH, VIDEO, follow, incident, snapshot, update

NOT_CHOSEN = "Your team has not chosen anything to use instead of {name} yet"
OTHER = replace(TORCH, slug="radio", name="Radio", category="sound", feeds=(replace(TORCH.feeds[0], id="radio"),))


@dataclass
class Channel:
    """A channel in which somebody types."""

    store: SqlStore
    clock: FakeClock
    office: Office
    desk: Desk
    target: Target = TEAM

    async def ask(self, line: str, *, manager: bool = True) -> list[str]:
        caller = Caller(target=self.target, user="U1", may_manage=manager, language="en")
        return plain(await self.desk.answer_line(line, caller), self.clock.now()).splitlines()

    async def tone(self, line: str) -> Tone:
        caller = Caller(target=TEAM, user="U1", may_manage=True, language="en")
        return (await self.desk.answer_line(line, caller)).tone

    async def page(self, feed: str, page: Snapshot) -> None:
        """A poll of that page has just been saved."""
        await self.store.register_feeds([feed], self.clock.now() - timedelta(days=1))
        await self.store.hasten([feed], self.clock.now())
        claims = await self.store.claim_feeds(self.clock.now(), timedelta(0), 50)
        fence = next(state.fence for state in claims if state.feed == feed)
        now = self.clock.now()
        minute = timedelta(minutes=1)
        saved = Outcome(feed=feed, fence=fence, at=now, next_poll=now, interval=minute, snapshot=page, validators={})
        assert await self.store.save_polls([saved]) == []

    async def follows(self) -> list[Subscription]:
        return list(await self.store.subscriptions_of(TEAM))


def channel_of(
    store: SqlStore,
    services: Sequence[Service],
    plans: Sequence[Plan],
    prober: Prober | None = None,
    workspace: str = TEAM.workspace,
) -> Channel:
    clock = FakeClock()
    catalogue = Catalogue(tuple(services))
    library = Library(catalogue, store)
    office = Office(
        catalogue=catalogue,
        library=library,
        store=store,
        plans=plans,
        languages=languages(),
        clock=clock,
        prober=prober,
    )
    return Channel(store, clock, office, Desk(office, COMMANDS), replace(TEAM, workspace=workspace))


@pytest.fixture
def channel(memory: SqlStore) -> Channel:
    return channel_of(memory, (LAMP, OTHER, TORCH), (PLAN,))


async def test_the_desk_is_what_the_platforms_expect(channel: Channel) -> None:
    desk: FrontDesk = channel.desk
    assert desk.commands[0].name == "status"
    assert desk.complete("lam", 1) == [("Lamp", "lamp")]
    assert desk.translate("Operational", "fr") == "Opérationnel"


async def test_a_line_that_cannot_be_understood_is_refused_kindly(channel: Channel) -> None:
    assert await channel.ask("alt") == ["Say which: `/outage alt <service>`"]


async def test_help_lists_every_command(channel: Channel) -> None:
    text = "\n".join(await channel.ask(""))
    assert all(f"/outage {command.name}" in text for command in channel.desk.commands)


async def test_a_healthy_tool_says_so_with_its_age(channel: Channel) -> None:
    await channel.page("lamp", snapshot())
    channel.clock.tick(seconds=40)
    assert await channel.ask("status lamp") == [
        "Lamp: Operational",
        "The provider reports no trouble.",
        "Status page · read 12:00 UTC (40 s)",
    ]


async def test_a_failing_tool_says_what_is_open_what_is_hit_and_what_else_to_use(channel: Channel) -> None:
    bad = replace(CHAT, health=Health.MAJOR_OUTAGE)
    plan = incident(id="p", title="New lamps", kind=Kind.MAINTENANCE, phase=Phase.SCHEDULED)
    await channel.page("lamp", snapshot(incident(components=("c1",)), plan, components=(bad, VIDEO)))
    await channel.page("torch", snapshot())
    assert await channel.ask("lamp") == [
        "Lamp: Partial outage",
        "Since: 12:00 UTC",
        "Open now",
        "• Logins fail – Investigating, impact: major – “We look.”",
        "Parts concerned",
        "🔴 Chat – Major outage",
        "Planned work",
        "• New lamps – 12:00 UTC",
        "What to use instead of Lamp Chat",
        "✅ Torch – shared account (now: Operational)",
        "🔵 Candle (no status page to check)",
        "• Without it: /outage playbook lamp:chat",
        "Status page · read 12:00 UTC (0 s)",
    ]


async def test_a_part_is_asked_for_by_its_own_name(channel: Channel) -> None:
    await channel.page("lamp", snapshot(incident(components=("c2",))))
    assert (await channel.ask("status lamp:chat"))[0] == "Lamp Chat: Operational"
    assert (await channel.ask("beam"))[0] == "Beam: Partial outage"


async def test_a_component_is_asked_for_by_the_name_on_the_page(channel: Channel) -> None:
    await channel.page("lamp", snapshot())
    assert (await channel.ask("status lamp:API"))[0] == "API: Operational"
    assert await channel.ask("status lamp:Printer") == [
        "Lamp has no part called “Printer”. It lists: Chat, Media / Video maker, API."
    ]
    assert await channel.ask("status radio:Volume") == ["Radio has no part that I know by the name “Volume”."]


async def test_an_incident_that_leaves_its_parts_unsaid_is_said_to(channel: Channel) -> None:
    await channel.page("lamp", snapshot(incident()))
    assert (await channel.ask("lamp:chat"))[:2] == [
        "Lamp Chat: Partial outage",
        "An incident is open and the page does not say which parts it concerns.",
    ]


async def test_trouble_whose_size_nobody_states_is_said_to_be_that(channel: Channel) -> None:
    bare = incident(update(text=""), impact=Impact.UNKNOWN, url="")
    await channel.page("lamp", snapshot(bare, health=Health.UNKNOWN, components=()))
    lines = await channel.ask("lamp")
    assert lines[0] == "Lamp: Incident open, how bad is not stated"
    assert "• Logins fail – Investigating, impact: not stated" in lines


async def test_maintenance_under_way_is_no_outage(channel: Channel) -> None:
    work = incident(id="p", kind=Kind.MAINTENANCE, phase=Phase.IN_PROGRESS, url="")
    plan = incident(id="q", kind=Kind.MAINTENANCE, phase=Phase.SCHEDULED, started_at=None, url="")
    await channel.page("lamp", snapshot(work, plan))
    lines = await channel.ask("lamp")
    assert lines[0] == "Lamp: Under maintenance"
    assert "• Logins fail – In progress – “We look.”" in lines
    assert "• Logins fail" in lines


async def test_a_page_that_was_never_read_is_unknown(channel: Channel) -> None:
    assert await channel.ask("torch") == ["Torch: Unknown", "Status page · not read yet"]


async def test_a_page_that_cannot_be_read_says_why_and_what_it_said_last(channel: Channel) -> None:
    await channel.page("torch", snapshot())
    channel.clock.tick(minutes=6)
    (state,) = await channel.store.claim_feeds(channel.clock.now(), timedelta(0), 5)
    now, minute = channel.clock.now(), timedelta(minutes=1)
    lost = Outcome(
        feed="torch",
        fence=state.fence,
        at=now,
        next_poll=now,
        interval=minute,
        trouble=Freshness.NOT_THE_EXPECTED_FORMAT,
        trouble_text="a web page",
    )
    await channel.store.save_polls([lost])
    assert await channel.ask("torch") == [
        "Torch: Unknown",
        "Last known: Operational.",
        "Status page · can no longer be understood; last read 12:00 UTC (6 min)",
    ]


async def test_a_page_that_never_answered_says_why(channel: Channel) -> None:
    await channel.store.register_feeds(["torch"], NOON)
    (state,) = await channel.store.claim_feeds(NOON, timedelta(0), 5)
    lost = Outcome(
        feed="torch",
        fence=state.fence,
        at=NOON,
        next_poll=NOON,
        interval=timedelta(minutes=1),
        trouble=Freshness.UNREACHABLE,
        trouble_text="no answer",
    )
    await channel.store.save_polls([lost])
    assert (await channel.ask("torch"))[-1] == "Status page · not read yet (no answer)"


async def test_without_a_name_it_shows_what_the_channel_follows_worst_first(channel: Channel) -> None:
    for one in (follow("torch"), follow("radio"), follow(parts=("chat", "video"))):
        await channel.store.subscribe(one, NOON)
    await channel.page("lamp", snapshot(incident(components=("c2",)), components=(CHAT, VIDEO)))
    await channel.page("torch", snapshot())
    await channel.page("radio", snapshot(incident(impact=Impact.MINOR)))
    assert await channel.ask("status") == [
        "Beam: Partial outage, 1 more with trouble",
        "What this channel follows",
        "🟠 Beam – Partial outage (1 open)",
        "🟡 Radio – Degraded (1 open)",
        "✅ Lamp Chat – Operational",
        "✅ Torch – Operational",
    ]


async def test_all_is_well_only_when_all_was_read(channel: Channel) -> None:
    await channel.store.subscribe(follow("torch"), NOON)
    await channel.page("torch", snapshot())
    assert (await channel.ask("status"))[0] == "All operational"
    channel.clock.tick(minutes=10)
    assert (await channel.ask("status"))[0] == "I cannot see everything now"


async def test_a_channel_that_follows_nothing_is_told_how_and_what_fails_elsewhere(channel: Channel) -> None:
    await channel.page("torch", snapshot())
    assert await channel.ask("status") == [
        "This channel follows nothing yet",
        "I can see 1 tool now; no trouble there. 2 pages cannot be read now.",
        "Next",
        "• To be told here: /outage subscribe chatgpt",
    ]
    await channel.page("lamp", snapshot(incident()))
    assert (await channel.ask("status"))[:3] == [
        "Lamp: Partial outage",
        "Tools with trouble now",
        "🟠 Lamp – Partial outage (1 open)",
    ]
    await channel.page("lamp", snapshot())
    await channel.page("radio", snapshot())
    assert (await channel.ask("status"))[1] == "I can see 3 tools now; no trouble there."


async def test_active_lists_open_incidents_by_tool(channel: Channel) -> None:
    await channel.page("lamp", snapshot(incident()))
    await channel.page("torch", snapshot(incident(id="t1", title="No light")))
    assert await channel.ask("active") == [
        "2 open incidents",
        "Lamp",
        "• Logins fail – Investigating, impact: major – “We look.”",
        "Torch",
        "• No light – Investigating, impact: major – “We look.”",
    ]
    await channel.store.subscribe(follow("torch"), NOON)
    assert (await channel.ask("active"))[0] == "1 open incident"
    assert (await channel.ask("active all"))[0] == "2 open incidents"


async def test_active_is_quiet_only_about_what_it_can_see(channel: Channel) -> None:
    assert await channel.ask("active") == ["I cannot read any of these pages just now"]
    await channel.page("torch", snapshot())
    assert await channel.ask("active") == ["No open incident", "Not read lately: Lamp, Radio."]
    await channel.store.subscribe(follow("torch"), NOON)
    assert await channel.ask("active") == [
        "No open incident in what this channel follows",
        "Everything I watch: /outage active scope=all",
    ]


async def test_active_does_not_flood(memory: SqlStore) -> None:
    many = [
        replace(TORCH, slug=f"s{n:02}", name=f"S{n:02}", feeds=(replace(TORCH.feeds[0], id=f"s{n:02}"),))
        for n in range(15)
    ]
    channel = channel_of(memory, many, ())
    for one in many:
        await channel.page(one.slug, snapshot(incident(id=one.slug)))
    lines = await channel.ask("active")
    assert (lines[0], lines[-1], len(lines)) == ("15 open incidents", "3 more tools", 26)


async def test_subscribing_says_what_is_followed_and_how_it_is_now(channel: Channel) -> None:
    await channel.page("lamp", snapshot())
    assert await channel.ask("subscribe lamp:chat min=major maintenance=start") == [
        "This channel now follows Lamp Chat (Lamp)",
        "Parts: Lamp Chat",
        "Least impact: major",
        "Planned work: told when it starts and ends",
        "How it is now",
        "✅ Lamp Chat – Operational",
        "To stop: /outage unsubscribe lamp",
    ]
    assert await channel.follows() == [
        follow(parts=("chat",), min_impact=Impact.MAJOR, maintenance=MaintenanceWish.START)
    ]


async def test_subscribing_again_adds_parts_and_changes_filters(channel: Channel) -> None:
    await channel.page("lamp", snapshot())
    await channel.ask("subscribe chatting min=major")
    lines = await channel.ask("subscribe lamp components=beam,API language=fr")
    assert lines[:2] == ["Changed: this channel follows Lamp Chat, Beam, API (Lamp)", "Parts: Lamp Chat, Beam, API"]
    assert await channel.follows() == [follow(parts=("chat", "video", "API"), min_impact=Impact.MAJOR, language="fr")]
    await channel.ask("subscribe lamp min=minor")
    assert (await channel.follows())[0].parts == ("chat", "video", "API")


async def test_subscribing_to_the_whole_service_says_all(channel: Channel) -> None:
    lines = await channel.ask("subscribe torch")
    assert (lines[0], lines[1], lines[5]) == ("This channel now follows Torch", "Parts: all", "❔ Torch – Unknown")


async def test_what_is_followed_is_polled_soon(channel: Channel) -> None:
    await channel.page("torch", snapshot())
    await channel.ask("subscribe torch")
    assert [state.feed for state in await channel.store.claim_feeds(NOON, timedelta(0), 5)] == ["torch"]


async def test_only_managers_may_change_what_a_channel_is_told(channel: Channel) -> None:
    for line in ("subscribe torch", "unsubscribe torch"):
        assert await channel.ask(line, manager=False) == ["Only people who may manage this channel can do that."]
    assert await channel.follows() == []


async def test_unsubscribing_stops_all_or_one_part(channel: Channel) -> None:
    await channel.ask("subscribe lamp components=chat,beam")
    assert await channel.ask("unsubscribe lamp:chat") == [
        "This channel no longer follows Lamp Chat",
        "It still follows: Beam.",
    ]
    assert await channel.ask("unsubscribe beam") == ["This channel no longer follows Beam (Lamp)"]
    assert await channel.ask("unsubscribe lamp") == ["This channel does not follow Lamp."]
    await channel.ask("subscribe lamp")
    assert await channel.ask("unsubscribe lamp:chat") == [
        "This channel follows Lamp otherwise than by Lamp Chat. To stop it all: `/outage unsubscribe lamp`."
    ]
    assert await channel.ask("unsubscribe lamp") == ["This channel no longer follows Lamp"]


async def test_list_shows_the_filters(channel: Channel) -> None:
    assert (await channel.ask("list"))[0] == "This channel follows nothing yet"
    await channel.ask("subscribe torch")
    await channel.ask("subscribe lamp:chat min=critical maintenance=all")
    await channel.store.subscribe(follow("gone"), NOON)
    assert await channel.ask("list") == [
        "This channel follows 3 tools",
        "• gone",
        "• Lamp – Lamp Chat; from impact critical; planned work told when it is announced, starts and ends",
        "• Torch",
    ]


async def test_a_followed_tool_that_left_the_catalogue_is_passed_over(channel: Channel) -> None:
    await channel.store.subscribe(follow("gone"), NOON)
    await channel.store.subscribe(follow(parts=("lost",)), NOON)
    await channel.page("lamp", snapshot())
    assert (await channel.ask("status"))[2:] == ["✅ Lamp – Operational"]


async def test_services_lists_by_category_or_by_words(channel: Channel) -> None:
    assert await channel.ask("services") == [
        "I watch 3 tools",
        "light",
        "• Lamp, Torch",
        "sound",
        "• Radio",
        "/outage services github",
    ]
    assert await channel.ask("services lamp") == [
        "Tools like “lamp”",
        "• Lamp – lamp – Lamp Chat, Beam",
        "• Lamp Chat – lamp:chat",
        "• Beam (Lamp) – lamp:video",
    ]
    assert await channel.ask("services zzz") == ["I do not know “zzz”. `/outage services` lists what I watch."]


async def test_services_without_a_category_are_others(memory: SqlStore) -> None:
    channel = channel_of(memory, (replace(TORCH, category=""),), ())
    assert (await channel.ask("services"))[1] == "other"


async def test_alt_shows_what_to_use_instead_with_the_state_of_each(channel: Channel) -> None:
    await channel.page("lamp", snapshot())
    await channel.page("torch", snapshot(incident()))
    assert await channel.ask("alt lamp") == [
        "Lamp: Operational",
        "What to use instead of Lamp (from planb.toml)",
        "🔵 Candle (no status page to check)",
        "🟠 Torch – shared account (itself: Partial outage)",
        "• Without it: /outage playbook lamp",
        "Status page · read 12:00 UTC (0 s)",
    ]


async def test_alt_says_how_to_choose_where_nothing_is_chosen(channel: Channel) -> None:
    assert await channel.ask("alt torch") == [
        "Your team has not chosen anything to use instead of Torch yet",
        "• Without it: /outage playbook torch",
        "To choose",
        "• /outage choose torch …",
        '• [[alternatives."torch"]] in planb.toml',
    ]


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("status lmap", "I do not know “lmap”. Did you mean lamp?"),
        ("alt xyzzy", "I do not know “xyzzy”. `/outage services` lists what I watch."),
        ("subscribe lamp:", "This channel now follows Lamp"),
    ],
)
async def test_a_name_that_nobody_knows_is_met_with_a_guess(channel: Channel, line: str, text: str) -> None:
    assert (await channel.ask(line))[0] == text


async def test_several_guesses_are_joined(channel: Channel) -> None:
    assert (await channel.ask("status lam"))[0] == "I do not know “lam”. Did you mean lamp, lamp:chat or lamp:video?"


async def test_a_platform_may_hand_over_the_options(channel: Channel) -> None:
    caller = Caller(target=TEAM, user="U1", may_manage=True, language="fr")
    answer = await channel.desk.answer("alt", {"service": "torch"}, caller)
    assert answer.title == channel.office.languages["fr"](NOT_CHOSEN, name="Torch")
    missing = await channel.desk.answer("alt", {}, caller)
    assert "alt <service>" in missing.title
    assert missing.tone is Tone.WARNING


class Broken:
    """A store whose every method fails."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __getattr__(self, _name: str) -> object:
        raise self._error


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (StoreAway("gone"), "I cannot reach my memory just now. Please ask again in a minute."),
        (RuntimeError("a bug"), "Something went wrong on my side. It is in my log; please ask again."),
    ],
)
async def test_trouble_of_our_own_is_a_kind_sentence(channel: Channel, error: Exception, text: str) -> None:
    office = replace(channel.office, store=Broken(error))  # type: ignore[arg-type] # a store that fails
    channel.desk = Desk(office, COMMANDS)
    assert await channel.ask("list") == [text]


async def test_the_colour_of_an_answer_follows_the_state(channel: Channel) -> None:
    await channel.page("lamp", snapshot(incident(impact=Impact.CRITICAL)))
    assert await channel.tone("lamp") is Tone.CRITICAL
    assert await channel.tone("torch") is Tone.UNKNOWN


async def test_help_about_a_command_tells_all_that_it_takes(channel: Channel) -> None:
    about = await channel.ask("help subscribe")
    assert about[:2] == [
        "Be told in this channel when a tool has trouble",
        "/outage subscribe <service> [components=…] " + about[1].split("…] ", 1)[1],
    ]
    assert "• <service> – A tool, a part of it such as chatgpt, or the address of its status page" in about
    assert about[-1] == "Only people who may manage this channel can do that."
    assert await channel.ask("help /outage abonner chatgpt") == about


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("help subscrbe", "I do not know “subscrbe”. Did you mean `/outage help subscribe`?"),
        ("help xyzzy", "I know no command “xyzzy”. `/outage help` lists them all."),
        ("help /outage", "I know no command “/outage”. `/outage help` lists them all."),
    ],
)
async def test_help_about_no_command_says_what_to_type(channel: Channel, line: str, answer: str) -> None:
    assert await channel.ask(line) == [answer]


async def test_help_about_a_command_without_options_is_short(channel: Channel) -> None:
    assert await channel.ask("aide list") == ["What this channel follows", "/outage list", "Also: liste"]
