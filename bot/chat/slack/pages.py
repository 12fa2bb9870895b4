"""The few plain pages that a browser sees while a workspace installs the app."""

import html
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from bot.domain.words import Language, mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Texts are marked, and translated where they are shown. `retry` offers to begin again."""

    status: int
    title: str
    text: str
    retry: bool = True


WELCOME = Page(
    status=200,
    title=mark("Plan B is installed in {name}"),
    text=mark("In a channel, type `/invite @Plan B`, then `/outage subscribe chatgpt`. You may close this page."),
    retry=False,
)
CANCELLED = Page(
    status=200,
    title=mark("Nothing was installed"),
    text=mark("You cancelled it at Slack. You may close this page."),
)
EXPIRED = Page(
    status=400,
    title=mark("This link is no longer good"),
    text=mark("It works once, for ten minutes, in the browser that began. Please begin again."),
)
NO_WORKSPACE = Page(
    status=400,
    title=mark("Nothing was installed"),
    text=mark("Plan B can be installed in a single workspace, not in a whole organisation."),
)
REFUSED = Page(
    status=502,
    title=mark("Slack did not finish the installation"),
    text=mark("Please begin again in a minute."),
)
BUSY = Page(
    status=429,
    title=mark("Too many installations at once"),
    text=mark("Please begin again in a minute."),
)
AWAY = Page(
    status=503,
    title=mark("I cannot remember anything just now"),
    text=mark("Please begin again in a minute."),
)

_SAFE = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""The address holds a code and a state: nobody else shall learn it."""

_FRAME = """<!doctype html>
<html lang="{language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>body{{font:1.1em/1.5 system-ui,sans-serif;max-width:34em;margin:4em auto;padding:0 1em}}</style>
<h1>{title}</h1>
<p>{text}</p>
{more}</html>
"""


def shown(
    page: Page, language: Language, translate: Callable[[str, Language], str], *, again: str, **values: str
) -> web.Response:
    """The page. `values` come from outside."""
    known = {name: html.escape(value) for name, value in values.items()}
    said = {name: html.escape(translate(text, language)) for name, text in (("title", page.title), ("text", page.text))}
    begin = html.escape(translate(mark("Begin again"), language))
    more = f'<p><a href="{html.escape(again)}">{begin}</a></p>\n' if page.retry else ""
    title = said["title"].format(**known) if known else said["title"]
    body = _FRAME.format(language=language, title=title, text=said["text"], more=more)
    return web.Response(status=page.status, text=body, content_type="text/html", headers=_SAFE)


def elsewhere(address: str) -> web.Response:
    """A redirect that nobody keeps."""
    return web.Response(status=web.HTTPFound.status_code, headers={**_SAFE, "Location": address})


def language(accepted: str) -> Language:
    """The one of our two that the browser names first."""
    known = (part.strip().lower()[:2] for part in accepted.split(","))
    return "fr" if next((one for one in known if one in {"en", "fr"}), "en") == "fr" else "en"
