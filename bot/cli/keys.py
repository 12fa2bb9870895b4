"""`planb new-key` and `planb reseal`: the keys under which tokens are stored."""

import asyncio
from collections.abc import Sequence

from bot.cli.exits import EX_CONFIG, fail
from bot.domain.errors import SealBroken
from bot.domain.install import Install
from bot.ports import Installs
from bot.settings import Settings, read_settings
from bot.vault import Vault
from bot.vault import new_key as a_key

AT_ONCE = 500


def new_key() -> None:
    """Print a key."""
    print(a_key())


def reseal() -> None:
    """Seal anew; exit status 78 where a token cannot be opened any more."""
    settings = read_settings()
    done, lost = asyncio.run(_reseal(settings, Vault(settings.keys)))
    print(f"{done} tokens are sealed anew")
    if lost:
        fail("; ".join(lost), EX_CONFIG)


async def _reseal(settings: Settings, vault: Vault) -> tuple[int, Sequence[str]]:
    from bot.store.engine import database_url
    from bot.store.store import SqlStore

    store = SqlStore(database_url(settings.database_url))
    try:
        await store.open()
        return await renew(store, vault)
    finally:
        await store.close()


async def renew(store: Installs, vault: Vault) -> tuple[int, Sequence[str]]:
    """How many were sealed anew, and a line for each that cannot be opened; that one stays as it is."""
    old = [install for install in await store.installs() if not vault.is_current(install.sealed)]
    renewed: list[tuple[Install, str]] = []
    lost: list[str] = []
    for install in old:
        try:
            renewed.append((install, vault.seal(vault.open(install.sealed, install.label), install.label)))
        except SealBroken as error:
            lost.append(str(error))
    starts = range(0, len(renewed), AT_ONCE)
    return sum([await store.reseal(renewed[start : start + AT_ONCE]) for start in starts]), lost
