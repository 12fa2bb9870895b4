"""`planb webhook`: an address for a status page to call when it has news."""

import asyncio
import sys
from collections.abc import Sequence
from datetime import datetime

from bot.app import App
from bot.core.catalogue import Catalogue
from bot.domain.errors import SettingsError, UserError
from bot.domain.service import Service
from bot.prepare import read_files, set_up_logs
from bot.settings import Settings, read_settings
from bot.web.hooks import PATH, hooks, new_hook

_WHERE = (
    "Paste it where the page offers webhooks (Statuspage: Subscribe to updates, the <> tab). It is shown this once."
)


def webhook(slug: str, *, rotate: bool) -> None:
    """Print one address for each of the service's feeds. Raise SettingsError, UserError or StoreAway."""
    settings = read_settings()
    set_up_logs(settings)
    for address in asyncio.run(_addresses(App(settings, read_files(settings)), slug, rotate=rotate)):
        print(address)
    sys.stderr.write(f"{_WHERE}\n")


async def _addresses(app: App, slug: str, *, rotate: bool) -> Sequence[str]:
    base = public_url(app.settings)
    try:
        await app.prepare_store()
        now = app.clock.now()
        await app.library.refresh(now)
        service = _service(app.library.everything, slug)
        if not rotate:
            await _refuse_a_second(app, service, now)
        tokens = [await new_hook(app.store, feed.id, now) for feed in service.feeds]
        return [base + PATH.format(token=token) for token in tokens]
    finally:
        await app.close()


def public_url(settings: Settings) -> str:
    """Where this program is reached from outside, without a slash at its end. Raise SettingsError."""
    url = settings.planb_public_url.strip().rstrip("/")
    if not url.startswith("https://"):
        raise SettingsError("PLANB_PUBLIC_URL: set it to where this program is reached, https://… See .env.example.")
    return url


def _service(catalogue: Catalogue, slug: str) -> Service:
    service = catalogue.get(slug)
    if service is None:
        near = ", ".join(catalogue.suggest(slug)) or "nothing"
        raise UserError(f"there is no service {slug!r}; close to it: {near}. `planb services` lists them")
    return service


async def _refuse_a_second(app: App, service: Service, now: datetime) -> None:
    """An address cannot be shown twice, and a new one ends the old one: nobody should do that by mistake."""
    feeds = {feed.id for feed in service.feeds}
    since = [hook.made for hook in (await hooks(app.store)).values() if hook.feed in feeds and hook.lives(now)]
    if since:
        raise UserError(
            f"{service.slug} has a webhook since {max(since):%Y-%m-%d}, and only its digest is kept. "
            "`--rotate` makes a new one; the old one works for another 24 hours"
        )
