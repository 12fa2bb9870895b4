"""Discord, as far as its promises go: the same nonce within 120 s is the same message.

https://docs.discord.com/developers/resources/message#create-message
"""

import asyncio
import itertools
import json
import random
import time
from typing import Any

from aiohttp import WSMsgType, web

from tests.torture.limits import Limits, Meter, Window
from tests.torture.record import Record

GUILD, TOKEN, APPLICATION = 2000, "NDI0Mg.made.up", 4242
NONCE_S = 120
_AT = "2026-05-04T12:00:00+00:00"
Json = dict[str, Any]


def _a_channel() -> Meter:
    return Window(5, 5)


def _everything() -> Meter:
    return Window(50, 1)


def _bot() -> Json:
    return {"id": str(APPLICATION), "username": "planb", "discriminator": "0", "avatar": None, "bot": True}


class DiscordSide:
    """`down` is empty, or what befalls every call: an HTTP status, or "hang"."""

    def __init__(self, record: Record, luck: random.Random, *, enforcing: bool = False) -> None:
        self.record = record
        self.luck = luck
        self.latency_s = 0.03
        self.down = ""
        self.limits = Limits(grain=0.001) if enforcing else None
        self.under_way = 0
        self.identified = 0
        self.suppressed = 0
        self.too_late_s: list[float] = []
        self.asked_at: list[float] = []
        self.url = ""
        self.now = time.monotonic
        self._ids = itertools.count(9_000_000)
        self._threads: dict[str, str] = {}
        self._nonces: dict[str, tuple[str, float]] = {}
        self._sockets: set[web.WebSocketResponse] = set()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/discord/api/users/@me", self._plain(_bot())),
            web.get("/discord/api/oauth2/applications/@me", self._plain(_application())),
            web.get("/discord/api/gateway", self._plain({"url": "wss://gateway.discord.example"})),
            web.get("/discord/api/gateway/bot", self._limits),
            web.put("/discord/api/applications/{app}/commands", self._commands),
            web.post("/discord/api/channels/{channel}/messages", self._slowly(self._post)),
            web.patch("/discord/api/channels/{channel}/messages/{message}", self._slowly(self._edit)),
            web.post("/discord/api/channels/{channel}/messages/{message}/threads", self._slowly(self._thread)),
            web.get("/discord/gateway", self._gateway),
            web.get("/discord/gateway/", self._gateway),
        ]

    async def close(self) -> None:
        for socket in list(self._sockets):
            await socket.close()

    def cut(self) -> None:
        for socket in self._sockets:
            if socket._req and socket._req.transport:
                socket._req.transport.abort()

    def _plain(self, answer: Json) -> Any:
        async def answering(request: web.Request) -> web.Response:
            return await self._dead() or _json(answer)

        return answering

    async def _dead(self) -> web.Response | None:
        self.asked_at.append(self.now())
        if self.down == "hang":
            await asyncio.sleep(3600)
        return web.Response(status=int(self.down), text="upstream connect error") if self.down else None

    def _slowly(self, route: Any) -> Any:
        async def answering(request: web.Request) -> web.Response:
            body = await request.read()
            if dead := await self._dead():
                return dead
            self.under_way += 1
            try:
                await asyncio.sleep(self.luck.uniform(0, self.latency_s / 2))
                answer: web.Response = self._limited(request) or route(request, body)
                await asyncio.sleep(self.luck.uniform(0, self.latency_s / 2))
                return answer
            finally:
                self.under_way -= 1

        return answering

    def _limited(self, request: web.Request) -> web.Response | None:
        if self.limits is None:
            return None
        now, bucket = self.now(), _bucket(request)
        wait = self.limits.ask([(bucket, _a_channel), ("all", _everything)], now)
        if not wait:
            return None
        everything = self.limits.meter("all")
        worldwide = everything is not None and everything.shut_until > now
        headers = {"Retry-After": f"{wait:.3f}", "Via": "1.1 world"} | _meter_headers(self.limits, bucket, now)
        if worldwide:
            headers["X-RateLimit-Global"] = "true"
        told = {"message": "You are being rate limited.", "retry_after": wait, "global": worldwide}
        return _json(told, 429, headers)

    async def _limits(self, request: web.Request) -> web.Response:
        limit = {"total": 1000, "remaining": 900, "reset_after": 1000, "max_concurrency": 1}
        gateway = f"{self.url.replace('http', 'ws')}/discord/gateway"
        return await self._dead() or _json({"url": gateway, "shards": 1, "session_start_limit": limit})

    async def _commands(self, request: web.Request) -> web.Response:
        ours = {"application_id": str(APPLICATION), "default_member_permissions": None, "version": "1"}
        return await self._dead() or _json([{**ours, "id": self._id(), **one} for one in await request.json()])

    def _post(self, request: web.Request, body: bytes) -> web.Response:
        said, place, now = json.loads(body), request.match_info["channel"], self.now()
        nonce = said.get("nonce") if said.get("enforce_nonce") else None
        known = self._nonces.get(nonce) if nonce else None
        if known and now - known[1] < NONCE_S:
            self.suppressed += 1
            return self._shown(request, known[0], place, now)
        if known:
            self.too_late_s.append(now - known[1])
        name = self._id()
        if nonce:
            self._nonces[nonce] = name, now
        root = place if place in self._threads else (said.get("message_reference") or {}).get("message_id")
        channel = f"discord {self._threads.get(place, place)}"
        self.record.post(channel, name, root, body, now)
        return self._shown(request, name, place, now)

    def _shown(self, request: web.Request, name: str, place: str, now: float) -> web.Response:
        headers = _meter_headers(self.limits, _bucket(request), now) if self.limits else {}
        return _json(_message(name, place), 200, headers)

    def _edit(self, request: web.Request, body: bytes) -> web.Response:
        name, place = request.match_info["message"], request.match_info["channel"]
        if not self.record.edit(f"discord {place}", name, body):
            return _json({"code": 10008, "message": "Unknown Message"}, 404)
        return self._shown(request, name, place, self.now())

    def _thread(self, request: web.Request, body: bytes) -> web.Response:
        root, place = request.match_info["message"], request.match_info["channel"]
        if root in self._threads:
            return _json({"code": 160004, "message": "A thread has already been created for this message"}, 400)
        self._threads[root] = place
        data = {"archived": False, "auto_archive_duration": 1440, "archive_timestamp": _AT, "locked": False}
        about = {"id": root, "type": 11, "guild_id": str(GUILD), "parent_id": place, "name": "t", "flags": 0}
        return _json({**about, "owner_id": str(APPLICATION), "thread_metadata": data}, 201)

    def _id(self) -> str:
        return str(next(self._ids))

    def forget(self) -> None:
        """As if more than the nonces' window had passed."""
        self._nonces.clear()

    async def _gateway(self, request: web.Request) -> web.StreamResponse:
        if self.down:
            return web.Response(status=503)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._sockets.add(socket)
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 40_000}})
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                await self._hear(socket, message.json())
        self._sockets.discard(socket)
        return socket

    async def _hear(self, socket: web.WebSocketResponse, said: Json) -> None:
        if said["op"] == 1:
            await socket.send_json({"op": 11})
        elif said["op"] == 2:
            self.identified += 1
            gateway = f"{self.url.replace('http', 'ws')}/discord/gateway"
            about = {"session_id": f"s{self.identified}", "resume_gateway_url": gateway, "v": 10, "guilds": []}
            ready = {**about, "application": {"id": str(APPLICATION), "flags": 0}, "user": _bot()}
            await socket.send_json({"op": 0, "s": 1, "t": "READY", "d": ready})
        elif said["op"] == 6:
            await socket.send_json({"op": 0, "s": said["d"]["seq"] + 1, "t": "RESUMED", "d": {}})


def _application() -> Json:
    data = {"id": str(APPLICATION), "name": "planb", "description": "", "verify_key": "00", "icon": None}
    return {**data, "bot_public": True, "bot_require_code_grant": False, "flags": 0, "owner": _bot(), "summary": ""}


def _bucket(request: web.Request) -> str:
    kind = "threads" if request.path.endswith("/threads") else request.method
    return f"{kind} {request.match_info['channel']}"


def _meter_headers(limits: Limits, bucket: str, now: float) -> dict[str, str]:
    meter = limits.meter(bucket)
    assert isinstance(meter, Window)
    left = {"Limit": meter.most, "Remaining": meter.left, "Reset-After": f"{max(0.0, meter.ends - now):.3f}"}
    kind = bucket.split(" ", maxsplit=1)[0]
    return {f"X-RateLimit-{name}": str(value) for name, value in {**left, "Bucket": kind}.items()}


def _message(name: str, place: str) -> Json:
    return {
        "id": name,
        "channel_id": place,
        "author": _bot(),
        "timestamp": _AT,
        "edited_timestamp": None,
        **dict.fromkeys(("mentions", "mention_roles", "attachments", "components", "embeds"), ()),
        **dict.fromkeys(("tts", "mention_everyone", "pinned"), False),
        **dict.fromkeys(("type", "flags"), 0),
        "content": "",
    }


def _json(data: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    # discord.py looks for exactly this content type.
    return web.Response(
        body=json.dumps(data).encode(), status=status, headers={**(headers or {}), "Content-Type": "application/json"}
    )
