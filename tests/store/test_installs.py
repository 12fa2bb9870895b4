"""Workspaces that installed the app, and single-use tickets, on both engines."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.cli.keys import renew
from bot.domain.install import Install
from bot.domain.subscription import Platform
from bot.store.store import SqlStore
from bot.vault import Vault, new_key
from tests.store.made import MINUTE, NOON

HOME = Install(
    platform=Platform.SLACK,
    workspace="T1",
    name="Home",
    bot="U0BOT",
    sealed="1.key.text",
    installed_by="U0ANN",
    installed_at=NOON,
)
AWAY = replace(HOME, workspace="T2", name="Away")


async def test_an_installation_comes_back_as_it_was(store: SqlStore, other: SqlStore) -> None:
    await store.put_install(HOME)

    assert await other.install(Platform.SLACK, "T1") == HOME
    assert await other.install(Platform.DISCORD, "T1") is None
    assert await other.install(Platform.SLACK, "T2") is None


async def test_installing_again_replaces_the_token_and_no_other_workspace_s(store: SqlStore) -> None:
    await store.put_install(HOME)
    await store.put_install(AWAY)
    again = replace(HOME, sealed="1.key.new", name="Home, sweet home", installed_at=NOON + MINUTE)
    await store.put_install(again)

    assert await store.installs() == [again, AWAY]


async def test_an_installation_is_erased_with_its_token(store: SqlStore) -> None:
    await store.put_install(HOME)
    await store.put_install(AWAY)

    assert await store.drop_install(Platform.SLACK, "T1", NOON)
    assert not await store.drop_install(Platform.SLACK, "T1", NOON)
    assert await store.installs() == [AWAY]


async def test_a_farewell_that_comes_late_does_not_erase_a_newer_installation(store: SqlStore) -> None:
    await store.put_install(HOME)

    assert not await store.drop_install(Platform.SLACK, "T1", NOON - timedelta(seconds=1))
    assert await store.install(Platform.SLACK, "T1") == HOME


async def test_a_token_is_sealed_anew_unless_it_was_replaced_meanwhile(store: SqlStore) -> None:
    await store.put_install(HOME)
    await store.put_install(AWAY)
    await store.put_install(replace(AWAY, sealed="1.key.newer"))

    assert await store.reseal([(HOME, "1.next.text"), (AWAY, "1.next.text")]) == 1
    assert [one.sealed for one in await store.installs()] == ["1.next.text", "1.key.newer"]


async def test_keys_are_changed_while_all_tokens_stay_readable(store: SqlStore) -> None:
    old, new, lost = new_key(), new_key(), new_key()
    for one, key in ((HOME, old), (AWAY, lost)):
        await store.put_install(replace(one, sealed=Vault([key]).seal(f"xoxb-{one.workspace}", one.label)))

    done, broken = await renew(store, Vault([new, old]))

    assert done == 1
    assert len(broken) == 1
    assert broken[0].startswith("the token of slack:T2 is sealed with a key")
    home, away = await store.installs()
    assert Vault([new]).open(home.sealed, home.label) == "xoxb-T1"
    assert Vault([lost]).open(away.sealed, away.label) == "xoxb-T2"
    assert await renew(store, Vault([new, old])) == (0, broken)


async def test_a_ticket_is_good_once_and_not_after_its_time(store: SqlStore, other: SqlStore) -> None:
    await store.issue("a", NOON + MINUTE, NOON)
    await store.issue("b", NOON + MINUTE, NOON)

    assert await other.redeem("a", NOON)
    assert not await store.redeem("a", NOON)
    assert not await store.redeem("b", NOON + MINUTE)
    assert not await store.redeem("b", NOON)
    assert not await store.redeem("never issued", NOON)


async def test_tickets_that_nobody_redeemed_are_forgotten(store: SqlStore) -> None:
    await store.issue("a", NOON + MINUTE, NOON)
    await store.issue("b", NOON + 3 * MINUTE, NOON + MINUTE)

    assert not await store.redeem("a", NOON)
    assert await store.redeem("b", NOON)


async def test_of_a_hundred_who_redeem_a_ticket_at_once_one_is_told_yes(store: SqlStore, other: SqlStore) -> None:
    await store.issue("a", NOON + MINUTE, NOON)

    told = await asyncio.gather(*((store, other)[n % 2].redeem("a", NOON) for n in range(100)))

    assert sum(told) == 1


@pytest.mark.torture
async def test_ten_thousand_tokens_are_sealed_anew_within_a_minute_while_they_are_used(
    store: SqlStore, other: SqlStore
) -> None:
    old, new = new_key(), new_key()
    vault, both = Vault([old]), Vault([new, old])
    for number in range(10_000):
        one = replace(HOME, workspace=f"T{number}")
        await store.put_install(replace(one, sealed=vault.seal(f"xoxb-{number}", one.label)))
    loop = asyncio.get_running_loop()
    began = loop.time()
    renewing = asyncio.create_task(renew(store, both))
    opened = 0
    while not renewing.done():  # as a send does meanwhile
        one = await other.install(Platform.SLACK, f"T{opened * 37 % 10_000}")  # type: ignore[assignment] # there
        assert both.open(one.sealed, one.label).startswith("xoxb-")
        opened += 1

    assert await renewing == (10_000, [])
    print(f"{loop.time() - began:.1f} s, {opened} tokens opened meanwhile")  # noqa: T201 - shown with -s
    assert loop.time() - began < 60
    assert opened > 10
    assert all(Vault([new]).is_current(one.sealed) for one in await store.installs())
