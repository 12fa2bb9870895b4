"""S1: nothing comes in that Slack did not sign, and nothing twice."""

import asyncio
import gzip
import random
import resource
import zlib

import pytest

from bot.chat.slack import door
from tests.security.forged import UNREAD, Forgery, besiege, fine, house, raw, sign

DOSE = 400


async def test_no_forged_request_comes_in_and_none_is_a_fault_of_ours() -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    async with house() as inside:
        tally = await besiege(inside, random.Random(seed), DOSE)
        assert (inside.desk.asked, inside.outbox.echoes) == ([], {})
    assert tally.wrong == []
    print(f"p99 {tally.at(0.99):.1f} ms")


async def test_what_is_no_request_at_all_or_too_long_is_refused_unread() -> None:
    async with house() as inside:
        tally = await besiege(inside, random.Random(5), 40, UNREAD)
        assert (inside.desk.asked, inside.outbox.echoes) == ([], {})
    assert tally.wrong == []
    assert len(tally.statuses) == len(UNREAD)


async def test_a_copied_request_is_handled_once_for_as_long_as_its_signature_is_good() -> None:
    async with house() as inside:
        body, stamp, signature = fine(random.Random(1), inside.clock.now().timestamp())
        copy = raw(
            Forgery(
                kind="copy",
                headers=((b"X-Slack-Request-Timestamp", stamp), (b"X-Slack-Signature", signature)),
                body=body,
            )
        )
        said = []
        for _ in range(7):
            said.append(await inside.line.say(copy))
            inside.clock.passes(seconds=60)
        await asyncio.sleep(0.05)
        assert said == [200] * 6 + [401]
        assert len(inside.desk.asked) == 1


async def test_what_is_remembered_of_signatures_is_forgotten_in_time() -> None:
    async with house() as inside:
        for minute in range(13):
            luck = random.Random(minute)
            body, stamp, signature = fine(luck, inside.clock.now().timestamp())
            headers = ((b"X-Slack-Request-Timestamp", stamp), (b"X-Slack-Signature", signature))
            assert await inside.line.say(raw(Forgery(kind="fine", headers=headers, body=body))) == 200
            inside.clock.passes(minutes=1)
        await asyncio.sleep(0.05)
        assert len(inside.desk.asked) == 13


async def test_somebody_who_talks_slowly_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "READ_SECONDS", 0.05)
    async with house() as inside:
        said = b"POST /slack/events HTTP/1.1\r\nHost: bot\r\nContent-Length: 100\r\n\r\nx"
        assert await inside.line.say(said) == 408
        await inside.line.close()
        await asyncio.sleep(0.05)


@pytest.mark.parametrize("coding", [b"gzip", b"deflate"])
async def test_a_packed_bomb_does_not_go_off(coding: bytes) -> None:
    bomb = (gzip if coding == b"gzip" else zlib).compress(bytes(60_000_000))  # 60 kB
    async with house() as inside:
        stamp = str(int(inside.clock.now().timestamp())).encode()
        headers = ((b"X-Slack-Request-Timestamp", stamp), (b"X-Slack-Signature", sign(bomb, stamp)))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        packed = Forgery(kind="bomb", headers=(*headers, (b"Content-Encoding", coding)), body=bomb)
        assert await inside.line.say(raw(packed)) in {400, 401}
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 32 * 1024


async def test_a_body_that_breaks_off_is_nobodys_fault_and_leaves_nothing_behind() -> None:
    async with house() as inside:
        broken = b"POST /slack/events HTTP/1.1\r\nHost: bot\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
        assert await inside.line.say(broken) in {400, 401}
        assert inside.desk.asked == []
