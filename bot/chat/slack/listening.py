"""What Slack tells us: commands, pressed buttons, echoes of our own posts, farewells; by Socket Mode or over HTTP."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import aiohttp
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltRequest, AsyncRespond
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat.slack.blocks import PRESS, message, plain
from bot.chat.slack.ears import Ears
from bot.chat.slack.errors import describe
from bot.chat.slack.manifest import COMMANDS, ECHO, FAREWELLS
from bot.chat.slack.people import Admins
from bot.commands.spec import Caller, FrontDesk
from bot.domain.card import Card
from bot.domain.errors import StoreAway
from bot.domain.subscription import Platform, Receipt, Target
from bot.domain.words import Language
from bot.ports import Clock, Outbox

Next = Callable[[], Awaitable[Any]]
Farewell = Callable[[str, str, datetime], Awaitable[None]]
"""What happened, to which workspace, when. May raise StoreAway."""
_FINE, _REFUSED, _AWAY = 200, 400, 503
_ID = re.compile(r"[0-9]{1,18}")
_YEAR_9999 = 253_402_300_799
FAREWELL_SECONDS = 2.0


class Listener:
    """Answers commands and buttons, notes echoes and farewells. `app` is the Bolt application to dispatch to."""

    def __init__(
        self,
        *,
        client: AsyncWebClient,
        admins: Admins,
        desk: FrontDesk,
        outbox: Outbox,
        farewell: Farewell,
        ears: Ears,
        clock: Clock,
        language: Language,
    ) -> None:
        self._admins = admins
        self._desk = desk
        self._outbox = outbox
        self._farewell = farewell
        self._ears = ears
        self._clock = clock
        self._language = language
        self._busy: set[asyncio.Task[Any]] = set()
        self._log = logging.getLogger(__name__)
        self.app = self._build(client)

    async def drain(self) -> None:
        """Let the answers and notes that are being written come to an end, but not for ever."""
        if self._busy:
            _, late = await asyncio.wait(self._busy, timeout=FAREWELL_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _build(self, client: AsyncWebClient) -> AsyncApp:
        bolt_log = logging.getLogger(f"{__name__}.bolt")
        bolt_log.setLevel(logging.ERROR)
        bolt_log.addFilter(_is_no_break)
        app = AsyncApp(
            name="planb",
            client=client,
            logger=bolt_log,
            signing_secret="",
            # Ours: Bolt's own asks auth.test before the first ack, which Slack wants within 3 s.
            authorize=_authorize,
            # door.py verifies; Bolt's own logs whole bodies and raises on odd headers.
            request_verification_enabled=False,
            # The echo of our own post is an event of our own bot.
            ignoring_self_events_enabled=False,
            attaching_conversation_kwargs_enabled=False,
        )
        app.use(self._event)
        for command in COMMANDS:
            app.command(command)(self._command)
        app.action(re.compile("^" + re.escape(PRESS)))(self._press)
        return app

    async def _event(self, request: AsyncBoltRequest, next: Next) -> BoltResponse | None:  # noqa: A002 (Bolt's name)
        """A middleware and no listener: Bolt acknowledges an event before its listener runs.

        Slack shall deliver an event again that the store could not take.
        https://docs.slack.dev/apis/events-api/#retries
        """
        note = self._noted(request.body)
        if note is None:
            await next()
            return None
        self._is_busy()
        try:
            await note
        except StoreAway:
            self._ears.miss()
            self._log.warning("An event came while the database was away; Slack will send it again")
            return BoltResponse(status=_AWAY)
        return BoltResponse(status=_FINE)

    def _noted(self, body: Mapping[str, Any]) -> Awaitable[None] | None:
        """What there is to do about an event that is ours to know."""
        event = body.get("event")
        if not isinstance(event, dict):
            return None
        delivery = _our_delivery(event, body)
        if delivery is not None:
            receipt = Receipt(message=str(event.get("message_ts", "")), channel=str(event.get("channel_id", "")))
            return self._outbox.echoed(delivery, receipt, self._clock.now())
        kind, workspace = event.get("type"), body.get("team_id")
        if kind in FAREWELLS and isinstance(workspace, str) and _is_farewell(event):
            return self._farewell(kind, workspace, _time(body) or self._clock.now())
        return None

    async def _command(self, ack: AsyncAck, respond: AsyncRespond, command: Mapping[str, str]) -> None:
        await ack()
        self._is_busy()
        caller = await self._caller(command.get("team_id", ""), command["channel_id"], command["user_id"])
        await self._answer(respond, await self._desk.answer_line(command.get("text", ""), caller))

    async def _press(
        self, ack: AsyncAck, respond: AsyncRespond, body: Mapping[str, Any], action: Mapping[str, Any]
    ) -> None:
        """https://docs.slack.dev/reference/interaction-payloads/block_actions-payload: `team` is where the app is."""
        await ack()
        self._is_busy()
        user, place = body["user"], body.get("channel") or body.get("container") or {}
        workspace = (body.get("team") or {}).get("id") or user.get("team_id") or ""
        caller = await self._caller(workspace, place.get("id") or place.get("channel_id") or "", user["id"])
        await self._answer(respond, await self._desk.press(str(action.get("value") or ""), caller))

    def _is_busy(self) -> None:
        """A stop gives what is being written a moment, be it an answer or a note."""
        if task := asyncio.current_task():
            self._busy.add(task)
            task.add_done_callback(self._busy.discard)

    async def _answer(self, respond: AsyncRespond, card: Card) -> None:
        try:
            await self._respond(respond, card)
        except (aiohttp.ClientError, OSError) as error:
            self._log.warning("Slack did not take the answer to a command: %s", describe(error))

    async def _caller(self, workspace: str, channel: str, user: str) -> Caller:
        return Caller(
            target=Target(platform=Platform.SLACK, workspace=workspace, channel=channel),
            user=user,
            may_manage=await self._admins.may_manage(user, workspace),
            language=self._language,
        )

    async def _respond(self, respond: AsyncRespond, card: Card) -> None:
        quiet: dict[str, Any] = {
            "response_type": "ephemeral",
            "replace_original": False,
            "unfurl_links": False,
            "unfurl_media": False,
        }
        answer = await respond(**message(card), **quiet)
        if answer.status_code == _REFUSED:
            answer = await respond(**plain(card), **quiet)
        if answer.status_code != _FINE:
            self._log.warning("Slack did not take the answer to a command: HTTP %d", answer.status_code)


def _is_no_break(record: logging.LogRecord) -> bool:
    """What a torn connection could not acknowledge, Slack says again on the next one: no traceback for that."""
    return not (record.exc_info and isinstance(record.exc_info[1], ConnectionError))


async def _authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id)


def _our_delivery(event: Mapping[str, Any], body: Mapping[str, Any]) -> int | None:
    """The delivery that an echo is about, if it is an echo of a post of this very app: anybody can send metadata."""
    if event.get("type") != "message_metadata_posted":
        return None
    metadata = event.get("metadata") or {}
    ours = event.get("app_id", body.get("api_app_id")) == body.get("api_app_id")
    said = str((metadata.get("event_payload") or {}).get("delivery", ""))
    return int(said) if ours and metadata.get("event_type") == ECHO and _ID.fullmatch(said) else None


def _is_farewell(event: Mapping[str, Any]) -> bool:
    """People's own tokens may be revoked too; we asked for none. https://docs.slack.dev/reference/events/tokens_revoked"""
    tokens = event.get("tokens")
    return event.get("type") != "tokens_revoked" or bool(isinstance(tokens, dict) and tokens.get("bot"))


def _time(body: Mapping[str, Any]) -> datetime | None:
    """When it happened, which may be minutes before it comes."""
    said = body.get("event_time")
    return datetime.fromtimestamp(said, UTC) if isinstance(said, int) and 0 < said < _YEAR_9999 else None
