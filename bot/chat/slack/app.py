"""Slack: posts, replies, edits, tells; answers `/outage`."""

import asyncio
import logging
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat.slack.blocks import message, plain
from bot.chat.slack.calls import API_URL, CALL_SECONDS, Call, call
from bot.chat.slack.door import Door
from bot.chat.slack.ears import Ears
from bot.chat.slack.errors import UNEDITABLE, UNSHOWABLE, mend, word
from bot.chat.slack.installing import Installing, OAuth
from bot.chat.slack.listening import Listener
from bot.chat.slack.manifest import ECHO, PATH
from bot.chat.slack.people import Admins
from bot.chat.slack.socket import listen
from bot.chat.slack.workspaces import Workspaces
from bot.commands.spec import FrontDesk
from bot.domain.card import Card
from bot.domain.errors import SendError, Verdict
from bot.domain.subscription import Action, Claim, Platform, Receipt
from bot.domain.words import Language
from bot.ports import Clock, Outbox, Safe, Settled, Tenants

ECHO_WINDOW = timedelta(minutes=6.5)
"""Slack sends an event again at once, after 1 minute and after 5: https://docs.slack.dev/apis/events-api/#retries"""
HEARD_WINDOW = timedelta(seconds=75)
"""Where this process has listened without a break since before the post, its echo comes at the first try; or at that
after a minute, where Slack first told another process of ours, which was stopped meanwhile."""
ECHO_POLL = timedelta(seconds=15)
EARS_FIRST = timedelta(seconds=5)
"""After the start nothing is posted before we listen; where that takes longer, the news goes out all the same."""

_QUIET = {"link_names": False, "parse": "none"}
_NO_PREVIEWS = {"unfurl_links": False, "unfurl_media": False}


class SlackChat:
    """The Slack side of the Chat port: the workspace of the bot token, those that installed by OAuth, or both.

    With an `app_token` it listens in Socket Mode; with a `signing_secret` over HTTP at `routes()`. `admins` are user
    ids who may manage besides each workspace's own admins. With a `store` and a `safe` other workspaces have their own
    tokens; with `oauth` they can get them. `api_url` is Slack's, or that of a stand-in.
    """

    platform = Platform.SLACK

    def __init__(
        self,
        *,
        bot_token: str | None = None,
        app_token: str | None = None,
        signing_secret: str | None = None,
        admins: frozenset[str] = frozenset(),
        desk: FrontDesk,
        outbox: Outbox,
        clock: Clock,
        store: Tenants | None = None,
        safe: Safe | None = None,
        oauth: OAuth | None = None,
        language: Language = "en",
        api_url: str = API_URL,
        ping_interval: float = 5.0,
        echo_window: timedelta = ECHO_WINDOW,
    ) -> None:
        self._app_token = app_token
        self._clock = clock
        self._outbox = outbox
        self._ping_interval = ping_interval
        self._echo_window = echo_window
        self._began = clock.now()
        self._ears = ears = Ears(clock)
        self._workspaces = places = Workspaces(
            api_url=api_url, clock=clock, bot_token=bot_token, store=store, safe=safe
        )
        self._listener = Listener(
            client=places.anybody,
            admins=Admins(workspaces=places, named=admins, clock=clock),
            desk=desk,
            outbox=outbox,
            farewell=places.farewell,
            ears=ears,
            clock=clock,
            language=language,
        )
        self._routes: list[web.RouteDef] = []
        if signing_secret:
            door = Door(app=self._listener.app, signing_secret=signing_secret, ears=ears, clock=clock)
            self._routes.append(web.post(PATH, door.receive))
        if oauth and store and safe:
            self._routes += Installing(
                oauth=oauth, api_url=api_url, workspaces=places, store=store, safe=safe, desk=desk, clock=clock
            ).routes()
        self._log = logging.getLogger(__name__)

    def may_speak(self) -> bool:
        """A bot that dies at each start would post much of which it never hears: it listens first, if that is soon."""
        return not self._app_token or self._ears.were_open or self._clock.now() - self._began > EARS_FIRST

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
        """Slack shows us each of our posts once more, as an event; after the last repeat of it, it was never there.

        Where no post was ever shown, only a process that has lived that long itself sends anything again.
        """
        receipt = await self._outbox.echo(claim.id)
        if receipt or claim.delivery.action is Action.EDIT or claim.unsettled_since is None:
            return Settled(receipt=receipt)
        left = self._left(claim.unsettled_since, now)
        if left <= timedelta(0) and not await self._outbox.is_echoed():
            # Where Slack never tells of our posts, a bot that dies at each would post the same at every start.
            left = self._began + self._echo_window - now
        return Settled(wait=min(left, ECHO_POLL) if left > timedelta(0) else None)

    async def alive(self) -> None:
        """https://docs.slack.dev/reference/methods/api.test: needs no token. Raise SendError."""
        await call(self._workspaces.anybody.api_test)

    async def tell(self, owner: str, card: Card, workspace: str = "", language: Language | None = None) -> None:
        """A direct message. `owner` is a Slack user id of that workspace. Raise SendError."""
        await self._send(workspace, AsyncWebClient.chat_postMessage, card, channel=owner, **_QUIET, **_NO_PREVIEWS)

    async def check(self) -> str:
        """Who we are to Slack. Raise SettingsError where the bot token is wrong, SendError where Slack is away."""
        own = self._workspaces.own
        if own is None:
            return await self._workspaces.summary()
        try:
            answer = await call(own.auth_test)
        except SendError as error:
            wrong = mend(error.__cause__, "bot token")
            if wrong:
                raise wrong from error
            raise
        return f"{answer.get('user')} in {answer.get('team')}"

    async def run(self) -> None:
        """Listen until cancelled. Raise SettingsError, or SendError or ConnectionError when trying again may help."""
        # Without a bot token there is nobody to ask, and the store, which knows the others, may be away.
        self._log.info("Slack: %s", await self.check() if self._workspaces.own else "those who installed by OAuth")
        timekeeper = asyncio.create_task(self._ears.keep_time())
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=CALL_SECONDS)) as session:
            self._workspaces.share(session)  # one pool of connections while we run; one for each call otherwise
            try:
                if self._app_token:
                    app, client = self._listener.app, self._workspaces.anybody
                    await listen(app, client, self._app_token, self._ears, self._ping_interval)
                else:
                    await asyncio.Event().wait()
            finally:
                timekeeper.cancel()
                self._ears.close()
                await self._listener.drain()
                self._workspaces.share(None)

    def routes(self) -> list[web.RouteDef]:
        """What the web server must offer: `/slack/events` with a signing secret, two pages where workspaces install."""
        return self._routes

    def _left(self, since: datetime, now: datetime) -> timedelta:
        """How long the echo of a post of that time may still come."""
        heard = self._ears.heard_since(since)
        return since + (min(HEARD_WINDOW, self._echo_window) if heard else self._echo_window) - now

    async def _post(self, claim: Claim, card: Card, *, thread: Receipt | None) -> Receipt:
        # https://docs.slack.dev/messaging/message-metadata
        metadata = {"event_type": ECHO, "event_payload": {"delivery": str(claim.id)}}
        where = {"channel": thread.channel if thread else claim.delivery.target.channel}
        if thread:
            where["thread_ts"] = thread.message
        workspace, post = claim.delivery.target.workspace, AsyncWebClient.chat_postMessage
        answer = await self._send(workspace, post, card, **where, metadata=metadata, **_QUIET, **_NO_PREVIEWS)
        # Slack posts into the channel, without any error, when the thread's first message is gone.
        if thread and (answer.get("message") or {}).get("thread_ts") != thread.message:
            self._log.warning("The thread of delivery %d is gone; its reply stands in the channel", claim.id)
        return Receipt(message=str(answer["ts"]), channel=str(answer.get("channel") or where["channel"]))

    async def _edit(self, claim: Claim, root: Receipt, card: Card) -> Receipt:
        # `parse` must be said: unlike a post's, an edit's default makes links and mentions of plain words. Metadata
        # stays out, so the post keeps its own. https://docs.slack.dev/reference/methods/chat.update
        workspace, where = claim.delivery.target.workspace, {"channel": root.channel, "ts": root.message}
        try:
            await self._send(workspace, AsyncWebClient.chat_update, card, **where, **_QUIET)
        except SendError as error:
            if word(error.__cause__) not in UNEDITABLE:
                raise
            self._log.info("Delivery %d cannot edit its message; it follows up instead", claim.id)
            return await self._follow_up(claim, root, card)
        return root

    async def _follow_up(self, claim: Claim, root: Receipt, card: Card) -> Receipt:
        """Once: an edit may be repeated, but what an earlier try posted instead of it may not."""
        if claim.unsettled_since is None:
            return await self._post(claim, card, thread=root)
        left = self._left(claim.unsettled_since, self._clock.now())
        known = await self._outbox.echo(claim.id)
        if known is None and left > timedelta(0):
            # Not ambiguous: nothing new may be there, and the clock goes on from the earlier try.
            raise SendError("slack: asking whether the follow-up is there", Verdict(retry_after=min(left, ECHO_POLL)))
        return known or await self._post(claim, card, thread=root)

    async def _send(self, workspace: str, method: Call, card: Card, **arguments: Any) -> Any:
        try:
            return await self._call(workspace, method, **arguments, **message(card))
        except SendError as error:
            if word(error.__cause__) not in UNSHOWABLE:
                raise
            self._log.error("Slack does not take the blocks of a card, so it goes out as plain text: %s", error)
        return await self._call(workspace, method, **arguments, **plain(card), blocks=[])

    async def _call(self, workspace: str, method: Call, **arguments: Any) -> Any:
        """Called by the workspace's own client."""
        speaker = await self._workspaces.client(workspace)
        try:
            return await call(method, speaker, **arguments)
        except SendError as error:
            self._workspaces.heed(workspace, speaker, error)
            raise
