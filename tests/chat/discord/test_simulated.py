"""A second opinion: the same client in a simulated Discord that knows roles, permissions and limits."""

import discord
import pytest
import simcord

from bot.chat.discord.buttons import shown
from bot.chat.discord.client import OutageClient
from bot.chat.discord.posts import Posts
from bot.chat.discord.refusals import Refusals
from bot.domain.card import Card, Fact, Item, Listing, Tone
from bot.domain.subscription import Action
from tests.chat.discord.fakes import FakeClock, FakeDesk, FakeNotes, card, claim


@pytest.fixture
def simcord_bot(desk: FakeDesk, notes: FakeNotes, clock: FakeClock) -> discord.Client:
    async def forget(_: str) -> int:
        return 0

    return OutageClient(desk=desk, notes=notes, clock=clock, forget=forget, trace=Refusals(clock).trace())


@pytest.mark.parametrize(
    ("permissions", "answered"),
    [
        (discord.Permissions(view_channel=True, use_application_commands=True), False),
        (discord.Permissions(view_channel=True, use_application_commands=True, manage_messages=True), False),
        (discord.Permissions(view_channel=True, use_application_commands=True, manage_channels=True), True),
        (discord.Permissions(administrator=True), True),
    ],
)
async def test_roles_decide_who_may_change_what_a_channel_is_told(
    simcord_env: simcord.Env, desk: FakeDesk, permissions: discord.Permissions, *, answered: bool
) -> None:
    guild = simcord_env.create_guild()
    channel = guild.create_text_channel("outages")
    person = guild.add_member(
        simcord_env.create_user("ada"), roles=[guild.create_role("Crew", permissions=permissions)]
    )
    result = await person.slash(channel, "outage follow", tool="paper-mill")
    assert result.ephemeral
    assert result.response is not None
    assert ("answered" in str(result.response.embeds[0].title)) is answered
    assert desk.asked[0][2].target.channel == str(channel.id)


async def test_typing_is_completed_from_the_desk(simcord_env: simcord.Env) -> None:
    guild = simcord_env.create_guild()
    channel = guild.create_text_channel("outages")
    person = guild.add_member(simcord_env.create_user("ada"))
    choices = await person.autocomplete(channel, "outage status", "tool", "mill")
    assert "paper-mill" in str(choices)
    assert "paper-plane" not in str(choices)


async def test_the_fullest_card_is_taken(simcord_env: simcord.Env, desk: FakeDesk) -> None:
    channel = simcord_env.create_guild().create_text_channel("outages")
    full = Card(
        tone=Tone.CRITICAL,
        title="t_" * 300,
        lead=("l* " * 3000,),
        quote="q[ " * 3000,
        facts=tuple(Fact("n " * 300, ("v` " * 900,)) for _ in range(30)),
        listings=(Listing("h" * 300, tuple(Item(("i~ " * 50,)) for _ in range(60))),),
        footer=("f " * 2000,),
    )
    receipt = await Posts(simcord_env.bot).post(claim(channel=channel.id), shown(full))
    assert channel.last_message is not None
    assert str(channel.last_message.id) == receipt.message


@pytest.mark.parametrize("threads", [True, False])
async def test_without_the_permission_for_threads_replies_stay_in_the_channel(
    simcord_env: simcord.Env, *, threads: bool
) -> None:
    guild = simcord_env.create_guild()
    assert guild.me is not None
    channel = guild.create_text_channel(
        "outages", overwrites={guild.me: discord.PermissionOverwrite(create_public_threads=threads)}
    )
    posts = Posts(simcord_env.bot)
    root = await posts.post(claim(1, channel=channel.id), shown(card()))
    receipt = await posts.reply(claim(2, Action.REPLY, channel=channel.id, root=root), shown(card("More")))
    assert bool(receipt.thread) is threads
