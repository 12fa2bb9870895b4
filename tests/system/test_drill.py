"""A whole drill, from its start to its report, on the console and on both chats; and what ends it in earnest."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.app import App
from bot.chat.console.app import HERE
from bot.chat.console.draw import plain
from bot.commands.spec import Caller
from bot.domain.drill import Drill
from bot.domain.subscription import Target
from tests.system.seats import ConsoleSeat, DiscordSeat, Seat, SlackSeat
from tests.system.stage import DISCORD, SLACK, TEAM_FILE, Stage, stage, text, until

ALL = (SLACK, DISCORD, HERE)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for pause in ("rehearsal.PAUSE_S", "jobs.recovery.PAUSE_S", "jobs.advice.PAUSE_S"):
        monkeypatch.setattr(f"bot.{pause}", 0.1)
    for pause in ("POLL_PAUSE_S", "OUTBOX_PAUSE_S"):
        monkeypatch.setattr(f"bot.pumps.{pause}", 0.05)


async def ask(app: App, line: str, target: Target = SLACK, *, manager: bool = True) -> str:
    language = "fr" if target is DISCORD else "en"
    caller = Caller(target=target, user="U1", may_manage=manager, language=language)  # type: ignore[arg-type] # a Literal
    return plain(await app.desk.answer_line(line, caller), app.clock.now())


BOOK = """
[playbooks."openai:chatgpt"]
link = "http://127.0.0.1:9/offline"
[[playbooks."openai:chatgpt".steps]]
do = "Tell the support team"
do_fr = "Prévenir le support"
"""


def _plain(text: str) -> str:
    """French counts and colons have spaces that do not break."""
    return text.replace("\xa0", " ")


async def rows(app: App, table: str) -> str:
    async with app.store._database.reading() as connection:
        return str((await connection.execute(sa.text(f"SELECT * FROM {table}"))).all())  # noqa: S608 - ours


@dataclass
class Exercise:
    """One drill in each seat, all begun at the same moment."""

    play: Stage
    app: App
    seats: list[Seat]
    drill: Drill

    def go_to(self, part: float) -> None:
        """To that part of its length."""
        self.play.clock.go_to(self.drill.started_at + (self.drill.ends_at - self.drill.started_at) * part)

    async def read(self, *said: str) -> None:
        """Wait until one of these (in whichever language) is read in each seat."""
        for seat in self.seats:
            await self._until([seat], lambda seat: " ".join([seat.first(), *seat.thread()]), said)

    async def shown(self, *said: str) -> None:
        """Wait until one of these stands on each first message; a print cannot be edited."""
        await self._until(self.seats[:2], lambda seat: seat.first(), said)

    async def _until(self, seats: list[Seat], says: Callable[[Seat], str], said: tuple[str, ...]) -> None:
        await until(lambda: {any(one in _plain(says(seat)) for one in said) for seat in seats} == {True})


@asynccontextmanager
async def exercise(tmp_path: Path) -> AsyncIterator[Exercise]:
    async with stage() as play:
        file = TEAM_FILE.format(page=play.page.url, other=play.other.url) + BOOK
        async with play.playing(f"sqlite:///{tmp_path}/planb.db", planb_config=file, lease_seconds=60) as app:
            await play.follow(app)
            await until(lambda: play.page.asked and play.other.asked and play.discord.ready.is_set())
            await play.slack.connected()
            seats: list[Seat] = [SlackSeat(play), DiscordSeat(play), ConsoleSeat(play, app)]
            for seat in seats:
                await seat.types("drill start chatgpt 15 mention=<!channel>@everyone")
            await until(lambda: {seat.first() != "" for seat in seats} == {True})
            drill = await app.store.last_drill(SLACK)
            assert drill
            yield Exercise(play, app, seats, drill)


async def people_act(at: Exercise) -> None:
    for seat in at.seats:
        assert "Claude" in seat.first()  # what to use instead, as in earnest
        await seat.presses("blocked:", 2)
        assert "Claude" in await seat.presses("switched:")
        assert "support" in await seat.presses("playbook:", 3)
        await seat.presses("claim:", 3)
    await at.shown("1 switched to Claude, 1 blocked", "1 personne utilise Claude, 1 personne bloquée")


async def what_was_recommended_fails(at: Exercise) -> None:
    """In a drill as in earnest the card is put right, and its thread told."""
    at.play.other.say("investigating", "Claude does not answer either.")
    await at.read("Claude fails too now: use Templates instead", "Claude ne marche plus non plus")
    await at.read("it happens in earnest", "c’est bien réel")
    await at.shown("Templates")


async def it_recovers(at: Exercise) -> None:
    at.go_to(0.75)
    await at.read("a fix is said to be in place", "un correctif serait en place")
    await at.shown("*recovering*", "**retour à la normale en cours**")
    holds = at.drill.started_at + (at.drill.ends_at - at.drill.started_at) * 0.8
    assert f"^{int(holds.timestamp())}^" in at.seats[0].first()  # nothing is promised for after the drill
    at.go_to(0.85)
    await at.read("you can go back to ChatGPT", "vous pouvez revenir à ChatGPT")
    await at.shown("I am back", "J’y reviens")
    for seat in at.seats:
        await seat.presses("back:")
    await at.shown("1 blocked, 1 back", "1 personne bloquée, 1 de retour")


async def it_ends(at: Exercise) -> None:
    """Nothing on the card can be pressed any more; an old press is told so."""
    old = at.seats[0].first()
    at.play.clock.go_to(at.drill.ends_at + timedelta(seconds=2))
    await at.read("the result for ChatGPT", "le bilan pour ChatGPT")
    for verb in ("switched:", "blocked:", "back:", "playbook:"):
        assert verb not in at.seats[0].first() + at.seats[1].first()
    assert "The drill is over" in await _late(at.play, old)
    for seat, said in zip(at.seats, ("1 of 3", "1 sur 3", "1 of 1 "), strict=True):
        assert said in _plain(seat.thread()[-1])
        assert "http://127.0.0.1:9/offline" in seat.thread()[-1]  # the playbook's link does not answer
        assert any(one in seat.thread()[-1] for one in ("Alternatives that had trouble", "Alternatives elles-mêmes"))


def in_person(at: Exercise) -> dict[str, list[str]]:
    """What people were told each for themselves, by the mark that it has."""
    alone = [text(post) for (channel, _), post in at.play.slack.posts.items() if channel.startswith("UANN")]
    alone += [text(post) for _, post in at.play.discord.direct]
    return {seat.mark: [one for one in alone if seat.mark in one] for seat in at.seats}


async def nobody_is_known(at: Exercise) -> None:
    for table in ("moves", "marks", "trials", "deliveries"):
        said = await rows(at.app, table)
        assert not re.search(r"UANN|\b700\d\b|'you'", said), said
    assert [set(await at.app.store.trials_of(target.team)) for target in ALL] == [{"Claude"}] * 3


async def test_a_whole_drill_from_its_start_to_its_report_on_every_platform(tmp_path: Path) -> None:
    """People do all that they would do in earnest, with the buttons of their chat; each message says what it is."""
    async with exercise(tmp_path) as at:
        await people_act(at)
        await what_was_recommended_fails(at)
        await it_recovers(at)
        await it_ends(at)
        for seat in at.seats:
            assert all(seat.mark in one for one in (seat.first(), *seat.heard, *seat.thread()))
            assert "incidents/planb-drill" not in " ".join((seat.first(), *seat.heard, *seat.thread()))
        for seat in at.seats[:2]:
            assert "<!channel>" not in seat.first()
            assert "@everyone" not in seat.first()
            assert len(in_person(at)[seat.mark]) == 2  # who switched and who is blocked
        assert not any("✅ Good" in one for one in in_person(at)["EXERCICE – "])
        await nobody_is_known(at)
        assert [one.service for one in await at.app.store.subscriptions_of(SLACK)] == ["openai"]
        assert "33 %" in await ask(at.app, "drill status")


async def _late(play: Stage, message: str) -> str:
    """Somebody presses what the message showed before."""
    value = next(one for one in message.split('"') if one.startswith("back:"))
    await play.slack.press(value, user={"id": "UANN9", "team_id": SLACK.workspace}, channel={"id": "C1"})
    return text(await play.slack.response())


async def test_nobody_else_hears_of_a_drill(tmp_path: Path) -> None:
    async with stage() as play, play.playing(f"sqlite:///{tmp_path}/planb.db") as app:
        await play.follow(app)
        await ask(app, "drill start chatgpt 15")
        await until(play.slack_posts)
        assert "A drill is running" in await ask(app, "drill start claude 15")
        for line in (
            "status",
            "status chatgpt",
            "active",
            "active scope=all",
            "list",
            "services",
            "status planb-drill-1",
        ):
            for target in ALL:
                said = await ask(app, line, target)
                assert "DRILL" not in said
                assert "EXERCICE" not in said
                assert "does not answer" not in said
                assert "planb-drill-1-openai" not in said
        await asyncio.sleep(0.3)
        assert (play.discord_posts(), play.out.getvalue()) == ([], "")


async def test_a_real_incident_ends_a_drill_at_once(tmp_path: Path) -> None:
    async with stage() as play, play.playing(f"sqlite:///{tmp_path}/planb.db") as app:
        await play.follow(app, HERE)
        await ask(app, "drill start chatgpt 15", HERE)
        await until(lambda: "DRILL – OpenAI" in play.out.getvalue())
        play.page.say("investigating", "We look.")
        await until(lambda: "a real incident ended it" in play.out.getvalue())
        said = play.out.getvalue().split("╭")
        last = [one for one in said if "The drill is over at once" in one or "a real incident ended it" in one]
        assert not any("nothing is down" in one for one in last)
        assert "go by what I say of that one" in play.out.getvalue()
        assert any("Answers do not appear" in line and "DRILL" not in line for line in play.out.getvalue().splitlines())
        assert "in earnest" in await ask(app, "drill start chatgpt 15")
        assert "a real incident ended it" in await ask(app, "drill status", HERE)


async def test_a_real_outage_can_be_played_again_as_a_drill(tmp_path: Path) -> None:
    async with stage() as play, play.playing(f"sqlite:///{tmp_path}/planb.db") as app:
        assert "is one of" in await ask(app, "drill start chatgpt 5 scenario=nothing", HERE)
        assert "no outage of" in await ask(app, "drill start claude 5 scenario=chatgpt-2024-12-26", HERE)
        await ask(app, "drill start chatgpt 5 scenario=chatgpt-2025-06-10", HERE)
        await until(lambda: "DRILL – OpenAI" in play.out.getvalue())
        await ask(app, "drill stop", HERE)
        await until(lambda: "the result for" in play.out.getvalue())
        assert "The drill was stopped" in play.out.getvalue()
        told = [one.change.incident.url for _, one in await app.store.newest_told(HERE, 9) if one.change.incident.url]
        assert set(told) == {play.page.url}  # the replay's own ids lead nowhere on the provider's page


async def test_only_managers_and_only_for_as_long_as_is_sensible(tmp_path: Path) -> None:
    async with stage() as play, play.playing(f"sqlite:///{tmp_path}/planb.db") as app:
        assert "Only people who may manage" in await ask(app, "drill start chatgpt 15", manager=False)
        for minutes in ("4", "121", "-5", "1e1", ""):
            assert "from 5 to 120" in await ask(app, f"drill start chatgpt minutes={minutes or 'x'}")
        assert "Say which tool" in await ask(app, "drill start")
        assert "No drill is running" in await ask(app, "drill stop")
        assert "no drill in this channel yet" in await ask(app, "drill status")
        assert await app.store.drills_since(app.clock.now() - timedelta(days=1)) == []
        assert play.slack_posts() == []
