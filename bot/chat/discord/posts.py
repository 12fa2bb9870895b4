"""Where a card goes: into the channel, into the incident's thread, or over an earlier message.

No cache is needed for any of it. A thread that was started from a message has that message's id:
https://docs.discord.com/developers/resources/channel#start-thread-from-message
"""

from typing import Literal

import discord

from bot.chat.discord import errors
from bot.chat.discord.buttons import Shown
from bot.chat.discord.escape import line, shorten
from bot.domain.errors import SendError, Verdict
from bot.domain.subscription import Claim, Receipt

_NONCE = "planb-"
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_THREAD_NAME_MAX = 100
_A_DAY: Literal[1440] = 1440
_PLACES_MAX = 10_000

_NO_THREAD = frozenset(
    {
        errors.MISSING_ACCESS,
        errors.MISSING_PERMISSIONS,
        errors.WRONG_CHANNEL_TYPE,
        errors.UNKNOWN_CHANNEL,
        errors.UNKNOWN_MESSAGE,
        errors.THREAD_ARCHIVED,
        errors.THREAD_LOCKED,
    }
)
_REFUSED = frozenset({400, 403, 404, 405})
"""For whatever reason: a thread is a nicety, the words in it are not."""
_NO_REPLY = frozenset({errors.CANNOT_REPLY_WITHOUT_HISTORY, errors.UNKNOWN_MESSAGE})
_NO_EDIT = frozenset({errors.OLD_MESSAGE_EDITED_TOO_OFTEN, errors.UNKNOWN_MESSAGE})


def nonce(claim: int) -> str:
    """The same for the same delivery, whichever process sends it; at most 19 of Discord's 25 characters."""
    digits = ""
    while claim:
        claim, digit = divmod(claim, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return _NONCE + (digits or "0")


class Posts:
    """Messages of one client. Raises what discord.py and the network raise."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        # Channels of root messages whose replies cannot go into a thread, and those whose thread is known to be there.
        self._threads: dict[str, bool] = {}

    @property
    def connected(self) -> bool:
        """Whether the client's gateway is open; `is_ready` alone stays true while it reconnects."""
        return self._client.is_ready() and self._client.ws.open

    async def post(self, claim: Claim, shown: Shown) -> Receipt:
        return await self._post(claim, shown, claim.delivery.target.channel)

    async def reply(self, claim: Claim, shown: Shown) -> Receipt:
        """Into the incident's thread; where there can be none, as an answer to the incident's first message."""
        root = claim.root
        if root is None or not root.message:
            return await self.post(claim, shown)
        if await self._has_thread(root, claim.delivery.change.incident.title):
            try:
                return await self._post(claim, shown, root.message, thread_of=root)
            except discord.HTTPException as error:
                if error.code not in _NO_THREAD:
                    raise
                self._remember(root, there=False)
        return await self._answer(claim, shown, root)

    async def edit(self, claim: Claim, shown: Shown) -> Receipt:
        """Over the incident's first message. Where that cannot be edited any more, once below it."""
        root = claim.root
        if root is None or not root.message:
            return Receipt(message="", channel=claim.delivery.target.channel)
        channel = self._client.get_partial_messageable(int(root.channel))
        try:
            # Without `allowed_mentions` an edit is parsed with the default ones, which ping:
            # https://docs.discord.com/developers/resources/message#edit-message
            await channel.get_partial_message(int(root.message)).edit(
                embed=shown.embed, view=shown.buttons, allowed_mentions=discord.AllowedMentions.none()
            )
        except discord.HTTPException as error:
            if error.code not in _NO_EDIT:
                raise
            return await self._post(claim, shown, root.channel)
        return root

    async def alive(self) -> None:
        """Whether Discord answers at all."""
        await self._client.http.request(discord.http.Route("GET", "/gateway"))

    async def tell(self, owner: str, shown: Shown) -> None:
        """A direct message. Raise SendError for someone who cannot be on Discord."""
        if not owner.isdecimal():
            raise SendError(f"discord: {owner!r} is nobody here", Verdict(permanent=True))
        channel = await self._client.create_dm(discord.Object(int(owner)))
        await channel.send(embed=shown.embed, allowed_mentions=discord.AllowedMentions.none())

    async def _answer(self, claim: Claim, shown: Shown, root: Receipt) -> Receipt:
        reference = discord.MessageReference(
            message_id=int(root.message), channel_id=int(root.channel), fail_if_not_exists=False
        )
        try:
            return await self._post(claim, shown, root.channel, reference)
        except discord.HTTPException as error:
            if error.code not in _NO_REPLY:
                raise
        return await self._post(claim, shown, root.channel)

    async def _post(
        self,
        claim: Claim,
        shown: Shown,
        channel: str,
        reference: discord.MessageReference | None = None,
        *,
        thread_of: Receipt | None = None,
    ) -> Receipt:
        place = channel if thread_of is None else thread_of.channel
        try:
            sent = await self._send(claim, shown, channel, reference)
        except discord.NotFound as error:
            if error.code != errors.UNKNOWN_MESSAGE or reference is not None:
                raise
            # It was there, and someone deleted it: discord.py documents this answer to a nonce it knows.
            return Receipt(message="", channel=place)
        return Receipt(message=str(sent.id), channel=place, thread=channel if thread_of is not None else "")

    async def _send(
        self, claim: Claim, shown: Shown, channel: str, reference: discord.MessageReference | None
    ) -> discord.Message:
        # discord.py sends `enforce_nonce` along with every nonce; without ours it makes up another one at each call.
        return await self._client.get_partial_messageable(int(channel)).send(
            embed=shown.embed,
            view=shown.buttons,  # type: ignore[arg-type] # none is none
            nonce=nonce(claim.id),
            reference=reference,  # type: ignore[arg-type] # none is none
            mention_author=False,
            allowed_mentions=discord.AllowedMentions.none(),
        )

    async def _has_thread(self, root: Receipt, title: str) -> bool:
        if root.message not in self._threads:
            self._remember(root, there=await self._start_thread(root, title))
        return self._threads[root.message]

    async def _start_thread(self, root: Receipt, title: str) -> bool:
        name = shorten(line(title), _THREAD_NAME_MAX) or root.message
        try:
            await self._client.http.start_thread_with_message(
                int(root.channel), int(root.message), name=name, auto_archive_duration=_A_DAY
            )
        except discord.HTTPException as error:
            if error.code == errors.THREAD_EXISTS:
                return True
            if error.code in _NO_THREAD or error.status in _REFUSED:
                return False
            raise
        return True

    def _remember(self, root: Receipt, *, there: bool) -> None:
        self._threads[root.message] = there
        while len(self._threads) > _PLACES_MAX:
            del self._threads[next(iter(self._threads))]
