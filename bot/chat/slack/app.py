"""Slack: posts, replies, edits, tells; answers `/outage`."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from aiohttp import web
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat.slack.blocks import message, plain
from bot.chat.slack.door import Door
from bot.chat.slack.errors import UNEDITABLE, UNSHOWABLE, describe, mend, verdict, word
from bot.chat.slack.listening import Listener
from bot.chat.slack.manifest import ECHO, PATH
from bot.chat.slack.people import Admins
from bot.chat.slack.socket import listen
from bot.commands.spec import FrontDesk
from bot.domain.card import Card
from bot.domain.errors import SendError
from bot.domain.subscription import Action, Claim, Platform, Receipt
from bot.domain.words import Language
from bot.ports import Clock, Outbox, Settled

API_URL = "https://slack.com/api/"
CALL_SECONDS = 10
ECHO_WINDOW = timedelta(minutes=6.5)
"""Slack sends an event again at once, after 1 minute and after 5: https://docs.slack.dev/apis/events-api/#retries"""
ECHO_POLL = timedelta(seconds=15)

Call = Callable[..., Awaitable[Any]]
_QUIET = {"link_names": False, "parse": "none"}
_NO_PREVIEWS = {"unfurl_links": False, "unfurl_media": False}


class SlackChat:
    """The Slack side of the Chat port, for the one workspace that the bot token belongs to.

    With an `app_token` it listens in Socket Mode; with a `signing_secret` over HTTP at `routes()`. `admins` are user
    ids who may manage besides the workspace's own admins. `api_url` is Slack's, or that of a stand-in.
    """

    platform = Platform.SLACK

    def __init__(
        self,
        *,
        bot_token: str,
        app_token: str | None = None,
        signing_secret: str | None = None,
        admins: frozenset[str] = frozenset(),
        desk: FrontDesk,
        outbox: Outbox,
        clock: Clock,
        language: Language = "en",
        api_url: str = API_URL,
        ping_interval: float = 5.0,
        echo_window: timedelta = ECHO_WINDOW,
    ) -> None:
        # No retry handlers: the outbox is the only retrier. slack_sdk's default one repeats a post whose connection
        # broke, and so can show it twice.
        self._client = AsyncWebClient(bot_token, base_url=api_url, timeout=CALL_SECONDS, retry_handlers=[])
        self._app_token = app_token
        self._outbox = outbox
        self._ping_interval = ping_interval
        self._echo_window = echo_window
        self._listener = Listener(
            client=AsyncWebClient(base_url=api_url, timeout=CALL_SECONDS, retry_handlers=[]),
            admins=Admins(client=self._client, named=admins, clock=clock),
            desk=desk,
            outbox=outbox,
            clock=clock,
            language=language,
        )
        self._door = (
            Door(app=self._listener.app, signing_secret=signing_secret, clock=clock) if signing_secret else None
        )
        self._log = logging.getLogger(__name__)

    async def deliver(self, claim: Claim, card: Card) -> Receipt:
        """Post, reply or edit. Raise SendError.

        An edit without a message to edit is nothing to do; its receipt is empty.
        """
        match claim.delivery.action:
            case Action.EDIT if claim.root:
                return await self._edit(claim, claim.root, card)
            case Action.REPLY:
                return await self._post(claim, card, thread=claim.root)
            case Action.POST | Action.TELL:
                return await self._post(claim, card, thread=None)
            case _:
                return Receipt(message="", channel=claim.delivery.target.channel)

    async def settle(self, claim: Claim, now: datetime) -> Settled:
        """Slack shows us each of our posts once more, as an event; after the last repeat of it, it was never there."""
        receipt = await self._outbox.echo(claim.id)
        if receipt or claim.delivery.action is Action.EDIT or claim.unsettled_since is None:
            return Settled(receipt=receipt)
        left = claim.unsettled_since + self._echo_window - now
        return Settled(wait=min(left, ECHO_POLL) if left > timedelta(0) else None)

    async def alive(self) -> None:
        """https://docs.slack.dev/reference/methods/api.test: needs no token. Raise SendError."""
        await self._call(self._client.api_test)

    async def tell(self, owner: str, card: Card) -> None:
        """A direct message. `owner` is a Slack user id. Raise SendError."""
        await self._send(self._client.chat_postMessage, card, channel=owner, **_QUIET, **_NO_PREVIEWS)

    async def check(self) -> str:
        """Who we are to Slack. Raise SettingsError where the bot token is wrong, SendError where Slack is away."""
        try:
            answer = await self._call(self._client.auth_test)
        except SendError as error:
            wrong = mend(error.__cause__, "bot token")
            if wrong:
                raise wrong from error
            raise
        return f"{answer.get('user')} in {answer.get('team')}"

    async def run(self) -> None:
        """Listen until cancelled. Raise SettingsError, or SendError or ConnectionError when trying again may help."""
        self._log.info("Slack: %s", await self.check())
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=CALL_SECONDS)) as session:
            self._client.session = session  # one pool of connections while we run; one for each call otherwise
            try:
                if self._app_token:
                    await listen(self._listener.app, self._client, self._app_token, self._ping_interval)
                else:
                    await asyncio.Event().wait()
            finally:
                await self._listener.drain()
                self._client.session = None

    def routes(self) -> list[web.RouteDef]:
        """What the web server must offer for HTTP mode; nothing without a signing secret."""
        return [web.post(PATH, self._door.receive)] if self._door else []

    async def _post(self, claim: Claim, card: Card, *, thread: Receipt | None) -> Receipt:
        # https://docs.slack.dev/messaging/message-metadata
        metadata = {"event_type": ECHO, "event_payload": {"delivery": str(claim.id)}}
        where = {"channel": thread.channel if thread else claim.delivery.target.channel}
        if thread:
            where["thread_ts"] = thread.message
        answer = await self._send(
            self._client.chat_postMessage, card, **where, metadata=metadata, **_QUIET, **_NO_PREVIEWS
        )
        # Slack posts into the channel, without any error, when the thread's first message is gone.
        if thread and (answer.get("message") or {}).get("thread_ts") != thread.message:
            self._log.warning("The thread of delivery %d is gone; its reply stands in the channel", claim.id)
        return Receipt(message=str(answer["ts"]), channel=str(answer.get("channel") or where["channel"]))

    async def _edit(self, claim: Claim, root: Receipt, card: Card) -> Receipt:
        # `parse` must be said: unlike a post's, an edit's default makes links and mentions of plain words. Metadata
        # stays out, so the post keeps its own. https://docs.slack.dev/reference/methods/chat.update
        try:
            await self._send(self._client.chat_update, card, channel=root.channel, ts=root.message, **_QUIET)
        except SendError as error:
            if word(error.__cause__) not in UNEDITABLE:
                raise
            self._log.info("Delivery %d cannot edit its message; it follows up instead", claim.id)
            return await self._post(claim, card, thread=root)
        return root

    async def _send(self, call: Call, card: Card, **arguments: Any) -> Any:
        try:
            return await self._call(call, **arguments, **message(card))
        except SendError as error:
            if word(error.__cause__) not in UNSHOWABLE:
                raise
            self._log.error("Slack does not take the blocks of a card, so it goes out as plain text: %s", error)
        return await self._call(call, **arguments, **plain(card), blocks=[])

    async def _call(self, call: Call, **arguments: Any) -> Any:
        try:
            answer = await call(**arguments)
        except (SlackClientError, aiohttp.ClientError, OSError, ValueError, AttributeError) as error:
            raise SendError(f"slack: {describe(error)}", verdict(error)) from error
        return answer.data
