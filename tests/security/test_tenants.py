"""S3: what is one team's own is nobody else's to see or to change."""

import random
from dataclasses import replace

import pytest

from bot.core.naming import known_to_all
from bot.store.store import SqlStore
from tests.commands.test_commands import channel_of
from tests.made import LAMP
from tests.security.tenants import SHARED, WORDS, quarrel, world

DOSE = 60


async def test_two_teams_see_and_change_nothing_of_each_other(memory: SqlStore) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    both = world(memory)
    await quarrel(both, random.Random(seed), DOSE)
    assert both.wrong == []


async def test_what_a_team_chose_is_on_no_other_teams_lists_and_cards(memory: SqlStore) -> None:
    """Said outright, beside the quarrel: the very same service, asked about by both."""
    both = world(memory)
    ours, theirs = both.teams
    both.channel.target = ours.targets[0]
    await both.channel.ask(f'choose lamp "Our {ours.secret}" note="{ours.word}" owner={ours.secret}')
    await both.channel.ask(f'tried "Our {ours.secret}"')
    assert f"Our {ours.secret}" in " ".join(await both.channel.ask("alt lamp"))
    both.channel.target = theirs.targets[0]
    asked = ("alt lamp", "alt lamp:chat", f'tried "Our {ours.secret}"', f'choose lamp remove="Our {ours.secret}"')
    said = " ".join([line for line in asked for line in await both.channel.ask(line)])
    assert ours.word not in said
    assert "Torch – shared account" in said
    assert "“Our quartz” is on none of your team’s lists" in said
    assert await memory.choices_of(theirs.targets[0].team) == []
    assert await memory.trials_of(theirs.targets[0].team) == {}


async def test_who_pastes_a_page_that_another_team_has_does_not_see_how_they_pasted_it(memory: SqlStore) -> None:
    both = world(memory)
    said = []
    for team in both.teams:
        both.channel.target = team.targets[0]
        said += [await both.channel.ask(f"subscribe {team.pages[-1]}"), await both.channel.ask("status both")]
    (page,) = await memory.added_pages()
    assert page.teams == {"slack:T0", "slack:T1"}
    assert page.service.page == f"{SHARED}/"
    assert not [word for word in WORDS if word in f"{said} {page}"]


@pytest.mark.parametrize(
    ("pasted", "found", "told"),
    [
        ("https://a.example/x?k=1#top", "https://a.example", "https://a.example/x"),
        ("https://a.example/x?k=1", "https://a.example/x?k=1", "https://a.example/x?k=1"),
        ("https://a.example/x?k=1", "https://a.example/feed?k=2", "https://a.example/x"),
        ("https://a.example", "https://a.example/feed", "https://a.example"),
    ],
)
def test_a_query_is_kept_only_where_every_team_must_know_it(pasted: str, found: str, told: str) -> None:
    assert known_to_all(pasted, found) == told


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("https://ann:secret@status.acme.example", "Never paste a password here."),
        ("<https://ann@status.acme.example|x>", "Never paste a password here."),
        ("https://[", "That is no address that I can read."),
        ("http://[::1", "That is no address that I can read."),
        ("https://", "That is no address that I can read."),
    ],
)
async def test_an_address_with_a_password_or_none_at_all_is_refused_unasked(
    memory: SqlStore, typed: str, said: str
) -> None:
    both = world(memory)
    (answer, *_) = await both.channel.ask(f"subscribe {typed}")
    assert answer.startswith(said)
    assert both.prober.asked == []
    assert await memory.added_pages() == []


async def test_a_channel_of_the_same_name_in_another_workspace_is_another_channel(memory: SqlStore) -> None:
    ours, theirs = (channel_of(memory, (LAMP,), (), workspace=name) for name in ("T1", "T2"))
    await ours.ask("subscribe lamp min=major")
    assert (await theirs.ask("list"))[0] == "This channel follows nothing yet"
    assert (await theirs.ask("unsubscribe lamp"))[0] == "This channel does not follow Lamp."
    assert len(await ours.follows()) == 1
    theirs.target = replace(ours.target, channel="C2")
    assert (await theirs.ask("list"))[0] == "This channel follows nothing yet"
