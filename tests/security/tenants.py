"""Two teams on one bot, each with pages of its own, asking whatever comes to mind."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bot.chat.console.draw import plain
from bot.commands import COMMANDS
from bot.commands.spec import Caller
from bot.domain.subscription import Target
from bot.ports import Probed
from bot.store.store import SqlStore
from tests.commands.test_commands import Channel, channel_of
from tests.fakes import FakeProber
from tests.jobs.world import PLAINLY
from tests.made import LAMP, PLAN, TEAM, TORCH, snapshot

SHARED = "https://status.both.example"
"""A page that both teams paste, each at an address of its own with a word of its own in it."""
WORDS = ("aardvark", "zeppelin")
SECRETS = ("quartz", "obsidian")
"""Words of their pages' names, which the other team cannot know."""


@dataclass
class Team:
    """One team. Its `word` is in everything that only it may see."""

    word: str
    secret: str
    targets: Sequence[Target]
    pages: Sequence[str]


@dataclass
class World:
    """Both of them at one desk."""

    channel: Channel
    teams: tuple[Team, Team]
    prober: FakeProber
    calls: int = 0
    wrong: list[str] = field(default_factory=list)
    done: dict[str, int] = field(default_factory=dict)


def world(store: SqlStore) -> World:
    teams = tuple(_team(word, number) for number, word in enumerate(WORDS))
    prober = FakeProber()
    for team in teams:
        for number, url in enumerate(team.pages[:-1]):
            name = f"The {team.secret} {number}"
            page = snapshot(page=name, page_id=name, components=())
            prober.found[url] = Probed(format=PLAINLY, url=f"{url}/feed", snapshot=page)
        both = snapshot(page="Both", page_id="both", components=())
        prober.found[team.pages[-1]] = Probed(format=PLAINLY, url=SHARED, snapshot=both)
    channel = channel_of(store, (LAMP, TORCH), (PLAN,), prober)
    return World(channel, (teams[0], teams[1]), prober)


def _team(word: str, number: int) -> Team:
    targets = tuple(replace(TEAM, workspace=f"T{number}", channel=f"C{place}") for place in range(2))
    own = tuple(f"https://status.{word}-{n}.example" for n in range(3))
    return Team(word, SECRETS[number], targets, (*own, f"{SHARED}/?token={word}"))


async def hold(team: Team, store: SqlStore) -> object:
    """Everything of a team that anybody could change."""
    name = team.targets[0].team
    pages = [(page.service, name in page.teams) for page in await store.added_pages() if name in page.teams]
    chosen = [await store.choices_of(name), await store.trials_of(name)]
    return [*[await store.subscriptions_of(target) for target in team.targets], pages, chosen]


async def ask(world: World, luck: random.Random) -> None:
    """One random call of a random command; whatever it says or changes of the other team is noted."""
    mine, other = luck.sample(world.teams, 2)
    name, options = call(luck, mine, other)
    target = luck.choice(mine.targets)
    # The same channel and user ids as the other team's: ids are only unique within a workspace.
    caller = Caller(target=target, user="U1", may_manage=luck.random() < 0.9, language=luck.choice(("en", "fr")))
    before = await hold(other, world.channel.store)
    world.channel.clock.tick(seconds=luck.choice((4, 5)))
    desk = world.channel.desk
    if luck.random() < 0.5:
        line = " ".join((name, *(f'{key}="{value}"' for key, value in options.items())))
        card = await desk.answer_line(line, caller)
    else:
        card = await desk.answer(name, options, caller)
    said = plain(card, world.channel.clock.now())
    world.calls += 1
    world.done[name] = world.done.get(name, 0) + ("limit" not in card.title and "know" not in card.title)
    typed = " ".join(options.values())
    if other.secret in f"{said} {card}" or (other.word not in typed and other.word in f"{said} {card}"):
        world.wrong.append(f"{name} {options} told: {said}")
    if "Something went wrong" in card.title or "Quelque chose" in card.title:
        world.wrong.append(f"{name} {options} failed")
    if await hold(other, world.channel.store) != before:
        world.wrong.append(f"{name} {options} changed something of {other.word}")


def call(luck: random.Random, mine: Team, other: Team) -> tuple[str, dict[str, str]]:
    """A command with options, half of them about what is the other team's."""
    command = luck.choice([command for command, _ in COMMANDS])
    things = (
        *("lamp", "torch", "lamp:chat", "lamp:nothing", "both", "BOTH", "nothing", "*", "", "all", "The", "status"),
        *mine.pages,
        # At their hosts, and yet not their pages: whoever can paste the very address may see the page.
        *(f"{page}/x" for page in other.pages[:-1]),
        *(f"{word}-{n}" for word in WORDS for n in range(3)),
        *(f"The {mine.secret} {n}" for n in range(3)),
        *(word for word in WORDS),
        f"{other.targets[0].team}/both",
        SHARED,
    )
    options: dict[str, str] = {}
    for option in command.options:
        if option.required or luck.random() < 0.4:
            options[option.name] = luck.choice(option.choices or things)
    if command.name == "choose" and luck.random() < 0.7:
        # What was typed on purpose: a name and a hint that nobody else may ever read.
        options = {"service": luck.choice(("lamp", "torch", "lamp:chat")), "tool": f"The {mine.secret} 0"}
        options |= {"note": f"ask {mine.word}", "owner": mine.secret}
    if command.name == "tried" and luck.random() < 0.7:
        options = {"tool": f"The {mine.secret} 0"}
    if "service" in options and command.name != "choose" and luck.random() < 0.3:
        options["service"] = luck.choice(mine.pages)
    return command.name, options


async def quarrel(world: World, luck: random.Random, times: int) -> None:
    for _ in range(times):
        await ask(world, luck)
