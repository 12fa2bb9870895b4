"""Commands and echoes over Socket Mode."""

import asyncio
from datetime import datetime

import pytest

from bot.chat.slack import listening, socket
from bot.chat.slack.app import SlackChat
from bot.domain.errors import SendError, SettingsError
from bot.domain.subscription import Platform, Receipt, Target
from tests.chat.slack.conftest import running, until
from tests.chat.slack.fakes import CARD, FakeClock, FakeDesk, FakeOutbox, claim
from tests.chat.slack.front import APP, APP_TOKEN, BOT_TOKEN, TEAM, Answer, Fault, SlackFront


def echo(delivery: object, **more: object) -> Answer:
    return {
        "type": "message_metadata_posted",
        "app_id": APP,
        "channel_id": "C0OPS",
        "message_ts": "5.5",
        "metadata": {"event_type": "planb_delivery", "event_payload": {"delivery": delivery}},
        **more,
    }


@pytest.mark.parametrize("command", ["/outage", "/panne"])
async def test_it_acknowledges_a_command_and_answers_the_person_alone(
    chat: SlackChat, front: SlackFront, desk: FakeDesk, command: str
) -> None:
    async with running(chat, front):
        acknowledgement = await front.slash("status parrot", command=command)
        said = await front.response()

    assert not acknowledgement.get("payload")
    assert said["text"] == "You asked: status parrot"
    assert said["blocks"]
    assert (said["response_type"], said["replace_original"]) == ("ephemeral", False)
    ((line, caller),) = desk.asked
    assert line == "status parrot"
    assert caller.target == Target(platform=Platform.SLACK, workspace=TEAM, channel="C0OPS")
    assert (caller.user, caller.language) == ("U0ANN", "en")


async def test_the_acknowledgement_waits_neither_for_slack_s_answers_nor_for_the_desk(
    chat: SlackChat, front: SlackFront, desk: FakeDesk
) -> None:
    async with running(chat, front):
        front.gates["users.info"] = asyncio.Event()
        await front.slash("status")
        assert desk.asked == []
        front.gates["users.info"].set()
        await front.response()

    assert len(front.asked("auth.test")) == 1


async def test_it_answers_in_plain_text_where_the_response_url_refuses_the_blocks(
    chat: SlackChat, front: SlackFront
) -> None:
    front.response_statuses.append(400)
    async with running(chat, front):
        await front.slash("status")
        refused, said = await front.response(), await front.response()

    assert refused["status"] == 400
    assert "blocks" not in said
    assert "You asked: status" in said["text"]


@pytest.mark.parametrize("broken", ["expired", "unreachable"])
async def test_an_answer_that_slack_does_not_take_is_a_line_in_the_log(
    chat: SlackChat, front: SlackFront, caplog: pytest.LogCaptureFixture, unused_tcp_port: int, broken: str
) -> None:
    front.response_statuses.append(404)
    more = {"response_url": f"http://127.0.0.1:{unused_tcp_port}/"} if broken == "unreachable" else {}
    async with running(chat, front):
        await front.slash("status", **more)
        await until(lambda: "did not take the answer" in caplog.text)
        await front.slash("help", user_id="U0BOSS")


@pytest.mark.parametrize(
    ("user", "person", "may"),
    [
        ("U0BOSS", None, True),
        ("U0ANN", {"is_admin": True, "team_id": TEAM}, True),
        ("U0ANN", {"is_owner": True}, True),
        ("U0ANN", {"is_admin": False, "is_owner": False}, False),
        ("U0ANN", {"is_admin": True, "team_id": "T0OTHER"}, False),
        ("U0ANN", {"is_admin": True, "is_stranger": True}, False),
        ("U0ANN", None, False),
    ],
)
async def test_those_named_and_the_workspace_s_own_admins_may_manage(
    chat: SlackChat, front: SlackFront, desk: FakeDesk, user: str, person: Answer | None, *, may: bool
) -> None:
    if person:
        front.people[user] = person
    async with running(chat, front):
        await front.slash("subscribe parrot", user_id=user)
        await front.response()

    assert [caller.may_manage for _, caller in desk.asked] == [may]


async def test_it_asks_slack_of_a_person_once_in_ten_minutes(
    chat: SlackChat, front: SlackFront, desk: FakeDesk, clock: FakeClock
) -> None:
    front.people["U0ANN"] = {"is_admin": True}
    async with running(chat, front):
        for minutes in (0, 9, 2):
            clock.passes(minutes=minutes)
            await front.slash("help")
            await front.response()

    assert len(front.asked("users.info")) == 2
    assert all(caller.may_manage for _, caller in desk.asked)


@pytest.mark.parametrize(("fault", "asked"), [(Fault(error="missing_scope"), 1), (Fault(status=500), 2)])
async def test_a_person_slack_does_not_know_of_now_may_not_manage(
    chat: SlackChat, front: SlackFront, desk: FakeDesk, fault: Fault, asked: int
) -> None:
    front.people["U0ANN"] = {"is_admin": True}
    front.break_next("users.info", fault)
    async with running(chat, front):
        for _ in range(2):
            await front.slash("help")
            await front.response()

    assert [caller.may_manage for _, caller in desk.asked] == [False, asked == 2]
    assert len(front.asked("users.info")) == asked


async def test_it_notes_the_echo_of_its_own_post(chat: SlackChat, front: SlackFront, outbox: FakeOutbox) -> None:
    async with running(chat, front):
        receipt = await chat.deliver(claim(number=12), CARD)
        await until(lambda: outbox.echoes)

    assert outbox.echoes == {12: receipt}


async def test_slack_sends_an_echo_again_that_the_database_could_not_take(
    chat: SlackChat, front: SlackFront, outbox: FakeOutbox
) -> None:
    async with running(chat, front):
        outbox.away = True
        with pytest.raises(TimeoutError):
            await front.deliver_event(echo("12"), within=0.1)
        outbox.away = False
        await front.deliver_event(echo("12"))

    assert outbox.echoes == {12: Receipt(message="5.5", channel="C0OPS")}


@pytest.mark.parametrize(
    "event",
    [
        echo("12", app_id="A0OTHER"),
        echo("12", metadata={"event_type": "theirs", "event_payload": {"delivery": "12"}}),
        echo("12", metadata=None),
        echo("twelve"),
        echo("-12"),
        echo("9" * 30),
        {"type": "message", "text": "planb_delivery 12"},
    ],
)
async def test_it_takes_nothing_else_for_an_echo(
    chat: SlackChat, front: SlackFront, outbox: FakeOutbox, event: Answer
) -> None:
    async with running(chat, front):
        with pytest.raises(TimeoutError):
            await front.deliver_event(event, within=0.05)

    assert outbox.echoes == {}


@pytest.mark.parametrize("how", ["abort", "refresh"])
async def test_it_comes_back_when_the_connection_is_lost(chat: SlackChat, front: SlackFront, how: str) -> None:
    async with running(chat, front):
        if how == "abort":
            front.abort()
        else:
            await front.ask_to_reconnect()
        await front.connected()
        await front.slash("status")
        assert (await front.response())["text"] == "You asked: status"

    assert front.opens == 2


async def test_a_torn_connection_is_replaced_long_before_the_next_ping(chat: SlackChat, front: SlackFront) -> None:
    chat._ping_interval = 60
    async with running(chat, front):
        front.abort()
        await front.connected()

    assert front.opens == 2


async def test_a_break_before_the_acknowledgement_loses_nothing_and_is_no_fault_in_the_log(
    chat: SlackChat,
    front: SlackFront,
    outbox: FakeOutbox,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    noted = outbox.echoed

    async def while_it_breaks(delivery: int, receipt: Receipt, now: datetime) -> None:
        front.abort()
        await asyncio.sleep(0.05)
        await noted(delivery, receipt, now)

    monkeypatch.setattr(outbox, "echoed", while_it_breaks)
    chat._ping_interval = 60
    async with running(chat, front):
        with pytest.raises(TimeoutError):
            await front.deliver_event(echo("12"), within=0.2)
        assert outbox.echoes
        assert [record.getMessage() for record in caplog.records if record.exc_info] == []


async def test_it_goes_on_trying_while_slack_hands_out_no_address(chat: SlackChat, front: SlackFront) -> None:
    async with running(chat, front):
        front.break_next("apps.connections.open", Fault(status=503), Fault(error="internal_error"))
        front.abort()
        await front.connected()

    assert front.opens == 2


async def test_it_lets_an_answer_go_out_before_it_stops(
    chat: SlackChat, front: SlackFront, desk: FakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = desk.answer_line

    async def slowly(line: str, caller: object) -> object:
        await asyncio.sleep(0.1)
        return await answer(line, caller)  # type: ignore[arg-type] # the desk is a fake

    monkeypatch.setattr(desk, "answer_line", slowly)
    async with running(chat, front):
        await front.slash("status", user_id="U0BOSS")

    assert front.responses.get_nowait()["text"] == "You asked: status"


async def test_it_keeps_an_echo_that_came_before_it_stops(
    chat: SlackChat, front: SlackFront, outbox: FakeOutbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep, begun = outbox.echoed, asyncio.Event()

    async def slowly(delivery: int, receipt: Receipt, now: datetime) -> None:
        begun.set()
        await asyncio.sleep(0.1)
        await keep(delivery, receipt, now)

    monkeypatch.setattr(outbox, "echoed", slowly)
    async with running(chat, front):
        hearing = asyncio.create_task(front._try_event(echo("12")))
        await begun.wait()
    assert list(outbox.echoes) == [12]
    await hearing


@pytest.mark.parametrize(
    ("bot_token", "app_token", "line"),
    [
        ("xoxb-wrong", APP_TOKEN, "does not know the bot token"),
        (APP_TOKEN, APP_TOKEN, "not the bot token, but another kind"),
        (BOT_TOKEN, "xapp-wrong", "does not know the app token"),
        (BOT_TOKEN, BOT_TOKEN, "not the app token, but another kind"),
    ],
)
async def test_a_wrong_token_is_a_line_that_says_how_to_mend_it(
    front: SlackFront, desk: FakeDesk, outbox: FakeOutbox, clock: FakeClock, bot_token: str, app_token: str, line: str
) -> None:
    chat = SlackChat(
        bot_token=bot_token, app_token=app_token, desk=desk, outbox=outbox, clock=clock, api_url=f"{front.url}/api/"
    )
    with pytest.raises(SettingsError, match=line) as raised:
        await chat.run()

    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("method", ["auth.test", "apps.connections.open"])
async def test_slack_being_away_is_for_the_supervisor_to_try_again(
    chat: SlackChat, front: SlackFront, method: str
) -> None:
    front.break_next(method, Fault(status=503))

    with pytest.raises(SendError, match="HTTP 503"):
        await chat.run()


async def test_it_gives_up_a_connection_that_does_not_come_back(
    chat: SlackChat, front: SlackFront, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "PATIENCE_SECONDS", 0.4)
    task = asyncio.create_task(chat.run())
    await front.connected()
    front.break_next("apps.connections.open", *[Fault(error="internal_error")] * 100)
    front.abort()

    with pytest.raises(ConnectionError, match="did not come back"):
        await asyncio.wait_for(task, 5)


@pytest.mark.parametrize("how", ["close", "disconnect"])
async def test_it_does_not_besiege_a_slack_that_takes_every_connection_and_ends_it_at_once(
    chat: SlackChat, front: SlackFront, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(socket, "PATIENCE_SECONDS", 1)
    task = asyncio.create_task(chat.run())
    await front.connected()
    front.hangs_up = how
    front.abort()

    with pytest.raises(ConnectionError, match="did not come back"):
        await asyncio.wait_for(task, 8)
    assert front.opens == 1 + socket.AT_MOST


async def test_a_connection_that_is_lost_often_is_asked_for_again_when_the_minute_is_over(
    chat: SlackChat, front: SlackFront, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "AT_MOST", 1)
    monkeypatch.setattr(socket, "EACH_SECONDS", 0.3)
    async with running(chat, front):
        for _ in range(2):
            front.abort()
            await front.connected()

    assert front.opens == 3


async def test_it_gives_up_a_first_connection_that_does_not_come_about(
    chat: SlackChat, front: SlackFront, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "CONNECT_SECONDS", 0.1)
    front.refuses_links = True

    with pytest.raises(ConnectionError, match="cannot be reached"):
        await asyncio.wait_for(chat.run(), 5)


async def test_it_stops_in_time_though_slack_does_not_say_goodbye(
    chat: SlackChat, front: SlackFront, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "CLOSE_SECONDS", 0.05)
    front.deaf.set()
    loop = asyncio.get_running_loop()
    async with running(chat, front):
        begun = loop.time()

    assert loop.time() - begun < 1


async def test_it_does_not_wait_for_ever_for_an_answer_when_it_stops(
    chat: SlackChat, front: SlackFront, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "FAREWELL_SECONDS", 0.05)
    async with running(chat, front):
        front.gates["users.info"] = asyncio.Event()
        await front.slash("status")
        await until(lambda: front.asked("users.info"))
    front.gates["users.info"].set()

    assert front.responses.empty()


async def test_it_says_who_it_is(chat: SlackChat) -> None:
    assert await chat.check() == "planb in Home"
