"""The whole bot as a process of its own, with a secret of its own in every secret setting, while much goes wrong.

Every word below is searched for in everything that comes out. A new SecretStr in the settings is included by itself.
"""

import asyncio
import base64
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import get_args
from urllib.parse import quote

import aiohttp
from pydantic import SecretStr

from bot.domain.subscription import Subscription
from bot.settings import Settings
from bot.store.engine import database_url
from bot.store.migrate import upgrade
from bot.store.store import SqlStore
from tests.chat.discord.front import Fault as DiscordFault
from tests.chat.slack import front as slack_front
from tests.chat.slack.front import Fault
from tests.fakes import NOON
from tests.system.stage import DISCORD, SLACK, Stage, stage, until

HOUSE = Path(__file__).parent.parent.parent
FORMS = {
    "slack_bot_token": "xoxb-{}",
    "slack_app_token": "xapp-{}",
    "discord_token": "NDI0Mg.x.{}",
    "sentry_dsn": "http://{}@127.0.0.1:1/1",
    "planb_ping_url": "https://127.0.0.1:1/{}",
}
"""How a secret must look to be taken for one; the others may be any word. A name without a setting waits for one."""
TEAM_FILE = """
[services.openai]
name = "OpenAI"
page = "http://{user}:{password}@{page}"
format = "statuspage"
[services.claude]
name = "Claude"
page = "http://{other}"
feed = "http://{other}/?key={query}"
format = "statuspage"
"""


def word(name: str) -> str:
    """44 letters that are also a key of 32 bytes in base 64, should a setting want one."""
    return base64.urlsafe_b64encode(sha256(f"canary {name}".encode()).digest()).decode()


def secret_settings() -> list[str]:
    return [
        name
        for name, field in Settings.model_fields.items()
        if SecretStr in (field.annotation, *get_args(field.annotation))
    ]


WORDS = {name: word(name) for name in (*secret_settings(), "database", "feed password", "feed query")}


def written(name: str) -> str:
    """As the setting has it."""
    return FORMS.get(name, "{}").format(WORDS[name])


@dataclass
class Heard:
    """All that came out, by where."""

    places: dict[str, str] = field(default_factory=dict)

    def found(self) -> list[str]:
        """`setting in place` for every secret that was heard."""
        return [
            f"{name} in {place}"
            for place, said in self.places.items()
            for name, secret in WORDS.items()
            for form in {secret, quote(secret, safe=""), secret.rstrip("="), secret[4:-4]}
            if form in said
        ]


def environment(play: Stage, folder: Path, database: str, port: int, **more: str) -> dict[str, str]:
    secrets = {name.upper(): written(name) for name in secret_settings()}
    bare = {"page": play.page.url.removeprefix("http://"), "other": play.other.url.removeprefix("http://")}
    team = TEAM_FILE.format(user="planb", password=WORDS["feed password"], query=WORDS["feed query"], **bare)
    return {
        "PATH": os.environ["PATH"],  # noqa: TID251 - for a process of its own
        "PYTHONPATH": str(HOUSE),
        "HOME": str(folder),
        **secrets,
        "DATABASE_URL": database,
        "PLANB_CONFIG": team,
        "SLACK_API_URL": f"{play.slack.url}/api/",
        "DISCORD_API_URL": play.discord.api_url,
        "DISCORD_GATEWAY_URL": play.discord.gateway_url,
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "POLL_SECONDS": "0.2",
        "LEASE_SECONDS": "5",
        "LOG_LEVEL": "debug",
        **more,
    }


@asynccontextmanager
async def running(folder: Path, env: Mapping[str, str], heard: Heard, place: str) -> AsyncIterator[None]:
    """`planb run`, until the end of the block; what it wrote is heard."""
    process = await _start(["run"], folder, env)
    reading = asyncio.create_task(process.communicate())
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        out, error = await asyncio.wait_for(reading, 20)
        heard.places[place] = (out + error).decode()
        (folder / f"{place}.log").write_text(heard.places[place], encoding="utf-8")


async def command(folder: Path, env: Mapping[str, str], heard: Heard, *words: str) -> None:
    process = await _start(words, folder, env)
    out, error = await asyncio.wait_for(process.communicate(), 30)
    heard.places[" ".join(words)] = (out + error).decode()


async def _start(
    words: tuple[str, ...] | list[str], folder: Path, env: Mapping[str, str]
) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.security.bare", *words, cwd=folder, env=dict(env), stdout=pipe, stderr=pipe
    )


@asynccontextmanager
async def accepted() -> AsyncIterator[None]:
    """Slack knows these tokens."""
    before = slack_front.BOT_TOKEN, slack_front.APP_TOKEN
    slack_front.BOT_TOKEN = written("slack_bot_token")
    slack_front.APP_TOKEN = written("slack_app_token")
    try:
        yield
    finally:
        slack_front.BOT_TOKEN, slack_front.APP_TOKEN = before


async def knock(port: int, heard: Heard, place: str) -> None:
    """Ask for everything that is and is not there."""
    base = f"http://127.0.0.1:{port}"
    asked = [("GET", path) for path in ("/healthz", "/readyz", "/metrics", "/", "/nothing", "/slack/events")]
    asked += [("POST", "/slack/events"), ("POST", "/discord/interactions"), ("POST", "/healthz")]
    said = []
    async with aiohttp.ClientSession() as session:
        for method, path in asked:
            async with session.request(method, base + path, data=b"\xff", headers={"Accept": "text/html"}) as answer:
                said.append(f"{method} {path} {answer.status} {dict(answer.headers)} {await answer.text()}")
    heard.places[f"answers {place}"] = "\n".join(said)


async def listening(port: int) -> None:
    async with asyncio.timeout(20):
        while True:
            with suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return
            await asyncio.sleep(0.05)


async def work(folder: Path, port: int) -> Heard:
    """Tokens that are right: an incident from its first word to its last, with accidents on all sides."""
    heard, path = Heard(), folder / "planb.db"
    await follow(path)
    async with accepted(), stage() as play:
        env = environment(play, folder, f"sqlite:///{path}", port)
        play.slack.break_next("chat.postMessage", Fault(status=500, body="<html>"))
        play.discord.faults.append(DiscordFault("POST", "/messages", 500))
        play.discord.faults.append(DiscordFault("POST", "/messages", 400, 50035))
        async with running(folder, env, heard, "work"):
            await listening(port)
            await until(lambda: play.page.asked and play.other.asked, 20)
            await asyncio.sleep(1)
            play.page.say("investigating", "We look.")
            play.other.say("investigating", "We look too.")
            await until(lambda: play.slack_posts() and play.discord_posts(), 20)
            await trouble(play, heard)
            await knock(port, heard, "at work")
            await asyncio.sleep(1)
        heard.places["messages"] = json.dumps([*play.slack.posts.values(), *play.discord.messages.values()])
        for words in (("check", "--json"), ("check", "--feeds", "--json"), ("ask", "status openai")):
            await command(folder, env, heard, *words)
    for file in sorted(folder.glob("planb.db*")):
        heard.places[f"dump of {file.name}"] = file.read_bytes().decode("latin-1")
    return heard


async def follow(path: Path) -> None:
    """Both channels follow both services."""
    url = database_url(f"sqlite:///{path}")
    await asyncio.to_thread(upgrade, url)
    store = SqlStore(url)
    for target in (SLACK, DISCORD):
        for service in ("openai", "claude"):
            await store.subscribe(Subscription(target=target, service=service, owner="U1"), NOON)
    await store.close()


async def trouble(play: Stage, heard: Heard) -> None:
    """Pages break, Slack hangs up, and people ask what goes on."""
    play.page.html = True
    play.other.status = 500
    play.slack.abort()
    await play.slack.connected()
    for line in ("status openai", "status claude", "services", "list", "subscribe http://a:b@c.example"):
        await play.slack.slash(line, user_id="U1")
        heard.places[f"answer to {line}"] = json.dumps(await play.slack.response())


async def refusals(folder: Path, port: int) -> Heard:
    """Tokens that are wrong, and then a database that is not there."""
    heard, path = Heard(), folder / "planb.db"
    await follow(path)
    away = f"postgresql://planb:{WORDS['database']}@127.0.0.1:1/planb"
    async with stage() as play:
        play.page.html = True
        play.discord.faults.append(DiscordFault("GET", "/users/@me", 401, times=10**6))
        good = environment(play, folder, f"sqlite:///{path}", port)
        bad = good | {"DATABASE_URL": away}
        async with running(folder, good, heard, "wrong tokens"):
            await listening(port)
            await until(lambda: play.page.asked > 2, 20)
            await knock(port, heard, "wrong tokens")
        async with running(folder, bad, heard, "no database"):
            await listening(port)
            await asyncio.sleep(1)
            await knock(port, heard, "no database")
        await checks(folder, bad, good, heard)
    return heard


async def checks(folder: Path, bad: Mapping[str, str], good: Mapping[str, str], heard: Heard) -> None:
    """The other commands, all at once: most of their time goes into starting."""
    typo = dict(bad) | {"DATABASE_URL": f"postgresql://planb:a@{WORDS['database']}@127.0.0.1:1/planb"}
    kind = dict(bad) | {"DATABASE_URL": f"mysql://planb:{WORDS['database']}@127.0.0.1/planb"}
    rounds = [("away", bad), ("typo", typo), ("kind", kind), ("wrong tokens", good)]
    found = [(name, env, Heard()) for name, env in rounds]
    await asyncio.gather(*(command(folder, env, said, "check", "--json") for _, env, said in found))
    await asyncio.gather(*(command(folder, env, said, "migrate") for _, env, said in found[:3]))
    await command(folder, good, heard, "discord-invite")
    for name, _, said in found:
        heard.places |= {f"{place} ({name})": text for place, text in said.places.items()}
