"""`.venv/bin/python -m benchmarks.run [--quick]`: the bot beside its own bare HTTP client, in the same run.

CPU is user and system time of the process over a steady window, per poll that the pages counted.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import parse

PORT = 9470
TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, kw_only=True)
class Run:
    """What one process did: CPU in ms per poll, memory in MB, delays in ms."""

    kind: str
    polls_s: float
    cpu_ms: float
    rss_mb: float
    peak_mb: float
    delays_ms: tuple[float, ...] = ()
    commands_ms: tuple[float, ...] = ()


def control(path: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/ctl/{path}") as response:
        found: dict[str, Any] = json.load(response)
        return found


def cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def memory_mb(pid: int, name: str) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    line = next(line for line in lines if line.startswith(name))
    return int(line.split()[1]) / 1024


def measure(kind: str, feeds: int, every: float, seconds: float, warm: float) -> Run:
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "benchmarks.clients",
                kind,
                str(PORT),
                str(feeds),
                str(every),
                f"sqlite:///{folder}/b.db",
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout
        assert process.stdin
        try:
            process.stdout.readline()
            time.sleep(warm)
            control("reset")
            began, before = time.monotonic(), cpu_s(process.pid)
            commands: list[float] = []
            if kind == "bot":
                for number in range(20):
                    time.sleep(seconds / 20)
                    control(f"bump?id={number * feeds // 20}")
                    process.stdin.write("status\n" if number % 2 else "status s7\n")
                    process.stdin.flush()
                    commands.append(json.loads(process.stdout.readline())["ms"])
                time.sleep(every * 1.2 + 0.5)
            else:
                time.sleep(seconds)
            took, used = time.monotonic() - began, cpu_s(process.pid) - before
            stats = control("stats")
            polls = sum(stats["asked"].values())
            delays = _delays(stats)
            rss, peak = memory_mb(process.pid, "VmRSS"), memory_mb(process.pid, "VmHWM")
        finally:
            process.kill()
            process.wait()
    return Run(
        kind=kind,
        polls_s=polls / took,
        cpu_ms=used / polls * 1000,
        rss_mb=rss,
        peak_mb=peak,
        delays_ms=delays,
        commands_ms=tuple(commands),
    )


def _delays(stats: dict[str, Any]) -> tuple[float, ...]:
    """From the moment a page first served a change to the first post after it."""
    after = ([post for post in stats["posted"] if post >= served] for served in stats["served"])
    return tuple((min(posts) - served) * 1000 for served, posts in zip(stats["served"], after, strict=True) if posts)


def ready_s() -> float:
    """From the start of the process to a database and a catalogue that are ready: `planb ask help` ends there."""
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "DATABASE_URL": f"sqlite:///{folder}/b.db"}
        took = []
        for _ in range(3):
            began = time.monotonic()
            subprocess.run([sys.executable, "-m", "bot", "ask", "help"], env=env, stdout=subprocess.DEVNULL, check=True)
            took.append(time.monotonic() - began)
    return statistics.median(took)


def show_peers(script: str, python: str, feeds: int, every: float, seconds: float) -> None:
    """What reference pollers of other people need for the same job, one line each, as they print it."""
    for peer in ("ref-aiohttp", "ref-httpx-aiohttp"):
        call = [python, script, peer, str(feeds), f"{every:g}", f"{seconds:g}"]
        done = subprocess.run(call, env={**os.environ, "HOSTS": "1"}, capture_output=True, text=True, check=True)
        print(done.stdout.strip().splitlines()[-1])


def percentile(values: tuple[float, ...], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


def show(runs: list[Run]) -> None:
    bare = statistics.median(run.cpu_ms for run in runs if run.kind == "bare")
    print(f"{'process':8} {'polls/s':>8} {'CPU ms/poll':>12} {'x bare':>7} {'RSS MB':>7} {'peak MB':>8}")
    for run in runs:
        figures = f"{run.polls_s:8.1f} {run.cpu_ms:12.2f} {run.cpu_ms / bare:7.2f} {run.rss_mb:7.0f} {run.peak_mb:8.0f}"
        print(f"{run.kind:8} {figures}")
    delays = tuple(delay for run in runs for delay in run.delays_ms)
    commands = tuple(one for run in runs for one in run.commands_ms)
    for name, values in (("change served to first post", delays), ("command while polling", commands)):
        middle, high = percentile(values, 0.5), percentile(values, 0.95)
        print(f"{name:28} median {middle:.1f} ms, p95 {high:.1f} ms, n {len(values)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feeds", type=int, default=200)
    parser.add_argument("--every", type=float, default=5, help="seconds between two polls of a page")
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="20 pages for a few seconds: does it run at all?")
    parser.add_argument(
        "--peers", help="a script of reference pollers, called as: SCRIPT ref-httpx-aiohttp FEEDS EVERY S"
    )
    parser.add_argument("--peers-python", default=sys.executable, help="the Python that has what the script needs")
    given = parser.parse_args()
    if given.quick:
        given.feeds, given.every, given.seconds, given.rounds = 20, 1, 4, 1
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{machine}, load {os.getloadavg()[0]:.1f}")
    print(f"{given.feeds} pages of 60 KB on 200 hosts, each every {given.every:g} s, {given.seconds:g} s a run")
    pages = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.pages", str(PORT), "200"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert pages.stdout
        pages.stdout.readline()
        runs = []
        for _ in range(given.rounds):
            for kind in ("bare", "bot"):
                runs.append(measure(kind, given.feeds, given.every, given.seconds, max(given.every * 2, 3)))
                print(".", end="", flush=True)
        print()
        show(runs)
    finally:
        pages.kill()
        pages.wait()
    if given.peers:
        show_peers(given.peers, given.peers_python, given.feeds, given.every, given.seconds)
    print(f"start-up: `planb ask help` {ready_s():.2f} s")
    parse.show()


if __name__ == "__main__":
    main()
