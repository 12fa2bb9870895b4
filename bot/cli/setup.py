"""What helps to set the bot up: the database, the two platforms' forms, the schema of the team's file."""

import asyncio
import json
from urllib.parse import urlsplit

from bot.cli.exits import EX_CONFIG, fail
from bot.settings import read_settings


def migrate() -> None:
    """Bring the tables up to date."""
    from bot.store.engine import database_url
    from bot.store.migrate import upgrade

    upgrade(database_url(read_settings().database_url))
    _print("the database is up to date")


def restored() -> None:
    """Begin anew with the database as it is, without telling anything twice."""
    from bot.clock import SystemClock
    from bot.store.engine import database_url
    from bot.store.migrate import upgrade
    from bot.store.store import SqlStore

    async def begin_anew() -> int:
        store = SqlStore(url)
        try:
            return await store.begin_anew(SystemClock().now())
        finally:
            await store.close()

    url = database_url(read_settings().database_url)
    upgrade(url)
    _print(f"done, {asyncio.run(begin_anew())} old promises were dropped; start the bot now")


def slack_manifest(http: str) -> None:
    """Print the manifest, for Socket Mode or for HTTP mode at a public address. Exit status 78: that is no address."""
    from bot.chat.slack.manifest import manifest

    if http and not (http.startswith("https://") and urlsplit(http).hostname):
        fail(f"--http {http}: say the whole public address, such as https://bot.example.org", EX_CONFIG)
    _print(json.dumps(manifest(http or None), indent=2, ensure_ascii=False))


def discord_invite(application: str) -> None:
    """Print the invitation."""
    from bot.chat.discord.invite import application_id_of, invite_url

    token = read_settings().discord_token
    if not application and token is None:
        fail("say the application's id (see Discord's developer portal) or set DISCORD_TOKEN", EX_CONFIG)
    secret = token.get_secret_value() if token else ""
    _print(invite_url(int(application) if application else application_id_of(secret)))


def schema() -> None:
    """Print the JSON Schema."""
    from bot.team import schema as team_schema

    _print(json.dumps(team_schema(), indent=2, ensure_ascii=False))


def _print(text: str) -> None:
    print(text)
