"""Installing the app by OAuth: two pages, and a state that is good once, for ten minutes, in one browser.

https://docs.slack.dev/authentication/installing-with-oauth
"""

import base64
import hashlib
import hmac
import logging
import secrets
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urljoin

from aiohttp import web

from bot.chat.slack import pages
from bot.chat.slack.calls import call
from bot.chat.slack.manifest import INSTALL_PATH, REDIRECT_PATH, SCOPES
from bot.chat.slack.workspaces import Workspaces
from bot.commands.spec import FrontDesk
from bot.domain.errors import SealBroken, SendError, StoreAway
from bot.domain.install import Install, label_of
from bot.domain.subscription import Platform
from bot.ports import Clock, Safe, Tenants

GOOD_FOR = timedelta(minutes=10)
AT_MOST, EACH = 120, timedelta(minutes=1)
"""So many begin here in one process: each costs a row."""
_LONGEST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuth:
    """`public_url` is where browsers reach us. A request's own Host is what its sender wrote, so it is not asked."""

    client_id: str
    client_secret: str = field(repr=False)
    public_url: str

    @property
    def redirect(self) -> str:
        """Where Slack sends the browser back to."""
        return self.public_url.rstrip("/") + REDIRECT_PATH

    @property
    def basic(self) -> str:
        """Who we are to Slack, as https://docs.slack.dev/reference/methods/oauth.v2.access wants it said."""
        return "Basic " + base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()

    @property
    def is_private(self) -> bool:
        """Over TLS, as Slack wants it; without, only a test can be meant."""
        return self.public_url.startswith("https://")

    @property
    def cookie(self) -> str:
        """A browser takes `__Host-` only over TLS and from this very host.

        https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Set-Cookie#cookie_prefixes
        """
        return "__Host-planb_install" if self.is_private else "planb_install"


class _Sorry(Exception):
    """It ends here, with a page."""

    def __init__(self, page: pages.Page) -> None:
        super().__init__(page)
        self.page = page


class Installing:
    """The two pages. Whatever goes wrong is a plain page that holds no secret."""

    def __init__(
        self,
        *,
        oauth: OAuth,
        api_url: str,
        workspaces: Workspaces,
        store: Tenants,
        safe: Safe,
        desk: FrontDesk,
        clock: Clock,
    ) -> None:
        self._oauth = oauth
        self._authorize_url = urljoin(api_url, "/oauth/v2/authorize")
        self._workspaces = workspaces
        self._store = store
        self._safe = safe
        self._desk = desk
        self._clock = clock
        self._begun: deque[datetime] = deque(maxlen=AT_MOST)
        self._log = logging.getLogger(__name__)

    def routes(self) -> list[web.RouteDef]:
        """What the web server must offer."""
        return [
            web.get(INSTALL_PATH, self.begin, allow_head=False),
            web.get(REDIRECT_PATH, self.end, allow_head=False),
        ]

    async def begin(self, request: web.Request) -> web.Response:
        """Off to Slack, with a state that only this browser can bring back."""
        now = self._clock.now()
        if len(self._begun) == AT_MOST and now - self._begun[0] < EACH:
            return self._shown(request, pages.BUSY)
        self._begun.append(now)
        cookie = secrets.token_urlsafe(32)
        state = _state(cookie)
        try:
            await self._store.issue(_digest(state), now + GOOD_FOR, now)
        except StoreAway:
            return self._shown(request, pages.AWAY)
        response = pages.elsewhere(self._address(state))
        response.set_cookie(self._oauth.cookie, cookie, max_age=int(GOOD_FOR.total_seconds()), **self._kept())
        return response

    async def end(self, request: web.Request) -> web.Response:
        """Back from Slack: the code becomes a token, and the token is sealed."""
        try:
            name = await self._install(request)
        except _Sorry as sorry:
            return self._shown(request, sorry.page)
        except StoreAway:
            return self._shown(request, pages.AWAY)
        except SendError as error:
            self._log.warning("Slack did not give a token for an installation: %s", error)
            return self._shown(request, pages.REFUSED)
        except SealBroken as error:
            self._log.error("A workspace cannot install the app: %s", error)
            return self._shown(request, pages.AWAY)
        response = self._shown(request, pages.WELCOME, name=name)
        response.del_cookie(self._oauth.cookie, **self._kept())
        return response

    async def _install(self, request: web.Request) -> str:
        """The workspace's name."""
        await self._check(request)
        if request.query.get("error"):
            raise _Sorry(pages.CANCELLED)
        code = request.query.get("code", "")
        if not 0 < len(code) <= _LONGEST:
            raise _Sorry(pages.EXPIRED)
        # slack_sdk's own method for this builds aiohttp's BasicAuth, which is deprecated and warns.
        answer = await call(
            self._workspaces.anybody.api_call,
            "oauth.v2.access",
            data={"code": code, "redirect_uri": self._oauth.redirect},
            headers={"Authorization": self._oauth.basic},
        )
        return await self._keep(answer)

    async def _check(self, request: web.Request) -> None:
        """That this browser began it, within ten minutes, and did not end it yet."""
        state, cookie = request.query.get("state", ""), request.cookies.get(self._oauth.cookie, "")
        if max(len(state), len(cookie)) > _LONGEST or not cookie or not _belongs(state, cookie):
            raise _Sorry(pages.EXPIRED)
        if not await self._store.redeem(_digest(state), self._clock.now()):
            raise _Sorry(pages.EXPIRED)

    async def _keep(self, answer: Mapping[str, Any]) -> str:
        team, token = answer.get("team") or {}, answer.get("access_token")
        workspace, name = team.get("id"), str(team.get("name") or "")
        if answer.get("is_enterprise_install") or not workspace or not token or answer.get("token_type") != "bot":
            raise _Sorry(pages.NO_WORKSPACE)
        await self._store.put_install(
            Install(
                platform=Platform.SLACK,
                workspace=workspace,
                name=name,
                bot=str(answer.get("bot_user_id") or ""),
                sealed=self._safe.seal(token, label_of(Platform.SLACK, workspace)),
                installed_by=str((answer.get("authed_user") or {}).get("id") or ""),
                installed_at=self._clock.now(),
            )
        )
        self._workspaces.forget(workspace)
        self._log.info("Workspace %s installed the app", workspace)
        return name or workspace

    def _address(self, state: str) -> str:
        asked = {
            "client_id": self._oauth.client_id,
            "scope": ",".join(SCOPES),
            "redirect_uri": self._oauth.redirect,
            "state": state,
        }
        return f"{self._authorize_url}?{urlencode(asked)}"

    def _kept(self) -> dict[str, Any]:
        return {"path": "/", "secure": self._oauth.is_private, "httponly": True, "samesite": "Lax"}

    def _shown(self, request: web.Request, page: pages.Page, **values: str) -> web.Response:
        language = pages.language(request.headers.get("Accept-Language", ""))
        return pages.shown(page, language, self._desk.translate, again=INSTALL_PATH, **values)


def _state(cookie: str) -> str:
    nonce = secrets.token_urlsafe(32)
    return f"{nonce}.{_mark(nonce, cookie)}"


def _belongs(state: str, cookie: str) -> bool:
    nonce, _, mark = state.partition(".")
    return hmac.compare_digest(mark.encode(errors="replace"), _mark(nonce, cookie).encode())


def _mark(nonce: str, cookie: str) -> str:
    return hmac.new(cookie.encode(errors="replace"), nonce.encode(errors="replace"), hashlib.sha256).hexdigest()


def _digest(state: str) -> str:
    """What is stored: who reads the table cannot make a state of it."""
    return hashlib.sha256(state.encode(errors="replace")).hexdigest()
