"""`/outage exposure` and `/outage draft`, asked as people ask them, answered from a real store."""

from dataclasses import replace

import pytest

from bot.chat.discord.embeds import embed
from bot.chat.slack.blocks import message
from bot.commands import COMMANDS
from bot.commands.desk import Desk
from bot.commands.spec import Caller
from bot.core.playbooks import Playbooks
from bot.domain.card import Card, Tone
from bot.domain.playbook import Playbook, Text
from bot.domain.service import Upstream
from bot.domain.status import Absent, Impact, Phase
from bot.domain.subscription import Action, Delivery
from bot.domain.words import Language
from bot.living import Living
from bot.store.store import SqlStore
from tests.chat.discord.reader import too_long
from tests.chat.slack.test_blocks import check
from tests.commands.test_commands import Channel, channel_of
from tests.fakes import NOON
from tests.made import LAMP, PLAN, TEAM, TORCH, change, ended, follow, incident, snapshot, update
from tests.store.made import SHOWN, claim_all

SKY = Upstream(name="sky", source="https://lamp.example/on-sky")
ON_SKY = replace(LAMP, upstreams=(SKY,), capabilities=("chat",))
ALSO = replace(TORCH, upstreams=(replace(SKY, source="https://torch.example/on-sky"),), capabilities=("chat",))


@pytest.fixture
def channel(memory: SqlStore) -> Channel:
    return channel_of(memory, (ON_SKY, ALSO), (PLAN,))


async def answer(channel: Channel, line: str, language: Language = "en") -> Card:
    caller = Caller(target=TEAM, user="U1", may_manage=False, language=language)
    return await channel.desk.answer_line(line, caller)


async def test_a_team_is_told_what_it_has_no_plan_b_for(channel: Channel) -> None:
    await channel.store.subscribe(follow("lamp", target=replace(TEAM, channel="C9")), NOON)
    await channel.store.subscribe(follow("planb-drill-1-lamp"), NOON)
    assert await channel.ask("exposure", manager=False) == [
        "4 gaps in your team’s plan B",
        "As on a quiet day, and only by what is stated in public or by your team.",
        "What to do first",
        (
            "❔ chat – whether Candle would keep working during a failure of Lamp is not known"
            " → /outage choose lamp Candle upstreams=…"
        ),
        "🔵 chat – no playbook of the team says what to do → /outage playbook lamp",
        "🔵 Torch, Candle – not tried in the last 90 days → /outage tried Torch",
        "🔵 chat – no drill in the last 90 days → /outage drill start lamp 30",
        "What would fail together",
        "🟡 sky: 2 of your 3 tools – Lamp, Torch",
        "Not known what these are built on: Candle",
    ]
    assert (await answer(channel, "exposition", "fr")).title == "4\u00a0lacunes dans le plan B de l’équipe"


@pytest.mark.parametrize("wanted", ["lamp", "capability:chat", "capability:any"])
async def test_a_playbook_of_the_team_s_own_is_no_gap_and_a_general_one_is(channel: Channel, wanted: str) -> None:
    await channel.store.subscribe(follow("lamp"), NOON)
    book = Playbook(wanted=wanted, link=Text(en="https://wiki.example.org"))
    gap = "🔵 chat – no playbook of the team says what to do → /outage playbook lamp"
    for books, told in ((Playbooks(ours=(book,)), False), (Playbooks(defaults=(book,)), True)):
        channel.desk = Desk(replace(channel.office, file=Living(playbooks=books)), COMMANDS)
        assert (gap in await channel.ask("exposure")) is told


async def test_what_another_team_follows_is_not_this_team_s(memory: SqlStore) -> None:
    channel = channel_of(memory, (ON_SKY, ALSO), ())
    await memory.subscribe(follow("lamp", target=replace(TEAM, workspace="T2")), NOON)
    assert (await channel.ask("exposure"))[0] == "I do not know your team’s tools yet"


async def tell(channel: Channel, name: str, **values: object) -> None:
    """The channel was told of an incident of that id."""
    about = change(incident(id=name, **values))
    key = f"k{name}"
    await channel.store.promise(
        [Delivery(key=key, target=TEAM, action=Action.POST, change=about, reason="new on the page")], NOON
    )
    (claim,) = await claim_all(channel.store, NOON, channel.clock.now() - NOON, 9)
    await channel.store.sent(claim, SHOWN, NOON)


async def test_a_draft_can_be_copied_and_is_sent_to_nobody(channel: Channel) -> None:
    await channel.page("lamp", snapshot(incident(url="https://status.lamp.example/i1")))
    await channel.page("torch", snapshot())
    assert await channel.ask("draft lamp", manager=False) == [
        "Draft for your team: Lamp",
        "Yours to complete and to send; I send it to nobody.",
        "Incident at Lamp: “Logins fail”",
        "Since: 2026-11-20 12:00 UTC",
        "State by its status page: Investigating – impact: major",
        "The provider on 2026-11-20 12:00 UTC: “We look.”",
        "What we use instead: Torch (https://torch.example), Candle",
        "We will write again at: ________",
        "Source: https://status.lamp.example/i1",
        "Since: 12:00 UTC",
        "Status page",
    ]
    assert await channel.store.unfinished() == 0


@pytest.mark.parametrize(
    ("line", "audience"),
    [
        ("draft lamp customers", "customers"),
        ("draft logins fail customers", "customers"),
        ("draft lamp audience=customers", "customers"),
        ("brouillon lamp clients", "customers"),
        ("brouillon lamp interne", "team"),
        ("draft lamp internal", "team"),
        ("draft logins", "team"),
        ("draft i1", "team"),
    ],
)
async def test_the_last_word_says_for_whom(channel: Channel, line: str, audience: str) -> None:
    await channel.page("lamp", snapshot(incident()))
    assert (await channel.ask(line))[0] == f"Draft for your {audience}: Lamp"


async def test_without_a_name_it_is_the_newest_open_one_that_the_channel_was_told_of(channel: Channel) -> None:
    assert await channel.ask("draft") == [
        "No incident is open of which this channel was told. Name a tool: `/outage draft chatgpt internal`."
    ]
    old, new = update(minutes=-60), update("u2", minutes=-30)
    over = ended(id="over", title="Over")
    first, second = incident(old, id="old", title="Old"), incident(new, id="new", title="New")
    await channel.page("lamp", snapshot(first, second, over, incident(id="untold", title="Untold")))
    for one in (second, first, over):
        await tell(channel, one.id, title=one.title)
    assert (await channel.ask("draft"))[2] == "Incident at Lamp: “New”"
    assert (await channel.ask("draft customers"))[2] == ("Lamp, a provider we work with, reports an incident: “New”")


async def test_what_the_page_no_longer_lists_is_said_to_be_so(channel: Channel) -> None:
    gone = Absent(incident=incident(), since=NOON, polls=9, told=True)
    await channel.page("lamp", snapshot(absent=(gone,)))
    await tell(channel, "i1")
    lines = await channel.ask("draft")
    assert "The provider's page no longer lists this and never said that it ended." in lines
    assert lines == await channel.ask("draft i1")


async def test_a_part_s_own_incident_is_chosen(channel: Channel) -> None:
    video = incident(update("u5", minutes=9), id="v", title="Films stutter", components=("c2",))
    await channel.page("lamp", snapshot(incident(title="Chat is slow", components=("c1",)), video))
    assert (await channel.ask("draft lamp:chat"))[2:4] == [
        "Incident at Lamp: “Chat is slow”", "Parts concerned: Chat",
    ]  # fmt: skip
    assert (await channel.ask("draft lamp"))[2] == "Incident at Lamp: “Films stutter”"


async def test_a_resolved_one_is_found_when_nothing_is_open(channel: Channel) -> None:
    await channel.page("lamp", snapshot(ended()))
    lines = await channel.ask("draft lamp")
    assert "State by its status page: Resolved" in lines
    assert lines[-2] == "When: 12:00 UTC – 12:30 UTC"


async def test_a_stale_page_is_warned_of(channel: Channel) -> None:
    await channel.page("lamp", snapshot(incident()))
    channel.clock.tick(minutes=12)
    lines = await channel.ask("draft lamp")
    assert lines[1].endswith("Its status page cannot be read now: check it before you send this.")
    assert any("last read 2026-11-20 12:00 UTC" in line for line in lines)
    assert (await answer(channel, "draft lamp")).tone is Tone.WARNING


async def test_the_draft_is_in_the_channel_s_language_and_the_rest_in_the_asker_s(channel: Channel) -> None:
    await channel.page("lamp", snapshot(incident()))
    await channel.store.subscribe(follow("lamp", language="fr"), NOON)
    card = await answer(channel, "draft lamp")
    assert card.title == "Draft for your team: Lamp"
    assert card.copy.startswith("Incident chez Lamp\u00a0: «\u00a0Logins fail\u00a0»")


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("draft torch", "The status page of Torch lists no incident now."),
        ("draft lamp", "I cannot read the status page of Lamp"),
        ("draft of the moon", "I know no incident by the words “of the moon”. `/outage active` lists the open ones."),
        ("draft lamp audience=press", "`audience` is one of: internal, customers."),
    ],
)
async def test_what_cannot_be_found_says_what_to_type(channel: Channel, line: str, refusal: str) -> None:
    await channel.page("torch", snapshot())
    assert await channel.ask(line) == [refusal]


async def test_a_draft_fits_every_platform_and_nothing_in_it_is_live_there(channel: Channel) -> None:
    text = "```*x* <b> & @everyone <@1> " * 90
    loud = incident(update(text=text), title=f"a ``` b {text}", impact=Impact.UNKNOWN, phase=Phase.IDENTIFIED)
    await channel.page("lamp", snapshot(loud))
    card = await answer(channel, "draft lamp customers")
    said = message(card)
    check(said)
    (block,) = (one["text"]["text"] for one in said["blocks"] if "```" in str(one))
    assert block.startswith("```Lamp, a provider")
    assert block.endswith("https://status.lamp.example/i1```")
    assert block.count("```") == 2
    assert "<" not in block
    shown = dict(embed(card).to_dict())
    assert too_long(shown) == []
    assert str(shown["description"]).count("```") == 2
    assert str(shown["description"]).endswith("https://status.lamp.example/i1\n```")
    assert not [live for live in ("<@", "@everyone") if live in str(shown)]


async def test_what_has_no_beginning_and_what_left_the_catalogue_is_no_trouble(channel: Channel) -> None:
    await channel.page("lamp", snapshot(incident(started_at=None)))
    await tell(channel, "i1", started_at=None)
    lost = replace(change(incident(id="lost")), service="lost")
    await channel.store.promise(
        [Delivery(key="klost", target=TEAM, action=Action.POST, change=lost, reason="new on the page")], NOON
    )
    (claim,) = await claim_all(channel.store, NOON, channel.clock.now() - NOON, 9)
    await channel.store.sent(claim, SHOWN, NOON)
    lines = await channel.ask("draft")
    assert lines[2] == "Incident at Lamp: “Logins fail”"
    assert not any("Since" in line for line in lines)
