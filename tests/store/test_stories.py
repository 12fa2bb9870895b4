import pytest

from bot.domain.subscription import Action
from bot.store.store import SqlStore
from tests.store.made import LOUNGE, MINUTE, NOON, SHOWN, claim_all, delivery


async def told(store: SqlStore) -> None:
    await store.promise([delivery("a"), delivery("b", to=LOUNGE), delivery("c", about="i2")], NOON)
    first, second, _ = await claim_all(store, NOON + MINUTE, MINUTE, 5)
    await store.sent(first, SHOWN, NOON + MINUTE)
    await store.echoed(first.id, SHOWN, NOON + 2 * MINUTE)
    await store.failed(second, "discord: 403", again=None, unsettled=False, now=NOON + 2 * MINUTE)
    await store.promise([delivery("d", Action.REPLY)], NOON + 3 * MINUTE)


@pytest.mark.parametrize("text", ["1", "2", "4", "i1"])
async def test_a_number_or_an_id_means_every_message_of_the_incident(store: SqlStore, text: str) -> None:
    await told(store)
    ids = {story.delivery.key: story.id for story in await store.stories("i1", 50)}
    number = {"1": "a", "2": "b", "4": "d"}.get(text)
    asked = str(ids[number]) if number else text
    posted, dead, waits = await store.stories(asked, 50)
    assert [posted.delivery.key, dead.delivery.key, waits.delivery.key] == ["a", "b", "d"]
    assert (posted.state, posted.receipt, posted.echoed_at, posted.attempts) == ("sent", SHOWN, NOON + 2 * MINUTE, 1)
    assert (dead.state, dead.error, dead.finished_at) == ("dead", "discord: 403", NOON + 2 * MINUTE)
    assert (waits.state, waits.attempts, waits.promised_at) == ("pending", 0, NOON + 3 * MINUTE)


async def test_words_of_it_mean_every_incident_that_says_them(store: SqlStore) -> None:
    await told(store)
    assert len(await store.stories("LOGINS fail", 50)) == 4
    assert len(await store.stories("logins", 2)) == 2


@pytest.mark.parametrize("text", ["%", "_", "title", "looking into it", "99999999999999999999", "'; drop"])
async def test_what_was_never_told_has_no_story(store: SqlStore, text: str) -> None:
    await told(store)
    assert not await store.stories(text, 50)
