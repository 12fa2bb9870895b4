"""A Discord of our own on loopback: the REST routes and the gateway that the adapter uses, and faults on demand.

Written from Discord's documentation, https://docs.discord.com/developers. Answers carry the exact content type that
discord.py looks for. What a client sent is in `log`; what Discord would show is in `messages`.
"""

import asyncio
import itertools
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import WSCloseCode, WSMsgType, web

from tests.chat.discord.fakes import APPLICATION

Json = dict[str, Any]
Route = Callable[[web.Request, Any], Awaitable[web.Response]]

GUILD, CHANNEL, THREAD, OWNER = 2000, 3000, 3100, 5000
EVERYTHING = str(2**50 - 1)
NOW = "2026-05-04T12:00:00+00:00"


@dataclass
class Fault:
    """What to answer instead, `times` times. `committed` does the work first; `drop` then cuts the connection."""

    method: str
    path: str
    status: int = 500
    code: int = 0
    times: int = 1
    headers: Json = field(default_factory=dict)
    committed: bool = False
    drop: bool = False


@dataclass
class Session:
    """One gateway session; it outlives its socket, so that it can be resumed."""

    id: str
    socket: web.WebSocketResponse
    transport: asyncio.Transport | None
    sent: list[Json] = field(default_factory=list)


def user(number: int, name: str, *, bot: bool = False) -> Json:
    return {"id": str(number), "username": name, "discriminator": "0", "avatar": None, "bot": bot, "global_name": None}


def member(permissions: str = EVERYTHING) -> Json:
    return {
        "user": user(OWNER, "ada"),
        "roles": [],
        "joined_at": NOW,
        "deaf": False,
        "mute": False,
        "flags": 0,
        "permissions": permissions,
    }


def channel(number: int = CHANNEL, **more: Any) -> Json:
    return {
        "id": str(number),
        "type": 0,
        "guild_id": str(GUILD),
        "name": "outages",
        "position": 0,
        "permission_overwrites": [],
        "parent_id": None,
        "flags": 0,
        **more,
    }


def thread(number: int = THREAD, **more: Any) -> Json:
    data = {"archived": False, "auto_archive_duration": 1440, "archive_timestamp": NOW, "locked": False}
    extra = {"owner_id": str(APPLICATION), "thread_metadata": data, "message_count": 0, "member_count": 1}
    return channel(number, type=11, parent_id=str(CHANNEL), **extra, **more)


def guild() -> Json:
    everyone = {"id": str(GUILD), "name": "@everyone", "permissions": EVERYTHING, "position": 0, "color": 0}
    role = {**everyone, "colors": {"primary_color": 0}, "hoist": False, "managed": False, "mentionable": False}
    lists = ("emojis", "stickers", "features", "threads", "members", "presences", "voice_states", "stage_instances")
    return {
        "id": str(GUILD),
        "name": "The mill",
        "owner_id": str(OWNER),
        "roles": [role],
        "channels": [channel()],
        "member_count": 2,
        "preferred_locale": "en-US",
        **{name: [] for name in lists},
        **dict.fromkeys(("verification_level", "default_message_notifications", "explicit_content_filter"), 0),
        **dict.fromkeys(("mfa_level", "system_channel_flags", "premium_tier", "nsfw_level"), 0),
        **dict.fromkeys(("icon", "splash", "banner", "description", "afk_channel_id"), None),
    }


class Front:
    """`async with Front() as front:`, then aim a client at `front.api_url` and `front.gateway_url`."""

    def __init__(self) -> None:
        self._ids = itertools.count(9_000_000)
        self.log: list[tuple[str, str, Any]] = []
        self.messages: dict[str, Json] = {}
        self.by_nonce: dict[str, str] = {}
        self.threads: set[str] = set()
        self.recipients: list[str] = []
        self.syncs: list[Any] = []
        self.faults: list[Fault] = []
        self.delays: dict[str, float] = {}
        self.sessions: dict[str, Session] = {}
        self.ready = asyncio.Event()
        self.identified = self.resumed = 0
        self.remaining = 900
        self.intents = 0
        self.bucket = (100, 1.0)
        self._left: tuple[float, int] | None = None
        self.callbacks: dict[str, asyncio.Future[Json]] = {}
        self.originals: dict[str, asyncio.Future[Json]] = {}
        self.endpoint: Callable[[Json], Awaitable[None]] | None = None
        self.endpoint_url: str | None = None
        self.verify_key = "00"
        self.closed: list[int | None] = []

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/gateway", self._gateway)
        app.router.add_get("/gateway/", self._gateway)
        routes: dict[tuple[str, str], Route] = {
            ("GET", "/users/@me"): self._me,
            ("GET", "/oauth2/applications/@me"): self._application,
            ("GET", "/gateway"): self._door,
            ("GET", "/gateway/bot"): self._limits,
            ("PUT", "/applications/{app}/commands"): self._sync,
            ("POST", "/users/@me/channels"): self._direct,
            ("POST", "/channels/{channel}/messages"): self._post,
            ("PATCH", "/channels/{channel}/messages/{message}"): self._edit,
            ("POST", "/channels/{channel}/messages/{message}/threads"): self._thread,
            ("POST", "/interactions/{id}/{token}/callback"): self._callback,
            ("PATCH", "/webhooks/{app}/{token}/messages/@original"): self._original,
        }
        for (method, path), route in routes.items():
            app.router.add_route(method, "/api" + path, self._faulty(route))
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.api_url, self.gateway_url = f"http://127.0.0.1:{port}/api", f"ws://127.0.0.1:{port}/gateway"
        return self

    async def __aexit__(self, *_: object) -> None:
        for session in self.sessions.values():
            await session.socket.close()
        await self._runner.cleanup()

    def sent(self, method: str, part: str) -> list[Any]:
        """The bodies of the requests so far whose path contains `part`."""
        return [body for verb, path, body in self.log if verb == method and part in path]

    def shown(self, place: int | str = CHANNEL) -> list[Json]:
        return [message for message in self.messages.values() if message["channel_id"] == str(place)]

    # REST

    def _faulty(self, route: Route) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def answer(request: web.Request) -> web.Response:
            body = await request.json() if request.can_read_body else None
            path = request.path.removeprefix("/api")
            self.log.append((request.method, path, body))
            await asyncio.sleep(next((pause for part, pause in self.delays.items() if part in path), 0))
            fault = next((f for f in self.faults if f.times and f.method == request.method and f.path in path), None)
            if fault is None:
                return await route(request, body)
            fault.times -= 1
            if fault.committed:
                await route(request, body)
            if fault.drop and request.transport is not None:
                request.transport.abort()
            return self._refusal(fault.status, fault.code, fault.headers)

        return answer

    @staticmethod
    def _refusal(status: int, code: int, headers: Json | None = None) -> web.Response:
        more = {"retry_after": float((headers or {}).get("Retry-After", 0))}
        return _json({"code": code, "message": "refused", **more}, status, headers)

    async def _me(self, request: web.Request, body: Any) -> web.Response:
        if not request.headers["Authorization"].startswith("Bot NDI0Mg"):
            return self._refusal(401, 0)
        return _json(user(APPLICATION, "planb", bot=True))

    async def _application(self, request: web.Request, body: Any) -> web.Response:
        data = {"id": str(APPLICATION), "name": "planb", "description": "", "icon": None}
        flags: Json = {"bot_public": True, "bot_require_code_grant": False, "flags": 0}
        flags |= {"verify_key": self.verify_key, "interactions_endpoint_url": self.endpoint_url}
        return _json({**data, **flags, "owner": user(OWNER, "ada"), "team": None, "summary": ""})

    async def _door(self, _: web.Request, __: Any) -> web.Response:
        return web.json_response({"url": self.gateway_url})

    async def _limits(self, request: web.Request, body: Any) -> web.Response:
        limit = {"total": 1000, "remaining": self.remaining, "reset_after": 1000, "max_concurrency": 1}
        return _json({"url": self.gateway_url, "shards": 1, "session_start_limit": limit})

    async def _sync(self, request: web.Request, body: Any) -> web.Response:
        self.syncs.append(body)
        ours = {"application_id": str(APPLICATION), "default_member_permissions": None}
        return _json([{**ours, "id": self._id(), "version": "1", **command} for command in body])

    async def _direct(self, request: web.Request, body: Any) -> web.Response:
        person = user(int(body["recipient_id"]), "ada")
        self.recipients.append(person["id"])
        return _json({"id": "3900", "type": 1, "recipients": [person], "last_message_id": None, "flags": 0})

    async def _post(self, request: web.Request, body: Any) -> web.Response:
        """Create Message. A nonce that is enforced and known is answered with the message it made before."""
        place, nonce = request.match_info["channel"], body.get("nonce")
        if place not in {str(CHANNEL), str(THREAD), "3900", *self.threads}:
            return self._refusal(404, 10003)
        if not self._take():
            wait = {"Retry-After": str(self.bucket[1]), "Via": "1.1 front"}
            return self._refusal(429, 0, wait)
        known = self.by_nonce.get(nonce) if nonce and body.get("enforce_nonce") else None
        if known is None:
            message = self._message(place, body)
            self.by_nonce[str(nonce)] = known = message["id"]
        elif known not in self.messages:
            return self._refusal(404, 10008)
        return _json(self.messages[known], headers=self._bucket_headers())

    def _take(self) -> bool:
        now = asyncio.get_running_loop().time()
        if self._left is None or now >= self._left[0]:
            self._left = (now + self.bucket[1], self.bucket[0])
        ends, left = self._left
        self._left = (ends, left - 1)
        return left > 0

    def _bucket_headers(self) -> Json:
        assert self._left is not None
        ends, left = self._left
        rest = ends - asyncio.get_running_loop().time()
        names = {"Limit": self.bucket[0], "Remaining": left, "Reset-After": f"{rest:.3f}", "Bucket": "posts"}
        return {f"X-RateLimit-{name}": str(value) for name, value in names.items()}

    def _message(self, place: str, body: Json) -> Json:
        message = {
            "id": self._id(),
            "channel_id": place,
            "author": user(APPLICATION, "planb", bot=True),
            "timestamp": NOW,
            "edited_timestamp": None,
            **dict.fromkeys(("mentions", "mention_roles", "attachments"), ()),
            "components": body.get("components") or [],
            **dict.fromkeys(("tts", "mention_everyone", "pinned"), False),
            **dict.fromkeys(("type", "flags"), 0),
            "content": "",
            "embeds": body.get("embeds", []),
            "reference": body.get("message_reference"),
        }
        self.messages[message["id"]] = message
        return message

    async def _edit(self, request: web.Request, body: Any) -> web.Response:
        message = self.messages.get(request.match_info["message"])
        if message is None:
            return self._refusal(404, 10008)
        message["embeds"] = body["embeds"]
        # An edit that does not speak of them keeps them.
        message["components"] = body.get("components", message["components"])
        return _json(message)

    async def _thread(self, request: web.Request, body: Any) -> web.Response:
        """Start Thread from Message: the thread gets the message's id."""
        root = request.match_info["message"]
        if root in self.threads:
            return self._refusal(400, 160004)
        if root not in self.messages:
            return self._refusal(404, 10008)
        self.threads.add(root)
        return _json(thread(int(root), name=body["name"]), 201)

    async def _callback(self, request: web.Request, body: Any) -> web.Response:
        waiting = self.callbacks.get(request.match_info["id"])
        if waiting is None:
            return self._refusal(404, 10062)
        if waiting.done():
            return self._refusal(400, 40060)
        waiting.set_result(body)
        number = request.match_info["id"]
        about = {"id": number, "type": 2, "response_message_id": number, "response_message_loading": True}
        return _json({"interaction": {**about, "response_message_ephemeral": True}, "resource": {"type": body["type"]}})

    async def _original(self, request: web.Request, body: Any) -> web.Response:
        self.originals[request.match_info["token"]].set_result(body)
        message = self._message("0", body)
        return _json(message)

    @property
    def direct(self) -> list[tuple[str, Json]]:
        """Direct messages with whom they are for, in the order in which they came."""
        return list(zip(self.recipients, self.shown("3900"), strict=True))

    def _id(self) -> str:
        return str(next(self._ids))

    # Gateway

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 40_000}})
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                await self._hear(socket, message.json(), request.transport)
        self.closed.append(socket.close_code)
        return socket

    async def _hear(self, socket: web.WebSocketResponse, said: Json, transport: asyncio.Transport | None) -> None:
        if said["op"] == 1:
            await socket.send_json({"op": 11})
        elif said["op"] == 2:
            self.identified += 1
            self.intents = said["d"]["intents"]
            session = self.sessions[self._id()] = Session(f"s{self.identified}", socket, transport)
            about = {"session_id": session.id, "resume_gateway_url": self.gateway_url, "v": 10}
            guilds = [{"id": str(GUILD), "unavailable": True}]
            application = {"id": str(APPLICATION), "flags": 0}
            bot = user(APPLICATION, "planb", bot=True)
            ready = {**about, "guilds": guilds, "application": application, "user": bot}
            await self._dispatch(session, "READY", ready)
            await self._dispatch(session, "GUILD_CREATE", guild())
            self.ready.set()
        elif said["op"] == 6:
            session = next(s for s in self.sessions.values() if s.id == said["d"]["session_id"])
            session.socket, session.transport = socket, transport
            self.resumed += 1
            for event in session.sent[said["d"]["seq"] :]:
                await socket.send_json(event)
            await self._dispatch(session, "RESUMED", {})
            self.ready.set()

    @staticmethod
    async def _dispatch(session: Session, event: str, data: Any) -> None:
        message = {"op": 0, "s": len(session.sent) + 1, "t": event, "d": data}
        session.sent.append(message)
        await session.socket.send_json(message)

    async def dispatch(self, event: str, data: Any) -> None:
        for session in self.sessions.values():
            await self._dispatch(session, event, data)

    async def kick(self, code: int = 4000) -> None:
        self.ready.clear()
        for session in self.sessions.values():
            await session.socket.close(code=WSCloseCode(code) if code < 3000 else code)

    def cut(self) -> None:
        """The network is gone: no close frame, no goodbye."""
        for session in self.sessions.values():
            if session.transport is not None:
                session.transport.abort()

    # People

    async def interact(self, kind: int, options: list[Json], command: str, **more: Any) -> tuple[str, Json]:
        """Type `/outage command options` (2) or a part of it (4); the token of it and how it was first answered.

        It goes to the application's endpoint where it has one, else to everybody who is connected.
        """
        asked = self.asked(kind, options, command, **more)
        if self.endpoint:
            await self.endpoint(asked)
        else:
            await self.dispatch("INTERACTION_CREATE", asked)
        return asked["token"], await asyncio.wait_for(asyncio.shield(self.callbacks[asked["id"]]), 3)

    def asked(self, kind: int, options: list[Json], command: str, **more: Any) -> Json:
        """What an application gets."""
        number = self._id()
        self.callbacks[number] = asyncio.get_running_loop().create_future()
        token = f"token{number}"
        self.originals[token] = asyncio.get_running_loop().create_future()
        where = more.pop("where", channel())
        data = {"id": "1", "name": "outage", "type": 1, "options": [{"name": command, "type": 1, "options": options}]}
        payload = {
            "id": number,
            "application_id": str(APPLICATION),
            "type": kind,
            "token": token,
            "version": 1,
            "guild_id": str(GUILD),
            "guild": {"id": str(GUILD), "locale": "en-US", "features": []},
            "channel": where,
            "channel_id": where["id"],
            "member": member(),
            "locale": "en-US",
            "app_permissions": EVERYTHING,
            "entitlements": [],
            "attachment_size_limit": 1,
            "context": 0,
            "data": data,
        }
        return {**payload, **more}

    async def ask(self, command: str, *, where: Json | None = None, options: Json | None = None, **more: Any) -> Json:
        """Type a command and wait for its embed."""
        typed = [{"name": name, "type": 3, "value": value} for name, value in (options or {}).items()]
        token, _ = await self.interact(2, typed, command, where=where or channel(), **more)
        body = await asyncio.wait_for(self.originals[token], 3)
        embed: Json = body["embeds"][0]
        return embed

    async def press(self, button: str, **more: Any) -> Json:
        """Press a button of ours and wait for the answer that only who pressed it sees."""
        message = self.message_of(button) or self._message(str(CHANNEL), {})
        data = {"component_type": 2, "custom_id": button, "id": 1}
        token, first = await self.interact(3, [], "", data=data, message=message, **more)
        assert first == {"type": 5, "data": {"flags": 64}}
        body: Json = await asyncio.wait_for(self.originals[token], 3)
        return body

    def message_of(self, button: str) -> Json | None:
        """The message that shows this button now."""
        return next((one for one in self.messages.values() if button in buttons_of(one)), None)


def buttons_of(message: Json) -> list[str]:
    """What the buttons of a message do."""
    return [button["custom_id"] for row in message["components"] for button in row["components"]]


def _json(data: Any, status: int = 200, headers: Json | None = None) -> web.Response:
    return web.Response(
        body=json.dumps(data).encode(), status=status, headers={**(headers or {}), "Content-Type": "application/json"}
    )
