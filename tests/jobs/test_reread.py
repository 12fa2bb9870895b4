"""planb.toml is read again while we run."""

import os
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog

from bot.core.catalogue import Catalogue
from bot.domain.errors import StoreAway
from bot.jobs.reread import Rereading
from bot.library import Library
from bot.living import Living
from bot.prepare import Team, understood
from bot.store.store import SqlStore
from tests.fakes import FakeClock
from tests.made import LAMP

GOOD = '[[alternatives.github]]\nname = "Mirror"\n'
BAD = '[[alternatives.github]]\nname = "Mirror"\nurll = "https://x.example"\n'
WIKI = '\n[services.our-wiki]\nname = "Our Wiki"\npage = "https://status.wiki.example"\nformat = "statuspage"\n'


@dataclass
class Place:
    """A file, and what is made of it."""

    path: Path
    rereading: Rereading
    clock: FakeClock
    read: int = 0

    async def write(self, text: str) -> None:
        self.path.write_text(text, encoding="utf-8")
        await self.look()

    async def look(self) -> None:
        self.clock.tick(seconds=30)
        await self.rereading.look()

    @property
    def names(self) -> list[str]:
        return [one.name for plan in self.rereading.living for one in plan.alternatives]


@pytest.fixture
def place(memory: SqlStore, tmp_path: Path) -> Place:
    clock = FakeClock()
    rereading = Rereading(
        path=tmp_path / "planb.toml",
        understand=understood,
        living=Living(),
        library=Library(Catalogue((LAMP,)), memory),
        store=memory,
        clock=clock,
    )
    return Place(tmp_path / "planb.toml", rereading, clock)


async def test_a_good_change_counts_at_once_with_its_services(place: Place) -> None:
    await place.look()
    assert place.names == []
    await place.write(GOOD + WIKI)
    assert place.names == ["Mirror"]
    assert place.rereading.library.of("slack:T1").get("our-wiki")
    assert "our-wiki" in await place.rereading.store.states(["our-wiki"])
    await place.write(GOOD.replace("Mirror", "Copy") + "[[capabilities.chat]]\nname = 'Pen'\n")
    assert place.names == ["Copy", "Pen"]
    assert place.rereading.library.of("slack:T1").get("our-wiki") is None


async def test_its_playbooks_are_read_again_too(place: Place) -> None:
    for link in ("https://wiki.example/old", "https://wiki.example/new"):
        await place.write(f'[playbooks.github]\nlink = "{link}"\n')
        assert [one.link.en for one in place.rereading.living.playbooks.ours] == [link]
    await place.write(f'[playbooks.github]\nlinc = "{link}"\n')
    assert place.rereading.living.line == 2
    assert [one.link.en for one in place.rereading.living.playbooks.ours] == [link]


async def test_a_broken_one_keeps_the_last_good_one_and_says_so_once(place: Place) -> None:
    await place.write("spread = true\n" + GOOD)
    since = place.clock.now()
    with structlog.testing.capture_logs() as logs:
        await place.write(BAD)
        await place.look()
        os.utime(place.path)
        await place.look()
        await place.write(BAD + "# still wrong\n")
    living = place.rereading.living
    assert (place.names, living.spreads, living.since, living.line) == (["Mirror"], True, since, 3)
    assert living.mistake.endswith("line 3: alternatives.github.0.urll: there is no such key; did you mean 'url'?")
    assert [(log["log_level"], log["mend"]) for log in logs] == [("error", living.mistake)]
    await place.write(GOOD)
    assert (living.mistake, living.line, living.spreads, living.since) == ("", None, False, place.clock.now())


async def test_what_is_touched_or_written_again_is_no_change(place: Place) -> None:
    await place.write(GOOD)
    since = place.rereading.living.since
    os.utime(place.path, (1, 1))
    await place.look()
    await place.write(GOOD)
    assert place.rereading.living.since == since


async def test_a_file_that_goes_away_or_is_no_text_is_a_mistake_too(place: Place) -> None:
    await place.write(GOOD)
    place.path.unlink()
    await place.look()
    assert place.rereading.living.mistake == f"{place.path}: it is gone"
    place.path.write_bytes(b"\xff\xfe")
    await place.look()
    assert "cannot be read" in place.rereading.living.mistake
    assert place.names == ["Mirror"]
    await place.write(GOOD)
    assert place.rereading.living.mistake == ""


async def test_what_was_read_at_the_start_is_not_read_again_but_what_was_written_since_is(place: Place) -> None:
    place.path.write_text(GOOD, encoding="utf-8")
    place.rereading.living.since = place.clock.now()
    os.utime(place.path, (place.clock.now().timestamp() - 1,) * 2)
    await place.look()
    assert place.names == []
    os.utime(place.path, (place.clock.now().timestamp() + 9,) * 2)
    place.path.write_text(GOOD.replace("Mirror", "Copy"), encoding="utf-8")
    await place.look()
    assert place.names == ["Copy"]


async def test_a_change_that_the_database_missed_is_used_at_the_next_look(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise StoreAway("away")

    with monkeypatch.context() as moment:
        moment.setattr(place.rereading.store, "register_feeds", away)
        with pytest.raises(StoreAway):
            await place.write(GOOD)
    await place.look()
    assert place.names == ["Mirror"]


async def test_a_text_in_the_environment_cannot_change(place: Place) -> None:
    place.rereading.path = None
    await place.write(GOOD)
    assert place.names == []


def test_what_is_understood_is_what_the_job_needs() -> None:
    team: Team = understood("spread = true\n" + GOOD, "planb.toml")
    assert team.spreads
    assert [plan.wanted for plan in team.plans] == ["github"]
