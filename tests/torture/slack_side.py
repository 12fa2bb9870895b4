"""Slack, as far as its promises go: it keeps what it took though nobody waits for the answer, and tells of it later.

https://docs.slack.dev/messaging/message-metadata and https://docs.slack.dev/apis/events-api/#retries
"""

import asyncio
import itertools
import json
import random
import time
from typing import Any

from aiohttp import WSMsgType, web

from tests.torture.limits import Bucket, Limits, Meter
from tests.torture.record import Record

TEAM, BOT_TOKEN, APP_TOKEN = "T0HOME", "xoxb-fine", "xapp-fine"
Json = dict[str, Any]


def _a_channel() -> Meter:
    return Bucket(1, 3)


def _a_workspace() -> Meter:
    return Bucket(5, 300)


def _edits() -> Meter:
    return Bucket(50 / 60, 50)


class SlackSide:
    """`down` is empty, or what befalls every call: an HTTP status, or "hang". A token `xoxb-T5` belongs to team T5."""

    def __init__(self, record: Record, luck: random.Random, *, enforcing: bool = False) -> None:
        self.record = record
        self.luck = luck
        self.latency_s = 0.03
        self.down = ""
        self.echoes = True
        self.echo_delay_s = 0.5
        self.ack_patience_s = 1.0
        self.repeat_for_s = 5.0
        self.unheard: set[str] = set()
        self.limits = Limits(grain=1) if enforcing else None
        self.under_way = 0
        self.calls: dict[str, int] = {}
        self.asked_at: list[float] = []
        self.url = ""
        self.now = time.monotonic
        self._serial = itertools.count(1)
        self._sockets: list[web.WebSocketResponse] = []
        self._acks: dict[str, asyncio.Future[None]] = {}
        self._errands: set[asyncio.Task[None]] = set()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.route("*", "/api/{method}", self._api),
            web.get("/link", self._link),
            web.post("/respond/{id}", self._respond),
        ]

    async def close(self) -> None:
        for task in self._errands:
            task.cancel()
        await asyncio.gather(*self._errands, return_exceptions=True)
        for socket in list(self._sockets):
            await socket.close()

    def cut(self) -> None:
        """Tear every socket down without a word."""
        for socket in self._sockets:
            if socket._req and socket._req.transport:
                socket._req.transport.abort()
        self._sockets.clear()

    @property
    def connected(self) -> bool:
        return bool(self._sockets)

    async def slash(self, text: str) -> float:
        """Type a command; the seconds until it is acknowledged. Raise TimeoutError after Slack's three."""
        number = next(self._serial)
        typed = {"command": "/outage", "text": text, "team_id": TEAM, "channel_id": "C1", "user_id": "U1"}
        payload = {**typed, "response_url": f"{self.url}/respond/{number}", "trigger_id": "1.1.a", "api_app_id": "A0"}
        began = self.now()
        await self._envelope("slash_commands", payload, 3)
        return self.now() - began

    async def _api(self, request: web.Request) -> web.Response:
        method, body = request.match_info["method"], await request.read()
        self.calls[method] = self.calls.get(method, 0) + 1
        self.asked_at.append(self.now())
        if self.down:
            if self.down == "hang":
                await asyncio.sleep(3600)
            return web.Response(status=int(self.down), text="upstream connect error")
        if not method.startswith("chat."):
            return web.json_response(self._other(method))
        self.under_way += 1
        try:
            await asyncio.sleep(self.luck.uniform(0, self.latency_s / 2))
            answer = self._write(method, request, body)
            await asyncio.sleep(self.luck.uniform(0, self.latency_s / 2))
            return answer
        finally:
            self.under_way -= 1

    def _other(self, method: str) -> Json:
        known: dict[str, Json] = {
            "auth.test": {"team": "Home", "team_id": TEAM, "user": "planb", "user_id": "U0BOT", "bot_id": "B0"},
            "api.test": {},
            "users.info": {"user": {"id": "U1", "is_admin": True}},
            "apps.connections.open": {"url": f"{self.url.replace('http', 'ws')}/link?ticket={next(self._serial)}"},
        }
        return {"ok": True, **known[method]} if method in known else {"ok": False, "error": "unknown_method"}

    def _write(self, method: str, request: web.Request, body: bytes) -> web.Response:
        said: Json = json.loads(body)
        token = request.headers.get("Authorization", "").removeprefix("Bearer xoxb-")
        team = TEAM if token == "fine" else token
        wait = self._limited(method, team, said["channel"])
        if wait:
            refusal = {"ok": False, "error": "ratelimited"}
            return web.json_response(refusal, status=429, headers={"Retry-After": str(int(wait))})
        channel = f"slack {team} {said['channel']}"
        done = (
            self._post(channel, team, said, body) if method == "chat.postMessage" else self._edit(channel, said, body)
        )
        return web.json_response(done)

    def _limited(self, method: str, team: str, channel: str) -> float:
        if self.limits is None:
            return 0
        scopes = (
            [(f"{team} {channel}", _a_channel), (team, _a_workspace)]
            if method == "chat.postMessage"
            else [(f"{team} edits", _edits)]
        )
        return self.limits.ask(scopes, self.now())

    def _post(self, channel: str, team: str, said: Json, body: bytes) -> Json:
        ts = f"1790000000.{next(self._serial):06d}"
        thread = said.get("thread_ts")
        root = thread if (channel, thread) in self.record.by_id else None
        self.record.post(channel, ts, root, body, self.now())
        if self.echoes and "metadata" in said:
            self._later(self._echo(said["channel"], team, ts, said["metadata"]))
        message = {"ts": ts, "text": said["text"], **({"thread_ts": root} if root else {})}
        return {"ok": True, "channel": said["channel"], "ts": ts, "message": message}

    def _edit(self, channel: str, said: Json, body: bytes) -> Json:
        if not self.record.edit(channel, said["ts"], body):
            return {"ok": False, "error": "message_not_found"}
        return {"ok": True, "channel": said["channel"], "ts": said["ts"], "text": said["text"]}

    def _later(self, errand: Any) -> None:
        task = asyncio.create_task(errand)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    async def _echo(self, channel: str, team: str, ts: str, metadata: Json) -> None:
        """Until somebody acknowledges it, as long as Slack would: the scale of all times here is about 1 : 80.

        Of what nobody acknowledged the ids of the messages are kept in `unheard`.
        """
        event = {
            "type": "message_metadata_posted",
            "app_id": "A0",
            "bot_id": "B0",
            "user_id": "U0BOT",
            "team_id": team,
            "channel_id": channel,
            "message_ts": ts,
            "event_ts": ts,
            "metadata": metadata,
        }
        who = [{"team_id": team, "user_id": "U0BOT", "is_bot": True}]
        payload: Json = {
            "type": "event_callback",
            "team_id": team,
            "api_app_id": "A0",
            "event": event,
            "event_id": f"Ev{ts}",
        }
        payload |= {"event_time": 1_790_000_000, "authorizations": who}
        until = self.now() + self.repeat_for_s
        await asyncio.sleep(self.luck.uniform(0, self.echo_delay_s))
        while self.now() < until:
            try:
                await self._envelope("events_api", payload, self.ack_patience_s)
            except (TimeoutError, IndexError, ConnectionError):
                await asyncio.sleep(0.2)
            else:
                return
        self.unheard.add(ts)

    async def _envelope(self, kind: str, payload: Json, within: float) -> None:
        number = f"env-{next(self._serial)}"
        acked = self._acks[number] = asyncio.get_running_loop().create_future()
        try:
            await self.luck.choice(self._sockets).send_json({"envelope_id": number, "type": kind, "payload": payload})
            async with asyncio.timeout(within):
                await acked
        finally:
            del self._acks[number]

    async def _link(self, request: web.Request) -> web.StreamResponse:
        if self.down:
            return web.Response(status=503)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "hello", "num_connections": 1, "connection_info": {"app_id": "A0"}})
        self._sockets.append(socket)
        async for received in socket:
            if received.type is WSMsgType.TEXT:
                waiting = self._acks.get(received.json().get("envelope_id"))
                if waiting and not waiting.done():
                    waiting.set_result(None)
        if socket in self._sockets:
            self._sockets.remove(socket)
        return socket

    async def _respond(self, request: web.Request) -> web.Response:
        await request.read()
        return web.Response(text="ok")
