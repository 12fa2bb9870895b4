"""Several workspaces: each is spoken to with its own token, and one's trouble is no other's."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.chat.slack.app import SlackChat
from bot.domain.errors import Scope, SendError, StoreAway, Verdict
from bot.domain.install import Install, label_of
from bot.domain.subscription import Action, Platform, Subscription, Target
from bot.ports import Safe
from bot.store.store import SqlStore
from bot.vault import Vault, new_key, open_vault
from tests.chat.slack.conftest import running
from tests.chat.slack.fakes import CARD, NOON, FakeClock, FakeDesk, FakeOutbox, claim
from tests.chat.slack.front import APP_TOKEN, AWAY, AWAY_TOKEN, BOT_TOKEN, TEAM, Answer, Fault, SlackFront

Make = Callable[..., SlackChat]
VAULT = Vault([new_key()])
LATER = int(NOON.timestamp()) + 3600
GONE = {"type": "app_uninstalled"}
REVOKED = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": ["U0BOT"]}}


def install(workspace: str = AWAY, token: str = AWAY_TOKEN, safe: Safe = VAULT, at: datetime = NOON) -> Install:
    return Install(
        platform=Platform.SLACK,
        workspace=workspace,
        name="Away",
        bot="U0BOT",
        sealed=safe.seal(token, label_of(Platform.SLACK, workspace)),
        installed_by="U0ANN",
        installed_at=at,
    )


@pytest.fixture
def make(front: SlackFront, clock: FakeClock, desk: FakeDesk, outbox: FakeOutbox, memory: SqlStore) -> Make:
    def made(**more: Any) -> SlackChat:
        plain: dict[str, Any] = {"bot_token": BOT_TOKEN, "app_token": APP_TOKEN, "safe": VAULT, "ping_interval": 0.2}
        rest = {**plain, **more}
        return SlackChat(desk=desk, outbox=outbox, clock=clock, store=memory, api_url=f"{front.url}/api/", **rest)

    return made


@pytest.fixture
def many(make: Make) -> SlackChat:
    """The home of the bot token, and whoever installed."""
    return make()


async def refusal(chat: SlackChat, workspace: str) -> SendError:
    with pytest.raises(SendError) as raised:
        await chat.deliver(claim(workspace=workspace), CARD)
    assert not raised.value.verdict.permanent
    assert raised.value.verdict.scope is Scope.WORKSPACE
    return raised.value


async def test_each_workspace_is_spoken_to_with_its_own_token(
    many: SlackChat, front: SlackFront, memory: SqlStore
) -> None:
    await memory.put_install(install())

    root = await many.deliver(claim(workspace=AWAY), CARD)
    await many.deliver(claim(Action.EDIT, workspace=AWAY, root=root), CARD)
    await many.deliver(claim(workspace=TEAM), CARD)
    await many.tell("U0BOB", CARD, AWAY)

    said = [(method, team) for method, team in front.spoken if method.startswith("chat.")]
    assert said == [
        ("chat.postMessage", AWAY),
        ("chat.update", AWAY),
        ("chat.postMessage", TEAM),
        ("chat.postMessage", AWAY),
    ]


async def test_the_bot_token_speaks_in_no_workspace_but_its_own(many: SlackChat, front: SlackFront) -> None:
    assert str(await refusal(many, AWAY)) == "slack: Plan B is not installed in workspace T0AWAY"
    assert front.asked("chat.postMessage") == []


async def test_without_oauth_there_is_one_workspace_and_nothing_is_asked_first(make: Make, front: SlackFront) -> None:
    chat: SlackChat = make(safe=None)
    await chat.deliver(claim(workspace=AWAY), CARD)

    assert [method for method, _ in front.calls] == ["chat.postMessage"]


async def test_an_installation_goes_before_the_bot_token(many: SlackChat, front: SlackFront, memory: SqlStore) -> None:
    front.tokens["xoxb-installed"] = TEAM
    front.revoked.add(BOT_TOKEN)
    await memory.put_install(install(TEAM, "xoxb-installed"))

    await many.deliver(claim(workspace=TEAM), CARD)

    assert len(front.posts) == 1


async def test_it_runs_without_any_bot_token_and_says_how_many_workspaces_there_are(
    make: Make, front: SlackFront, memory: SqlStore
) -> None:
    chat: SlackChat = make(bot_token=None)
    await memory.put_install(install())
    async with running(chat, front):
        await chat.deliver(claim(workspace=AWAY), CARD)
        assert await chat.check() == "1 workspaces installed by OAuth"

    assert front.asked("auth.test") == []
    await refusal(chat, TEAM)


async def test_it_listens_though_the_database_is_away(
    make: Make, front: SlackFront, memory: SqlStore, desk: FakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise StoreAway("the database is away")

    for method in ("install", "installs"):
        monkeypatch.setattr(memory, method, away)
    async with running(make(bot_token=None), front):
        await front.slash("status", team_id=AWAY)
        await front.response()

    ((_, caller),) = desk.asked
    assert not caller.may_manage


async def test_a_lost_key_is_a_clear_error_of_that_workspace_alone(
    make: Make, front: SlackFront, memory: SqlStore
) -> None:
    await memory.put_install(install(safe=Vault([new_key()])))
    await memory.put_install(install("T0NEW", AWAY_TOKEN))
    chat: SlackChat = make(bot_token=None)

    error = await refusal(chat, AWAY)
    await chat.deliver(claim(workspace="T0NEW"), CARD)

    assert str(error).startswith("slack: the token of slack:T0AWAY is sealed with a key that PLANB_KEYS does not have")


async def test_missing_keys_stop_nobody_else(make: Make, front: SlackFront, memory: SqlStore) -> None:
    await memory.put_install(install())
    chat: SlackChat = make(safe=open_vault([]))

    assert "PLANB_KEYS is empty" in str(await refusal(chat, AWAY))
    await chat.deliver(claim(workspace=TEAM), CARD)


async def test_tokens_of_swapped_rows_are_used_by_nobody(many: SlackChat, front: SlackFront, memory: SqlStore) -> None:
    one, two = install(), install("T0NEW", "xoxb-new")
    await memory.put_install(replace(one, sealed=two.sealed))
    await memory.put_install(replace(two, sealed=one.sealed))

    for workspace in (AWAY, "T0NEW"):
        assert "belongs to another workspace" in str(await refusal(many, workspace))
    assert front.calls == []


async def test_a_revoked_token_shuts_its_workspace_after_one_try_and_no_other(
    many: SlackChat, front: SlackFront, memory: SqlStore, clock: FakeClock
) -> None:
    await memory.put_install(install())
    front.revoked.add(AWAY_TOKEN)

    assert (await refusal(many, AWAY)).verdict == Verdict(retry_after=timedelta(minutes=10), scope=Scope.WORKSPACE)
    clock.passes(minutes=4)
    error = await refusal(many, AWAY)
    await many.deliver(claim(workspace=TEAM), CARD)

    assert str(error) == "slack: token_revoked"
    assert error.verdict.retry_after == timedelta(minutes=6)
    assert len(front.asked("chat.postMessage")) == 2
    clock.passes(minutes=6)
    await refusal(many, AWAY)
    assert len(front.asked("chat.postMessage")) == 3


async def test_a_new_token_opens_a_shut_workspace_at_once(many: SlackChat, front: SlackFront, memory: SqlStore) -> None:
    await memory.put_install(install())
    front.revoked.add(AWAY_TOKEN)
    await refusal(many, AWAY)
    front.tokens["xoxb-again"] = AWAY
    await memory.put_install(install(token="xoxb-again"))

    await many.deliver(claim(workspace=AWAY), CARD)


async def test_what_another_process_erased_is_not_used_for_long(
    many: SlackChat, front: SlackFront, memory: SqlStore, clock: FakeClock
) -> None:
    await memory.put_install(install())
    await many.deliver(claim(workspace=AWAY), CARD)
    await memory.drop_install(Platform.SLACK, AWAY, NOON)
    clock.passes(seconds=31)

    await refusal(many, AWAY)


@pytest.mark.parametrize(
    ("user", "team", "may"),
    [
        ("U0BOSS", TEAM, True),
        ("U0BOSS", AWAY, False),
        ("U0THEIRS", AWAY, True),
        ("U0THEIRS", TEAM, False),
        ("U0ADMIN", AWAY, True),
    ],
)
async def test_people_are_named_and_asked_of_in_their_own_workspace(
    make: Make, front: SlackFront, memory: SqlStore, desk: FakeDesk, user: str, team: str, *, may: bool
) -> None:
    await memory.put_install(install())
    front.people["U0ADMIN"] = {"is_admin": True, "team_id": AWAY}
    chat: SlackChat = make(admins=frozenset({"U0BOSS", f"{AWAY}:U0THEIRS"}))
    async with running(chat, front):
        await front.slash("subscribe parrot", user_id=user, team_id=team)
        await front.response()

    ((_, caller),) = desk.asked
    assert (caller.target.workspace, caller.may_manage) == (team, may)
    assert {where for method, where in front.spoken if method == "users.info"} <= {team}


async def test_nobody_is_named_while_slack_does_not_say_which_workspace_is_home(
    make: Make, front: SlackFront, memory: SqlStore, desk: FakeDesk
) -> None:
    await memory.put_install(install())
    front.people["U0BOSS"] = {"is_admin": False, "team_id": AWAY}
    async with running(make(bot_token=BOT_TOKEN, admins=frozenset({"U0BOSS"})), front):
        front.break_next("auth.test", Fault(status=503))
        await front.slash("subscribe parrot", user_id="U0BOSS", team_id=AWAY)
        await front.response()

    assert [caller.may_manage for _, caller in desk.asked] == [False]


async def follow(store: SqlStore, workspace: str) -> None:
    target = Target(platform=Platform.SLACK, workspace=workspace, channel="C0OPS")
    await store.subscribe(Subscription(target=target, service="parrot", owner="U0ANN"), NOON)
    await store.promise([claim(number=hash(workspace), workspace=workspace).delivery], NOON)


async def followers(store: SqlStore) -> list[str]:
    return sorted(one.target.workspace for one in await store.subscriptions("parrot"))


@pytest.mark.parametrize("event", [GONE, REVOKED], ids=lambda event: event["type"])
async def test_uninstalling_erases_the_token_and_what_its_channels_follow_and_nobody_else_s(
    many: SlackChat, front: SlackFront, memory: SqlStore, event: Answer
) -> None:
    await memory.put_install(install())
    await memory.put_install(install("T0NEW"))
    for workspace in (AWAY, "T0NEW", TEAM):
        await follow(memory, workspace)
    await many.deliver(claim(workspace=AWAY), CARD)

    async with running(many, front):
        await front.deliver_event(event, team=AWAY, at=LATER)
        await front.deliver_event(event, team=AWAY, at=LATER)

    assert [one.workspace for one in await memory.installs()] == ["T0NEW"]
    assert await followers(memory) == [TEAM, "T0NEW"]
    await refusal(many, AWAY)


async def test_a_farewell_from_before_a_new_installation_is_old_news(
    many: SlackChat, front: SlackFront, memory: SqlStore
) -> None:
    await memory.put_install(install())
    await follow(memory, AWAY)
    async with running(many, front):
        await front.deliver_event(GONE, team=AWAY, at=int(NOON.timestamp()) - 60)

    assert len(await memory.installs()) == 1
    assert await followers(memory) == [AWAY]


async def test_a_farewell_of_the_same_second_is_none(many: SlackChat, front: SlackFront, memory: SqlStore) -> None:
    await memory.put_install(install(at=NOON + timedelta(milliseconds=900)))
    async with running(many, front):
        await front.deliver_event(GONE, team=AWAY, at=int(NOON.timestamp()))

    assert await memory.installs() == []


@pytest.mark.parametrize("tokens", [{"oauth": ["U0ANN"]}, {"bot": []}, None, "junk"])
async def test_a_person_s_own_token_is_not_ours(
    many: SlackChat, front: SlackFront, memory: SqlStore, tokens: object
) -> None:
    await memory.put_install(install())
    async with running(many, front):
        with pytest.raises(TimeoutError):
            await front.deliver_event({"type": "tokens_revoked", "tokens": tokens}, team=AWAY, at=LATER, within=0.05)

    assert len(await memory.installs()) == 1


@pytest.mark.parametrize(("event", "left"), [(REVOKED, [TEAM]), (GONE, [])], ids=["revoked", "gone"])
async def test_the_home_of_the_bot_token_is_forgotten_only_when_the_app_is_gone(
    make: Make, front: SlackFront, memory: SqlStore, event: Answer, left: list[str]
) -> None:
    await follow(memory, TEAM)
    chat: SlackChat = make(safe=None)
    async with running(chat, front):
        await front.deliver_event(event, at=LATER)

    assert await followers(memory) == left


async def test_slack_says_farewell_again_when_the_database_was_away(
    many: SlackChat, front: SlackFront, memory: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise StoreAway("the database is away")

    await memory.put_install(install())
    async with running(many, front):
        with monkeypatch.context() as patch:
            patch.setattr(memory, "drop_install", away)
            with pytest.raises(TimeoutError):
                await front.deliver_event(GONE, team=AWAY, at=LATER, within=0.1)
        assert len(await memory.installs()) == 1
        await front.deliver_event(GONE, team=AWAY, at=LATER)

    assert await memory.installs() == []


async def test_many_deliveries_at_once_ask_once_which_workspace_is_home(many: SlackChat, front: SlackFront) -> None:
    await asyncio.gather(*(many.deliver(claim(number=n), CARD) for n in range(20)))

    assert len(front.asked("auth.test")) == 1
    assert json.dumps(front.calls).count(BOT_TOKEN) == 0
