"""Installing by OAuth: one browser, once, within ten minutes."""

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from bot.chat.slack import installing
from bot.chat.slack.app import SlackChat
from bot.chat.slack.installing import OAuth
from bot.domain.errors import StoreAway
from bot.domain.subscription import Platform
from bot.store.store import SqlStore
from bot.vault import Vault, new_key, open_vault
from tests.chat.slack.fakes import CARD, FakeClock, FakeDesk, FakeOutbox, claim
from tests.chat.slack.front import AWAY, CLIENT, CLIENT_SECRET, Fault, SlackFront

Browser = TestClient[web.Request, web.Application]
VAULT = Vault([new_key()])
OAUTH = OAuth(client_id=CLIENT, client_secret=CLIENT_SECRET, public_url="http://planb.example/")
TEAM = {"id": AWAY, "name": "Away & <b>co</b>"}
END = "/slack/oauth_redirect"


@pytest.fixture
def parts(front: SlackFront, clock: FakeClock, desk: FakeDesk, outbox: FakeOutbox, memory: SqlStore) -> dict[str, Any]:
    plain: dict[str, Any] = {"desk": desk, "outbox": outbox, "clock": clock, "api_url": f"{front.url}/api/"}
    return {**plain, "store": memory, "safe": VAULT, "oauth": OAUTH}


@pytest.fixture
def chat(parts: dict[str, Any]) -> SlackChat:
    return SlackChat(**parts)


@pytest.fixture
async def browser(chat: SlackChat, front: SlackFront) -> AsyncIterator[Browser]:
    front.codes["a-code"] = TEAM
    async with visiting(chat) as client:
        yield client


def visiting(chat: SlackChat) -> Browser:
    app = web.Application()
    app.add_routes(chat.routes())
    return TestClient(TestServer(app))


async def begin(browser: Browser, **headers: str) -> ClientResponse:
    return await browser.get("/slack/install", allow_redirects=False, headers=headers)


async def state_of(browser: Browser) -> str:
    response = await begin(browser)
    return parse_qs(urlsplit(response.headers["Location"]).query)["state"][0]


async def end(browser: Browser, state: str, **more: str) -> ClientResponse:
    return await browser.get(END, params={"state": state, "code": "a-code", **more})


async def test_a_workspace_installs_the_app_and_is_spoken_to(
    browser: Browser, chat: SlackChat, front: SlackFront, memory: SqlStore
) -> None:
    response = await end(browser, await state_of(browser))

    assert response.status == 200
    assert "Plan B is installed in Away &amp; &lt;b&gt;co&lt;/b&gt;" in await response.text()
    (one,) = await memory.installs()
    assert (one.workspace, one.bot, one.installed_by) == (AWAY, "U0BOT", "U0ANN")
    await chat.deliver(claim(workspace=AWAY), CARD)
    assert ("chat.postMessage", AWAY) in front.spoken


async def test_the_token_is_nowhere_to_be_read(
    browser: Browser, front: SlackFront, memory: SqlStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="bot")
    response = await end(browser, await state_of(browser))
    granted = [token for token in front.tokens if token.startswith("xoxb-granted")]
    await memory.close()
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("memory.db*"))

    assert granted
    for secret in (*granted, CLIENT_SECRET, "a-code"):
        assert secret not in await response.text() + caplog.text + str(dict(response.headers)) + repr(OAUTH)
        assert secret.encode() not in stored


async def test_it_asks_slack_for_the_least_and_to_come_back_to_our_own_address(
    browser: Browser, front: SlackFront
) -> None:
    response = await begin(browser, Host="evil.example", **{"X-Forwarded-Host": "evil.example"})
    where = urlsplit(response.headers["Location"])
    asked = {name: values[0] for name, values in parse_qs(where.query).items()}
    state = asked.pop("state")

    assert response.status == 302
    assert f"{where.scheme}://{where.netloc}{where.path}" == f"{front.url}/oauth/v2/authorize"
    assert asked == {
        "client_id": CLIENT,
        "scope": "chat:write,commands,metadata.message:read,users:read",
        "redirect_uri": "http://planb.example/slack/oauth_redirect",
    }
    await end(browser, state)
    (said,) = front.asked("oauth.v2.access")
    assert said == {"code": "a-code", "redirect_uri": "http://planb.example/slack/oauth_redirect"}


async def test_the_cookie_is_for_this_host_and_for_no_script(parts: dict[str, Any]) -> None:
    oauth = OAuth(client_id=CLIENT, client_secret=CLIENT_SECRET, public_url="https://planb.example")
    async with visiting(SlackChat(**{**parts, "oauth": oauth})) as browser:
        response = await begin(browser)

    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("__Host-planb_install=")
    assert {part.strip() for part in cookie.split(";")[1:]} == {
        "HttpOnly",
        "Secure",
        "Path=/",
        "SameSite=Lax",
        "Max-Age=600",
    }
    assert (response.headers["Cache-Control"], response.headers["Referrer-Policy"]) == ("no-store", "no-referrer")


async def refused(browser: Browser, front: SlackFront, state: str, **more: str) -> None:
    response = await end(browser, state, **more)

    assert response.status == 400
    assert "no longer good" in await response.text()
    assert front.asked("oauth.v2.access") == []


@pytest.mark.parametrize("change", ["", "x", "x.y", ".", "\u00e9.\u00e9", "9" * 2000])
async def test_a_state_of_somebody_s_own_is_refused(browser: Browser, front: SlackFront, change: str) -> None:
    await state_of(browser)
    await refused(browser, front, change)


async def test_a_state_that_was_changed_is_refused_and_is_still_good_as_it_was(
    browser: Browser, front: SlackFront
) -> None:
    state = await state_of(browser)
    for place in (0, len(state) // 2, len(state) - 1):
        other = "A" if state[place] != "A" else "B"
        await refused(browser, front, state[:place] + other + state[place + 1 :])

    assert (await end(browser, state)).status == 200


async def test_another_browser_cannot_end_what_this_one_began(
    chat: SlackChat, browser: Browser, front: SlackFront
) -> None:
    state = await state_of(browser)
    async with visiting(chat) as other:
        await refused(other, front, state)
        await state_of(other)
        await refused(other, front, state)

    assert (await end(browser, state)).status == 200


async def test_an_installation_cannot_be_replayed(browser: Browser, front: SlackFront, memory: SqlStore) -> None:
    response = await begin(browser)
    state = parse_qs(urlsplit(response.headers["Location"]).query)["state"][0]
    cookie = {"planb_install": response.cookies["planb_install"].value}
    assert (await end(browser, state)).status == 200
    front.codes["a-code"] = TEAM

    async with browser.get(END, params={"state": state, "code": "a-code"}, cookies=cookie) as again:
        assert again.status == 400
    assert len(front.asked("oauth.v2.access")) == 1


async def test_a_state_is_good_for_ten_minutes(browser: Browser, front: SlackFront, clock: FakeClock) -> None:
    state = await state_of(browser)
    clock.passes(minutes=10)

    await refused(browser, front, state)


async def test_a_hundred_callbacks_at_once_are_one_installation(browser: Browser, front: SlackFront) -> None:
    state = await state_of(browser)
    cookie = browser.session.cookie_jar.filter_cookies(browser.make_url("/"))["planb_install"].value

    async def one() -> int:
        async with browser.get(
            END, params={"state": state, "code": "a-code"}, cookies={"planb_install": cookie}
        ) as response:
            return response.status

    statuses = await asyncio.gather(*(one() for _ in range(100)))

    assert sorted(statuses) == [200] + [400] * 99
    assert len(front.asked("oauth.v2.access")) == 1


async def test_a_state_stands_in_the_table_as_its_digest_alone(browser: Browser, memory: SqlStore) -> None:
    state = await state_of(browser)

    assert not await memory.redeem(state, FakeClock().now())
    assert await memory.redeem(hashlib.sha256(state.encode()).hexdigest(), FakeClock().now())


async def test_a_person_may_think_better_of_it(browser: Browser, front: SlackFront) -> None:
    response = await browser.get(END, params={"state": await state_of(browser), "error": "access_denied"})

    assert response.status == 200
    assert "You cancelled it" in await response.text()
    assert front.asked("oauth.v2.access") == []


@pytest.mark.parametrize("fault", [None, Fault(status=500), Fault(drop=True), Fault(status=200, body="<h1>")])
async def test_slack_refusing_the_code_is_a_plain_page(
    browser: Browser, front: SlackFront, memory: SqlStore, fault: Fault | None
) -> None:
    if fault:
        front.break_next("oauth.v2.access", fault)
    else:
        front.codes.clear()
    response = await end(browser, await state_of(browser))

    assert response.status == 502
    assert "Slack did not finish" in await response.text()
    assert await memory.installs() == []


@pytest.mark.parametrize("code", ["", "x" * 1000])
async def test_a_code_that_is_none_is_not_shown_to_slack(browser: Browser, front: SlackFront, code: str) -> None:
    await refused(browser, front, await state_of(browser), code=code)


async def test_a_whole_organisation_is_not_a_workspace(browser: Browser, front: SlackFront, memory: SqlStore) -> None:
    front.codes["a-code"] = {"id": None, "name": None}
    response = await end(browser, await state_of(browser))

    assert response.status == 400
    assert "single workspace" in await response.text()
    assert await memory.installs() == []


async def test_without_keys_nothing_is_installed(
    parts: dict[str, Any], front: SlackFront, memory: SqlStore, caplog: pytest.LogCaptureFixture
) -> None:
    front.codes["a-code"] = TEAM
    async with visiting(SlackChat(**{**parts, "safe": open_vault([])})) as browser:
        response = await end(browser, await state_of(browser))
        page = await response.text()

    assert response.status == 503
    assert "PLANB_KEYS" not in page
    assert "PLANB_KEYS is empty" in caplog.text
    assert await memory.installs() == []


@pytest.mark.parametrize("method", ["issue", "redeem", "put_install"])
async def test_the_database_being_away_is_a_plain_page(
    browser: Browser, memory: SqlStore, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    async def away(*_: object) -> None:
        raise StoreAway("postgres://planb:secret@db is away")

    state = "" if method == "issue" else await state_of(browser)
    monkeypatch.setattr(memory, method, away)
    response = await (begin(browser) if method == "issue" else end(browser, state))

    assert response.status == 503
    assert "secret" not in await response.text()


async def test_so_many_may_begin_in_a_minute(
    browser: Browser, clock: FakeClock, chat: SlackChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    statuses = [(await begin(browser)).status for _ in range(installing.AT_MOST + 1)]
    clock.passes(seconds=60)

    assert statuses == [302] * installing.AT_MOST + [429]
    assert (await begin(browser)).status == 302


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("fr-CA,fr;q=0.9,en;q=0.8", "fr"), ("de, fr", "fr"), ("en, fr", "en"), ("", "en"), ("\u00e9;;,", "en")],
)
async def test_a_page_speaks_the_browser_s_language_as_far_as_we_know_it(
    browser: Browser, accepted: str, language: str
) -> None:
    response = await browser.get(END, headers={"Accept-Language": accepted})

    assert f'<html lang="{language}">' in await response.text()
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")


async def test_there_are_no_pages_without_oauth(parts: dict[str, Any]) -> None:
    assert SlackChat(**{**parts, "oauth": None}).routes() == []


async def test_looking_at_a_link_begins_nothing(browser: Browser) -> None:
    async with browser.head("/slack/install") as response:
        assert response.status == 405


async def test_installing_again_takes_the_place_of_the_old_token(
    browser: Browser, front: SlackFront, memory: SqlStore, chat: SlackChat
) -> None:
    await end(browser, await state_of(browser))
    front.revoked.update(token for token in front.tokens if token.startswith("xoxb-granted"))
    front.codes["a-code"] = TEAM
    await end(browser, await state_of(browser))

    await chat.deliver(claim(workspace=AWAY), CARD)
    assert await memory.install(Platform.SLACK, AWAY)
