"""S4: no secret is ever told to anybody."""

from pathlib import Path

import pytest

from bot.domain.errors import SettingsError
from bot.store.engine import database_url
from tests.security.canaries import HOUSE, WORDS, Heard, command, refusals, secret_settings, work, written


def test_a_secret_that_is_heard_is_found() -> None:
    heard = Heard({"log": f"token {WORDS['discord_token']}"})
    assert heard.found()
    assert {"slack_bot_token", "slack_app_token", "slack_signing_secret", "discord_token"} <= set(secret_settings())


@pytest.mark.parametrize("typed", ["a@{}@127.0.0.1:1/planb", "{}@x@127.0.0.1/planb", "{}@127.0.0.1:port/planb"])
def test_a_mistyped_database_address_is_refused_without_a_word_of_it(typed: str) -> None:
    with pytest.raises(SettingsError) as error:
        database_url(f"postgresql://planb:{typed.format(WORDS['database'])}")
    assert WORDS["database"] not in str(error.value)


@pytest.mark.torture
async def test_a_check_of_a_mistyped_database_address_tells_it_to_nobody(tmp_path: Path) -> None:
    heard = Heard()
    secrets = {name.upper(): written(name) for name in secret_settings()}
    address = {"DATABASE_URL": f"postgresql://planb:a@{WORDS['database']}@127.0.0.1:1/planb"}
    await command(tmp_path, {"PYTHONPATH": str(HOUSE), **secrets, **address}, heard, "check", "--json")
    assert "the database address cannot be read: an @ in its password is written %40" in heard.places["check --json"]
    assert heard.found() == []


@pytest.mark.torture
@pytest.mark.timeout(180)
async def test_at_work_nothing_secret_comes_out(tmp_path: Path, unused_tcp_port: int) -> None:
    heard = await work(tmp_path, unused_tcp_port)
    assert "ready" in heard.places["work"], heard.places["work"][-3000:]
    assert "We look" in heard.places["messages"]
    assert "We look" in "".join(said for place, said in heard.places.items() if place.startswith("dump"))
    assert sorted(set(heard.found())) == []


@pytest.mark.torture
@pytest.mark.timeout(180)
async def test_refused_on_all_sides_nothing_secret_comes_out(tmp_path: Path, unused_tcp_port: int) -> None:
    heard = await refusals(tmp_path, unused_tcp_port)
    assert "the database is away" in heard.places["no database"]
    assert sorted(set(heard.found())) == []
