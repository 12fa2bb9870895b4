"""The database comes back from an older backup: at most one repeat for what is open, none for what was over by then."""

import argparse
import shutil
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import psycopg
from psycopg import sql

from bot.clock import SystemClock
from bot.store.engine import database_url
from bot.store.store import SqlStore
from tests.torture.play import Bots, Row, database, luck_of, options, report, run, settled, subscribe, until
from tests.torture.world import World


def read(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = options(__doc__)
    parser.add_argument("--channels", type=int, default=20)
    parser.add_argument("--incidents", type=int, default=30, help="a third over before the backup, a third after it")
    parser.add_argument("--updates", type=int, default=3, help="of each open incident after the backup")
    given = parser.parse_args(arguments)
    if given.quick:
        given.channels, given.incidents, given.updates = 6, 6, 2
    return given


class Backup:
    """A copy of the whole database, made and put back while nobody uses it."""

    def __init__(self, url: str) -> None:
        self._url = database_url(url)
        self._plain = url

    def make(self) -> None:
        self._copy(str(self._url.database), f"{self._url.database}_backup")

    def put_back(self) -> None:
        self._copy(f"{self._url.database}_backup", str(self._url.database))

    def _copy(self, source: str, to: str) -> None:
        if self._url.get_backend_name() == "sqlite":
            for suffix in ("-wal", "-shm"):
                Path(to + suffix).unlink(missing_ok=True)
            shutil.copy(source, to)
            return
        elsewhere = self._url.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
        with psycopg.connect(elsewhere, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(to)))
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(to), sql.Identifier(source))
            )


async def life(world: World, bots: Bots) -> None:
    """One life of the bot, until all is told."""
    process = await bots.start()
    # It reads every page, and what follows from that goes out.
    polls = sum(map(len, world.pages.polls.values()))
    await until(lambda: sum(map(len, world.pages.polls.values())) > polls + 2 * world.pages.count, 30)
    await settled(world, patience=120, quiet=8, after=2)
    await bots.end(process)


async def restored(url: str) -> None:
    """As `planb restored` does."""
    store = SqlStore(database_url(url))
    await store.begin_anew(SystemClock().now())
    await store.close()


def repeats(world: World, incidents: Iterable[int]) -> Counter[tuple[str, int]]:
    """By channel and incident: how often something was shown that had been shown already."""
    wanted, seen = set(incidents), Counter[tuple[str, int]]()
    texts = Counter((one.channel, one.said[0]) for one in world.record.messages)
    for (channel, (incident, _)), count in texts.items():
        if incident in wanted:
            seen[channel, incident] += count - 1
    return seen


async def play(given: argparse.Namespace) -> int:
    luck = luck_of(given)
    world = World(luck=luck, pages=2, channels=given.channels)
    pages, third = world.pages, given.incidents // 3
    over, ended, open_ = (range(start, start + third) for start in (0, third, 2 * third))
    async with database(given.database) as url, world.serving():
        await subscribe(world, url)
        backup = Backup(url)
        async with Bots(world, url) as bots:
            for incident in (*over, *ended, *open_):
                pages.say(incident)
            await life(world, bots)
            for incident in over:
                pages.say(incident, final=True)
            await life(world, bots)
            backup.make()
            for number in range(given.updates):
                for incident in (*ended, *open_):
                    pages.say(incident, final=incident in ended and number == given.updates - 1)
                await life(world, bots)
            backup.put_back()
            await restored(url)
            # Backups are older than the minutes for which Discord knows a nonce.
            world.discord.forget()
            await life(world, bots)
            found = world.audit()
    return report(
        f"restored from a backup, {given.database}", _rows(world, over, ended, open_, found.lost), bots.errors
    )


def _rows(world: World, over: Iterable[int], ended: Iterable[int], open_: Iterable[int], lost: int) -> list[Row]:
    rows: list[Row] = [("lost", lost, "0", lost == 0)]
    for name, incidents, most in (
        ("repeats of one that is open", open_, 1),
        ("repeats of one that ended since the backup", ended, 0),
        ("repeats of one that was over", over, 0),
    ):
        worst = max(repeats(world, incidents).values(), default=0)
        rows.append((f"{name}, at most", worst, f"<= {most}", worst <= most))
    return rows


async def main() -> int:
    return await play(read())


if __name__ == "__main__":
    run(main)
