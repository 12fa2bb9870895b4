"""Following a page whose address was pasted."""

from dataclasses import replace

import pytest

from bot.commands import adding
from bot.core.naming import feed_id
from bot.domain.errors import NotTheFormat
from bot.ports import Probed
from bot.store.store import SqlStore
from tests.commands.test_commands import Channel, channel_of
from tests.fakes import FakeProber
from tests.jobs.world import PLAINLY
from tests.made import LAMP, PLAN, TORCH, snapshot

URL = "https://status.acme.example"
FOUND = Probed(format=PLAINLY, url=f"{URL}/feed", snapshot=snapshot(page="Acme", page_id="p1"))


@pytest.fixture
def prober() -> FakeProber:
    return FakeProber({URL: FOUND, f"{URL}/other": FOUND})


@pytest.fixture
def channel(memory: SqlStore, prober: FakeProber) -> Channel:
    return channel_of(memory, (LAMP, TORCH), (PLAN,), prober)


async def test_a_pasted_page_is_followed_under_its_own_name(channel: Channel, prober: FakeProber) -> None:
    lines = await channel.ask(f"subscribe <{URL}|status.acme.example>")
    assert lines[0] == "This channel now follows Acme"
    assert prober.asked == [(URL, False)]
    (mine,) = await channel.follows()
    assert mine.service == "acme"
    (page,) = await channel.store.added_pages()
    feed = page.service.feeds[0]
    assert (feed.id, feed.format, feed.page_id, feed.trusted) == (feed_id(FOUND.url), "statuspage", "p1", False)
    assert feed.id in await channel.store.states([feed.id])
    assert (await channel.ask("status acme"))[0] == "Acme: Unknown"


async def test_the_page_of_a_tool_we_know_is_that_tool(channel: Channel, prober: FakeProber) -> None:
    assert (await channel.ask("subscribe https://status.lamp.example/incidents/1"))[
        0
    ] == "This channel now follows Lamp"
    assert prober.asked == []


async def test_a_page_that_was_added_before_is_not_asked_for_again(channel: Channel, prober: FakeProber) -> None:
    await channel.ask(f"subscribe {URL}")
    assert (await channel.ask("subscribe status.acme.example"))[0] == "Changed: this channel follows Acme"
    assert len(prober.asked) == 1


async def test_two_teams_that_paste_one_page_share_it_and_see_nothing_of_each_other(
    channel: Channel, memory: SqlStore, prober: FakeProber
) -> None:
    await channel.ask(f"subscribe {URL}")
    other = channel_of(memory, (LAMP, TORCH), (PLAN,), prober, workspace="T2")
    assert (await other.ask("status acme"))[0].startswith("I do not know “acme”")
    assert (await other.ask(f"subscribe {URL}/other"))[0] == "This channel now follows Acme"
    (page,) = await memory.added_pages()
    assert page.teams == {"slack:T1", "slack:T2"}


async def test_a_page_without_a_feed_is_refused_with_what_was_tried(channel: Channel, prober: FakeProber) -> None:
    prober.found[URL] = NotTheFormat("no feed that can be read was found; 30 places were tried")
    assert await channel.ask(f"subscribe {URL}") == [
        "I found no status feed that I can read there: no feed that can be read was found; 30 places were tried"
    ]
    channel.clock.tick(seconds=1)
    assert await channel.ask("subscribe https://nowhere.example") == [
        "I cannot reach that page: https://nowhere.example: its host name is not known"
    ]
    assert await channel.follows() == []


async def test_a_team_may_add_so_many_pages_and_no_more(channel: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adding, "MOST_PAGES", 1)
    await channel.ask(f"subscribe {URL}")
    assert "that is the limit" in (await channel.ask("subscribe https://b.example"))[0]


async def test_where_nothing_can_be_asked_it_says_so(memory: SqlStore) -> None:
    bare = channel_of(memory, (LAMP,), ())
    assert await bare.ask(f"subscribe {URL}") == ["Pages cannot be added from here."]


async def test_a_page_that_nobody_follows_any_more_is_forgotten(channel: Channel) -> None:
    await channel.ask(f"subscribe {URL}")
    await channel.ask("unsubscribe acme")
    assert await channel.store.added_pages() == []
    assert (await channel.ask("status acme"))[0].startswith("I do not know “acme”")


async def test_all_parts_are_followed_where_some_are_usual(memory: SqlStore) -> None:
    channel = channel_of(memory, (replace(LAMP, usual=("chat",)),), ())
    await channel.ask("subscribe lamp components=all")
    (mine,) = await channel.follows()
    assert mine.parts == ("*",)


async def test_it_says_which_parts_are_meant_where_nobody_names_any(memory: SqlStore) -> None:
    channel = channel_of(memory, (replace(LAMP, usual=("chat",)), TORCH), ())
    lines = await channel.ask("subscribe lamp")
    assert "Parts: Lamp Chat (the usual ones; all of them with `components=all`, others by their names)" in lines
    assert "Parts: all" in await channel.ask("subscribe lamp components=all")
    assert "Parts: all" in await channel.ask("subscribe torch")
    assert "Parts: Lamp Chat" in await channel.ask("subscribe lamp components=chat")


async def test_an_answer_about_a_cloud_says_which_parts_it_is_about(memory: SqlStore) -> None:
    channel = channel_of(memory, (replace(LAMP, usual=("chat",)),), ())
    await channel.page("lamp", snapshot())
    assert await channel.ask("status lamp") == [
        "Lamp: Operational",
        "The provider reports no trouble.",
        "Parts: Lamp Chat (the usual ones)",
        "Status page · read 12:00 UTC (0 s)",
    ]
    assert not any("usual" in line for line in await channel.ask("status lamp:chat"))


@pytest.mark.parametrize(
    ("address", "answer"),
    [
        ("https://[", "That is no address that I can read."),
        ("https://ann:secret@status.acme.example", "Never paste a password here."),
    ],
)
async def test_an_address_that_cannot_be_asked_is_told_kindly(
    channel: Channel, prober: FakeProber, address: str, answer: str
) -> None:
    assert (await channel.ask(f"subscribe {address}"))[0].startswith(answer)
    assert prober.asked == []
