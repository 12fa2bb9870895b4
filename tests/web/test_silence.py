from datetime import timedelta

from structlog.testing import capture_logs

from bot.domain.status import Snapshot
from bot.store.store import SqlStore
from bot.web.hooks import HEARD, new_hook
from bot.web.metrics import PrometheusMeter
from bot.web.silence import look
from tests.fakes import NOON
from tests.made import incident, snapshot, update
from tests.store.made import outcome

LATER = NOON + timedelta(minutes=11)
BEFORE = NOON - timedelta(days=7)


def page(*minutes: float) -> Snapshot:
    return snapshot(incident(*(update(f"u{number}", minutes=number) for number in minutes)))


async def test_a_silent_webhook_is_warned_of_once(memory: SqlStore) -> None:
    await memory.register_feeds(["lamp", "torch"], BEFORE)
    for state in await memory.claim_feeds(NOON, timedelta(minutes=1), 10):
        await memory.save_polls([outcome(state, NOON, snapshot=page(0))])
    token = await new_hook(memory, "lamp", BEFORE)
    meter = PrometheusMeter()

    with capture_logs() as logs:
        for _ in range(3):
            await look(memory, meter, LATER)
        await memory.set_note(HEARD + "lamp", LATER.isoformat())
        await look(memory, meter, LATER)

    assert [(line["log_level"], line["feed"]) for line in logs] == [("warning", "lamp")]
    assert token not in str(logs)
    assert b"webhooks_silent_total 1.0" in meter.page(None)
