"""Playbooks as people use them: read, take a step, say it is done, from the command and from buttons."""

from dataclasses import replace

import pytest

from bot.chat.console.draw import plain
from bot.commands import COMMANDS, PRESSES
from bot.commands.desk import Desk
from bot.commands.spec import Caller
from bot.core.playbooks import Playbooks
from bot.domain.card import Card
from bot.domain.change import Change, News
from bot.domain.playbook import Playbook, Step, Text
from bot.domain.subscription import Action, Delivery, Target
from bot.living import Living
from bot.store.store import SqlStore
from tests.commands.test_commands import Channel, channel_of
from tests.fakes import NOON
from tests.made import LAMP, PLAN, TEAM, TORCH, change, ended, incident, snapshot

BOOK = Playbook(
    wanted="lamp:chat",
    title=Text(en="Writing by hand", fr="Écrire à la main"),
    steps=(
        Step(do=Text(en="Save your text", fr="Sauver le texte"), owner="Ann"),
        Step(do=Text(en="Tell the customers", fr="Prévenir les clients")),
    ),
    template=Text(en="Hello [name],", fr="Bonjour [nom],"),
    link=Text(en="https://wiki.example.org/offline"),
)
GENERAL = Playbook(wanted="capability:any", steps=(Step(do=Text(en="Breathe", fr="Respirer")),), chosen=False)
ANN = Caller(target=TEAM, user="U1", may_manage=False, language="en")
BOB = replace(ANN, user="U2")


@pytest.fixture
def channel(memory: SqlStore) -> Channel:
    channel = channel_of(memory, (LAMP, TORCH), (PLAN,))
    channel.office = replace(channel.office, file=Living(playbooks=Playbooks(ours=(BOOK,), defaults=(GENERAL,))))
    channel.desk = Desk(channel.office, COMMANDS, PRESSES)
    return channel


async def tell(channel: Channel, about: Change, action: Action = Action.POST, to: Target = TEAM) -> int:
    """That change was promised to the channel; the number of its message."""
    key = f"{action}{about.news}{about.incident.id}{to.key}"
    await channel.store.promise(
        [Delivery(key=key, target=to, action=action, change=about, reason="", language="en")], NOON
    )
    return (await channel.store.newest_told(to, 1))[0][0]


def lines(card: Card) -> list[str]:
    return plain(card, NOON).splitlines()


def buttons(card: Card) -> list[str]:
    return [f"{button.label} = {button.does}" for button in card.buttons]


async def test_a_playbook_is_shown_with_its_owners_and_its_template(channel: Channel) -> None:
    assert await channel.ask("playbook lamp:chat") == [
        "Lamp Chat: Writing by hand",
        "Hello [name],",
        "Steps",
        "• 1. Save your text – Ann",
        "• 2. Tell the customers",
        "your team's template",
    ]


@pytest.mark.parametrize("line", ["playbook chatting fr", "fiche chatting language=fr", "secours lamp:chat FR"])
async def test_it_is_shown_in_the_language_asked_for(channel: Channel, line: str) -> None:
    assert (await channel.ask(line))[:4] == [
        "Lamp Chat\u00a0: Écrire à la main",
        "Bonjour [nom],",
        "Étapes",
        "• 1. Sauver le texte – Ann",
    ]


async def test_one_that_the_team_did_not_write_says_so_and_how_to_write_it(channel: Channel) -> None:
    assert await channel.ask("playbook torch") == [
        "Torch: what to do without it",
        "A general one that comes with Plan B, not your team's.",
        "Steps",
        "• 1. Breathe",
        "To write your own",
        '• [playbooks."torch"] in planb.toml',
    ]


async def test_steps_are_taken_and_done_where_an_incident_is_open(channel: Channel) -> None:
    await tell(channel, change())
    assert (await channel.ask("playbook lamp:chat claim=2"))[3:5] == [
        "• 1. Save your text – Ann",
        "🔵 2. Tell the customers (taken by U1, 12:00 UTC)",
    ]
    channel.clock.tick(minutes=5)
    assert (await channel.ask("playbook lamp:chat done=2"))[4] == "✅ 2. Tell the customers (done by U1, 12:05 UTC)"
    assert (await channel.ask("playbook lamp"))[4] == "✅ 2. Tell the customers (done by U1, 12:05 UTC)"
    channel.target = replace(TEAM, channel="C2")
    assert (await channel.ask("playbook lamp:chat"))[4] == "• 2. Tell the customers"


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("playbook lamp:chat claim=3", "Say the number of a step, from 1 to 2."),
        ("playbook lamp:chat claim=0", "Say the number of a step, from 1 to 2."),
        ("playbook lamp:chat done=two", "Say the number of a step, from 1 to 2."),
        ("playbook lamp:chat done=²", "Say the number of a step, from 1 to 2."),
        ("playbook torch claim=1", "No incident of Torch is open in this channel."),
        ("playbook nothing", "I do not know “nothing”. `/outage services` lists what I watch."),
        ("playbook", "Say which: `/outage playbook <service> [language=en|fr] [claim=…] [done=…]`"),
    ],
)
async def test_what_cannot_be_marked_is_refused_kindly(channel: Channel, line: str, answer: str) -> None:
    await tell(channel, change())
    assert await channel.ask(line) == [answer]


async def test_a_playbook_without_steps_has_none_to_take(channel: Channel) -> None:
    await tell(channel, replace(change(), service="torch"))
    bare = Playbooks(ours=(Playbook(wanted="torch", link=Text(en="https://wiki.example.org")),))
    channel.desk = Desk(replace(channel.office, file=Living(playbooks=bare)), COMMANDS, PRESSES)
    assert await channel.ask("playbook torch claim=1") == ["This playbook has no steps."]


@pytest.mark.parametrize("end", [change(ended(), News.UPDATED), change(news=News.UNLISTED)])
async def test_nothing_is_marked_after_the_end(channel: Channel, end: Change) -> None:
    await tell(channel, change())
    await tell(channel, end, Action.EDIT)
    assert await channel.ask("playbook lamp:chat claim=1") == ["No incident of Lamp is open in this channel."]
    assert (await channel.desk.answer_line("playbook lamp:chat", ANN)).buttons == ()


async def test_the_open_one_is_found_behind_one_that_is_over(channel: Channel) -> None:
    first = await tell(channel, change())
    await tell(channel, change(ended(id="i2")))
    card = await channel.desk.answer_line("playbook lamp:chat claim=1", ANN)
    assert buttons(card)[0] == f"1 is done = done:{first}:1:lamp:chat"


async def test_the_button_of_an_incident_shows_the_playbook_of_the_part_that_fails(channel: Channel) -> None:
    await channel.page("lamp", snapshot(incident(components=("c1",))))
    number = await tell(channel, change(incident(components=("c1",))))
    card = await channel.desk.press(f"playbook:{number}:", ANN)
    assert lines(card)[0] == "Lamp Chat: Writing by hand"
    assert buttons(card) == [f"I take 1 = claim:{number}:1:lamp:chat", f"I take 2 = claim:{number}:2:lamp:chat"]


async def test_buttons_take_and_finish_steps_and_show_who_did(channel: Channel) -> None:
    number = await tell(channel, change())
    card = await channel.desk.press(f"claim:{number}:2:lamp:chat", ANN)
    assert buttons(card) == [f"I take 1 = claim:{number}:1:lamp:chat", f"2 is done = done:{number}:2:lamp:chat"]
    seen = await channel.desk.press(f"playbook:{number}:lamp:chat", BOB)
    assert lines(seen)[4] == "🔵 2. Tell the customers (taken by U1, 12:00 UTC)"
    assert buttons(seen) == [f"I take 1 = claim:{number}:1:lamp:chat"]
    assert lines(await channel.desk.press(f"claim:{number}:2:lamp:chat", BOB)) == ["Step 2 is taken."]
    await channel.desk.press(f"done:{number}:2:lamp:chat", BOB)
    assert lines(await channel.desk.press(f"done:{number}:2:lamp:chat", ANN)) == ["Step 2 is done already."]
    assert lines(await channel.desk.press(f"claim:{number}:1", ANN))[3] == (
        "🔵 1. Save your text – Ann (taken by U1, 12:00 UTC)"
    )


@pytest.mark.parametrize("does", ["claim:{n}:", "claim:{n}:9:lamp:chat", "done:{n}:x"])
async def test_a_button_that_was_bent_marks_nothing(channel: Channel, does: str) -> None:
    number = await tell(channel, change())
    answer = lines(await channel.desk.press(does.format(n=number), ANN))
    assert answer == ["Say the number of a step, from 1 to 2."]
    assert await channel.store.marks((await channel.store.newest_told(TEAM, 1))[0][1].thread_key, "lamp:chat") == {}


async def test_a_button_of_another_team_or_of_a_forgotten_message_is_refused(channel: Channel) -> None:
    number = await tell(channel, change())
    stranger = replace(ANN, target=replace(TEAM, workspace="T2"))
    for caller, does in (
        (stranger, f"claim:{number}:1:lamp:chat"),
        (stranger, f"playbook:{number}:"),
        (ANN, "claim:99:1"),
        (ANN, f"claim:{number}:1:nothing"),
    ):
        said = lines(await channel.desk.press(does, caller))
        assert said == ["I do not know this button any more. Please type the command instead."]
    delivery = (await channel.store.newest_told(TEAM, 1))[0][1]
    assert await channel.store.marks(delivery.thread_key, "lamp:chat") == {}


async def test_a_button_in_the_thread_of_an_incident_counts_for_the_incident(channel: Channel) -> None:
    number = await tell(channel, change())
    await channel.desk.press(f"claim:{number}:1:lamp:chat", replace(ANN, target=replace(TEAM, channel="C1-thread")))
    assert (await channel.ask("playbook lamp:chat"))[3] == "🔵 1. Save your text – Ann (taken by U1, 12:00 UTC)"
