"""A stand-in for Slack on loopback: Web API, Socket Mode, response URLs, and the accidents that Slack has."""

import asyncio
import base64
import hashlib
import hmac
import itertools
import json
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from aiohttp import WSMsgType, web
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block

BOT_TOKEN, APP_TOKEN, SECRET = "xoxb-fine", "xapp-fine", "a signing secret"
TEAM, BOT_USER, BOT, APP = "T0HOME", "U0BOT", "B0BOT", "A0PLANB"
AWAY, AWAY_TOKEN = "T0AWAY", "xoxb-away"
CLIENT, CLIENT_SECRET = "1.2", "a client secret"
Answer = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """An accident that befalls the next call of a method: `after` it was done, or instead of doing it."""

    status: int = 200
    body: str = ""
    error: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False
    after: bool = False


class SlackFront:
    """What Slack knows. `posts` are messages by channel and ts; `calls` is everything that was asked of it.

    `tokens` are good in one workspace each, `revoked` ones are not any more; `codes` lead to a new one.
    """

    def __init__(self) -> None:
        self.posts: dict[tuple[str, str], Answer] = {}
        self.calls: list[tuple[str, Answer]] = []
        self.tokens = {BOT_TOKEN: TEAM, AWAY_TOKEN: AWAY}
        self.revoked: set[str] = set()
        self.codes: dict[str, Answer] = {}
        self.spoken: list[tuple[str, str]] = []
        self.faults: dict[str, deque[Fault]] = {}
        self.responses: asyncio.Queue[Answer] = asyncio.Queue()
        self.response_statuses: deque[int] = deque()
        self.people: dict[str, Answer] = {}
        self.gates: dict[str, asyncio.Event] = {}
        self.echoes = True
        self.deaf = asyncio.Event()
        self.refuses_links = False
        self.hangs_up = ""
        self.unacknowledged: list[Answer] = []
        self.opens = 0
        self.url = ""
        self._sockets: list[web.WebSocketResponse] = []
        self._connected = asyncio.Event()
        self._acks: dict[str, asyncio.Future[Answer]] = {}
        self._errands: set[asyncio.Task[None]] = set()
        self._serial = itertools.count(1)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["SlackFront"]:
        app = web.Application()
        app.add_routes(
            [
                web.route("*", "/api/{method}", self._api),
                web.get("/link", self._link),
                web.post("/respond/{id}", self._respond),
            ]
        )
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        try:
            yield self
        finally:
            for task in self._errands:
                task.cancel()
            await asyncio.gather(*self._errands, return_exceptions=True)
            for socket in list(self._sockets):
                await socket.close()
            await runner.cleanup()

    def break_next(self, method: str, *faults: Fault) -> None:
        self.faults.setdefault(method, deque()).extend(faults)

    def asked(self, method: str) -> list[Answer]:
        return [arguments for called, arguments in self.calls if called == method]

    async def connected(self) -> None:
        async with asyncio.timeout(5):
            await self._connected.wait()

    def abort(self) -> None:
        """Tear every socket down without a word."""
        self._connected.clear()
        for socket in self._sockets:
            transport = socket._req.transport if socket._req else None
            assert transport is not None
            transport.abort()
        self._sockets.clear()

    async def ask_to_reconnect(self) -> None:
        self._connected.clear()
        for socket in list(self._sockets):
            await socket.send_json({"type": "disconnect", "reason": "refresh_requested", "debug_info": {}})

    async def slash(self, text: str, **more: str) -> Answer:
        """Type a command; the answer is the acknowledgement."""
        return await self._envelope("slash_commands", self.slash_payload(text, **more), within=3.0)

    def slash_payload(self, text: str, **more: str) -> dict[str, str]:
        return {
            "command": "/outage",
            "text": text,
            "team_id": TEAM,
            "channel_id": "C0OPS",
            "user_id": "U0ANN",
            "response_url": f"{self.url}/respond/{next(self._serial)}",
            "trigger_id": "1.1.a",
            "api_app_id": APP,
            **more,
        }

    async def press(self, value: str, **more: Any) -> Answer:
        """Press a button of ours; the answer is the acknowledgement."""
        return await self._envelope("interactive", self.press_payload(value, **more), within=3.0)

    def press_payload(self, value: str, **more: Any) -> Answer:
        """https://docs.slack.dev/reference/interaction-payloads/block_actions-payload"""
        button = {"type": "button", "action_id": "planb.press.1", "block_id": "b1", "value": value, "action_ts": "1.1"}
        return {
            "type": "block_actions",
            "user": {"id": "U0ANN", "username": "ann", "team_id": TEAM},
            "api_app_id": APP,
            "token": "deprecated",
            "container": {"type": "message", "message_ts": "5.5", "channel_id": "C0OPS", "is_ephemeral": False},
            "trigger_id": "1.1.a",
            "team": {"id": TEAM, "domain": "home"},
            "enterprise": None,
            "is_enterprise_install": False,
            "channel": {"id": "C0OPS", "name": "ops"},
            "message": {"type": "message", "ts": "5.5", "text": "a card"},
            "state": {"values": {}},
            "response_url": f"{self.url}/respond/{next(self._serial)}",
            "actions": [{**button, "text": {"type": "plain_text", "text": "Press", "emoji": False}}],
            **more,
        }

    def press_body(self, value: str, **more: Any) -> str:
        return urlencode({"payload": json.dumps(self.press_payload(value, **more))})

    def event_payload(self, event: Answer, *, team: str = TEAM, at: int = 1_790_000_000) -> Answer:
        return {
            "type": "event_callback",
            "team_id": team,
            "api_app_id": APP,
            "event": event,
            "event_id": f"Ev{next(self._serial)}",
            "event_time": at,
            "authorizations": [{"team_id": team, "user_id": BOT_USER, "is_bot": True}],
        }

    async def deliver_event(self, event: Answer, *, within: float = 3.0, **more: Any) -> None:
        """Raise TimeoutError where the app does not acknowledge."""
        await self._envelope("events_api", self.event_payload(event, **more), within=within)

    async def response(self) -> Answer:
        """What was posted to a response URL."""
        async with asyncio.timeout(5):
            return await self.responses.get()

    def signed(self, body: str, *, at: float | None = None, secret: str = SECRET) -> dict[str, str]:
        """The headers of a request that Slack signed."""
        stamp = str(int(time.time() if at is None else at))
        digest = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
        kind = "application/json" if body.startswith("{") else "application/x-www-form-urlencoded"
        return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}", "Content-Type": kind}

    def slash_body(self, text: str, **more: str) -> str:
        return urlencode(self.slash_payload(text, **more))

    async def _envelope(self, kind: str, payload: Any, *, within: float) -> Answer:
        number = f"env-{next(self._serial)}"
        acked = self._acks[number] = asyncio.get_running_loop().create_future()
        envelope = {"envelope_id": number, "type": kind, "payload": payload, "accepts_response_payload": True}
        await self._sockets[-1].send_json(envelope)
        async with asyncio.timeout(within):
            answer: Answer = await acked
        return answer

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        arguments = await _arguments(request)
        self.calls.append((method, arguments))
        if method in self.gates:
            await self.gates[method].wait()
        fault = self.faults[method].popleft() if self.faults.get(method) else None
        if fault and not fault.after:
            return _broken(request, fault)
        said = request.headers.get("Authorization", "")
        token = said.removeprefix("Bearer ")
        answer = self._grant(said, arguments) if method == "oauth.v2.access" else self._answer(method, token, arguments)
        return _broken(request, fault) if fault else web.json_response(answer)

    def _answer(self, method: str, token: str, arguments: Answer) -> Answer:
        if method == "api.test":
            return {"ok": True}
        if token in self.revoked:
            return {"ok": False, "error": "token_revoked"}
        if token not in ([APP_TOKEN] if method == "apps.connections.open" else self.tokens):
            known_token = token in {APP_TOKEN, *self.tokens}
            return {"ok": False, "error": "not_allowed_token_type" if known_token else "invalid_auth"}
        self.spoken.append((method, self.tokens.get(token, "")))
        known = {
            "apps.connections.open": self._open,
            "auth.test": lambda _: self._test(self.tokens[token]),
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "users.info": self._person,
        }
        done: Answer = known[method](arguments)
        return done

    def _open(self, _: Answer) -> Answer:
        self.opens += 1
        return {"ok": True, "url": f"{self.url.replace('http', 'ws')}/link?ticket={self.opens}"}

    def _grant(self, said: str, arguments: Answer) -> Answer:
        """https://docs.slack.dev/reference/methods/oauth.v2.access: a code is good once."""
        if said != "Basic " + base64.b64encode(f"{CLIENT}:{CLIENT_SECRET}".encode()).decode():
            return {"ok": False, "error": "invalid_client_id"}
        team = self.codes.pop(arguments.get("code", ""), None)
        if team is None:
            return {"ok": False, "error": "invalid_code"}
        token = f"xoxb-granted-{next(self._serial)}"
        self.tokens[token] = team["id"]
        return {
            "ok": True,
            "access_token": token,
            "token_type": "bot",
            "scope": "chat:write,commands,metadata.message:read,users:read",
            "bot_user_id": BOT_USER,
            "app_id": APP,
            "team": team,
            "enterprise": None,
            "authed_user": {"id": "U0ANN"},
            "is_enterprise_install": False,
        }

    def _test(self, team: str) -> Answer:
        return {"ok": True, "team": "Home", "team_id": team, "user": "planb", "user_id": BOT_USER, "bot_id": BOT}

    def _post(self, said: Answer) -> Answer:
        if refusal := _refusal(said):
            return refusal
        ts = f"1790000000.{next(self._serial):06d}"
        post = {"text": said["text"], "ts": ts, "bot_id": BOT, "blocks": said.get("blocks", [])}
        if (said["channel"], said.get("thread_ts")) in self.posts:
            post["thread_ts"] = said["thread_ts"]
        self.posts[said["channel"], ts] = post
        if self.echoes and "metadata" in said:
            self._echo(said["channel"], ts, said["metadata"])
        return {"ok": True, "channel": said["channel"], "ts": ts, "message": post}

    def _update(self, said: Answer) -> Answer:
        if refusal := _refusal(said):
            return refusal
        post = self.posts.get((said["channel"], said["ts"]))
        if post is None:
            return {"ok": False, "error": "message_not_found"}
        post.update(text=said["text"], blocks=said.get("blocks", []))
        return {"ok": True, "channel": said["channel"], "ts": said["ts"], "text": said["text"]}

    def _person(self, said: Answer) -> Answer:
        person = self.people.get(said["user"])
        return {"ok": True, "user": person} if person else {"ok": False, "error": "user_not_found"}

    def _echo(self, channel: str, ts: str, metadata: Answer) -> None:
        event = {
            "type": "message_metadata_posted",
            "app_id": APP,
            "bot_id": BOT,
            "user_id": BOT_USER,
            "team_id": TEAM,
            "channel_id": channel,
            "message_ts": ts,
            "event_ts": ts,
            "metadata": metadata,
        }
        task = asyncio.create_task(self._try_event(event))
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    async def _try_event(self, event: Answer) -> None:
        try:
            await self.deliver_event(event, within=0.3)
        except (TimeoutError, IndexError, ConnectionError):
            self.unacknowledged.append(event)

    async def _link(self, request: web.Request) -> web.WebSocketResponse:
        if self.refuses_links:
            raise web.HTTPNotFound
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._sockets.append(socket)
        await socket.send_json({"type": "hello", "num_connections": 1, "connection_info": {"app_id": APP}})
        self._connected.set()
        if self.hangs_up:
            await self._hang_up(socket)
        if self.deaf.is_set():
            await asyncio.sleep(3)
        async for received in socket:
            if received.type is WSMsgType.TEXT:
                said = json.loads(received.data)
                waiting = self._acks.pop(said.get("envelope_id"), None)
                if waiting and not waiting.done():
                    waiting.set_result(said)
        if socket in self._sockets:
            self._sockets.remove(socket)
        return socket

    async def _hang_up(self, socket: web.WebSocketResponse) -> None:
        if self.hangs_up == "disconnect":
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets", "debug_info": {}})
            await asyncio.sleep(0.01)
        await socket.close()

    async def _respond(self, request: web.Request) -> web.Response:
        status = self.response_statuses.popleft() if self.response_statuses else 200
        self.responses.put_nowait({"status": status, **await request.json()})
        return web.Response(status=status, text="ok" if status == 200 else "invalid_blocks")


def _refusal(said: Answer) -> Answer | None:
    """Slack checks blocks as its own SDK does."""
    try:
        parsed = Block.parse_all(said.get("blocks", []))
        for block in parsed:
            block.validate_json()
    except SlackObjectFormationError:
        return {"ok": False, "error": "invalid_blocks"}
    return None if said.get("text") else {"ok": False, "error": "no_text"}


async def _arguments(request: web.Request) -> Answer:
    if request.content_type == "application/json":
        given: Answer = await request.json()
        return given
    return {**request.query, **await request.post()}


def _broken(request: web.Request, fault: Fault) -> web.StreamResponse:
    if fault.drop:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()
    if fault.error:
        return web.json_response({"ok": False, "error": fault.error}, status=fault.status, headers=fault.headers)
    return web.Response(status=fault.status, text=fault.body, content_type="text/html", headers=fault.headers)
