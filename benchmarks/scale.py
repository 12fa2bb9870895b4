"""`.venv/bin/python -m benchmarks.scale --feeds 5000 --every 60 --seconds 120`: many pages on one core.

The whole bot on SQLite polls pages on loopback that answer 304 but for one in a hundred. It runs on one core, the pages
on another where there is one. Printed at the end: how late polls began against their time, what was parsed against what
had changed, CPU per poll, memory.
"""

import argparse
import asyncio
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from rich.console import Console

from benchmarks.clients import service
from benchmarks.run import control, cpu_s, memory_mb, percentile
from bot import app as bot_app
from bot.core.catalogue import Catalogue
from bot.domain.polling import FeedState
from bot.domain.status import Snapshot
from bot.feeds import FORMATS
from bot.jobs.poll import Polling
from bot.ports import Documents
from bot.prepare import Team, set_up_logs
from bot.settings import Settings

PORT = 9470
AIM_LATE_S = 5.0
AIM_MB = 350


class Counted:
    """What the bot did, between two looks."""

    def __init__(self) -> None:
        self.late_s: list[float] = []
        self.parsed = 0

    def look(self) -> None:
        """Print it as one line, and begin anew."""
        sys.stdin.readline()
        print(json.dumps({"late_s": self.late_s, "parsed": self.parsed}), flush=True)
        self.late_s, self.parsed = [], 0


COUNTED = Counted()


class Late(Polling):
    """The real thing, which notes how late each poll begins."""

    async def take(self, room: int) -> Sequence[FeedState]:
        states = await Polling.take(self, room)
        now = self.clock.now()
        COUNTED.late_s += [(now - state.next_poll).total_seconds() for state in states if state.next_poll]
        return states


def parsing(documents: Documents, base_url: str) -> Snapshot:
    COUNTED.parsed += 1
    return FORMATS["statuspage"].parse(documents, base_url)


async def bot(feeds: int, every: float, database: str) -> None:
    """The process that is measured. A line on standard input asks for what was counted since the last."""
    settings = Settings(_env_file=None, database_url=database, poll_seconds=every, log_level="error")
    catalogue = Catalogue(tuple(service(PORT, number) for number in range(feeds)))
    set_up_logs(settings)
    statuspage = replace(FORMATS["statuspage"], parse=parsing)
    # Polled as often as if a channel followed every one.
    seen = {"Polling": Late, "FORMATS": {**FORMATS, "statuspage": statuspage}}
    vars(bot_app).update(seen, POLL_UNFOLLOWED=settings.poll_interval)
    app = bot_app.App(settings, Team(catalogue=catalogue, plans=()), out=Console(file=io.StringIO()))
    await app.prepare_store()
    asyncio.get_running_loop().add_reader(sys.stdin, COUNTED.look)
    print("ready", flush=True)
    await app.work()


def pin(pid: int, core: int) -> None:
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(pid, {cores[core % len(cores)]})


def measure(feeds: int, every: float, seconds: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        call = [sys.executable, "-m", "benchmarks.scale", "--bot", str(feeds), str(every), f"sqlite:///{folder}/b.db"]
        process = subprocess.Popen(call, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert process.stdin
        assert process.stdout
        try:
            pin(process.pid, 0)
            process.stdout.readline()
            time.sleep(every * 1.5 + 5)  # every page once, and spread over the interval
            look(process)
            control("reset")
            began, before = time.monotonic(), cpu_s(process.pid)
            changes = max(1, int(feeds / 100 * seconds / every))
            for number in range(changes):
                control(f"bump?id={number * 37 % feeds}")
                time.sleep(seconds / changes)
            took, used = time.monotonic() - began, cpu_s(process.pid) - before
            asked, counted = control("stats")["asked"], look(process)
            what = f"{feeds} pages every {every:g} s on one core, {changes} changes"
            show(what, took, used, asked, counted, memory_mb(process.pid, "VmHWM"))
        finally:
            process.kill()
            process.wait()


def look(process: "subprocess.Popen[str]") -> dict[str, Any]:
    assert process.stdin
    assert process.stdout
    process.stdin.write("\n")
    process.stdin.flush()
    found: dict[str, Any] = json.loads(process.stdout.readline())
    return found


def show(what: str, took: float, used: float, asked: dict[str, int], counted: dict[str, Any], mb: float) -> None:
    late = tuple(counted["late_s"])
    polls, share = len(late), used / took * 100
    print(f"{what}, {took:.0f} s: {polls} polls, {polls / took:.1f} a second")
    print(f"late: median {statistics.median(late):.2f} s, p95 {percentile(late, 0.95):.2f} s, ", end="")
    print(f"p99 {percentile(late, 0.99):.2f} s (aim {AIM_LATE_S:g}), most {max(late):.2f} s")
    print(f"CPU {used / polls * 1000:.2f} ms a poll, {share:.0f} % of the core; peak {mb:.0f} MB (aim {AIM_MB})")
    print(f"answered: {asked['304']} not modified, {asked['200']} bodies; parsed: {counted['parsed']}")


@contextmanager
def serving() -> Iterator[None]:
    """The pages, on another core than the bot."""
    call = [sys.executable, "-m", "benchmarks.pages", str(PORT), "200", "12"]
    pages = subprocess.Popen(call, stdout=subprocess.PIPE, text=True)
    try:
        assert pages.stdout
        pin(pages.pid, 1)
        pages.stdout.readline()
        yield
    finally:
        pages.kill()
        pages.wait()


def main() -> None:
    if sys.argv[1:2] == ["--bot"]:
        asyncio.run(bot(int(sys.argv[2]), float(sys.argv[3]), sys.argv[4]))
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feeds", type=int, default=5000)
    parser.add_argument("--every", type=float, default=60)
    parser.add_argument("--seconds", type=float, default=120)
    given = parser.parse_args()
    with serving():
        measure(given.feeds, given.every, given.seconds)


if __name__ == "__main__":
    main()
