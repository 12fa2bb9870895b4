"""adding: a page that somebody pasted becomes a service of their team."""

from dataclasses import replace
from urllib.parse import urlsplit

from bot.commands.limits import see_looks, see_room
from bot.commands.office import Office
from bot.commands.spec import Request
from bot.core.catalogue import Found
from bot.core.naming import feed_id, known_page, known_to_all, named_page, pasted
from bot.domain.errors import FeedError, NotTheFormat, UserError
from bot.domain.service import AddedPage, Feed
from bot.domain.words import Words
from bot.ports import Probed

MOST_PAGES = 20
"""For each team. Every page is one more that is asked every minute."""


async def find_or_add(request: Request, office: Office, words: Words) -> Found:
    """The service at a pasted address: ours if we know the page, one that was added before, else a new one.

    Raise UserError if nothing can be read there.
    """
    url = _address(request.options["service"], words)
    if known := known_page(url, office.catalogue):
        return Found(service=known)
    team = request.caller.target.team
    if len(office.library.added_by(team)) >= MOST_PAGES:
        raise UserError(
            words("Your team follows {n} pages of its own, and that is the limit. Stop one first.", n=MOST_PAGES)
        )
    await see_room(request, office, words)
    see_looks(request, office, words)
    found = await _look(url, office, words)
    feed = Feed(
        id=feed_id(found.url),
        url=found.url,
        format=found.format.name,
        page_id=found.snapshot.page_id,
        trusted=False,
    )
    return await _keep(url, feed, found, request, office)


def _address(text: str, words: Words) -> str:
    url = pasted(text)
    try:
        where = urlsplit(url).netloc
    except ValueError:
        where = ""
    if not where:
        raise UserError(words("That is no address that I can read."))
    if "@" in where:
        raise UserError(words("Never paste a password here. A page that needs one belongs into planb.toml."))
    return url


async def _look(url: str, office: Office, words: Words) -> Probed:
    if office.prober is None:
        raise UserError(words("Pages cannot be added from here."))
    try:
        return await office.prober.probe(url, trusted=False)
    except NotTheFormat as error:
        raise UserError(words("I found no status feed that I can read there: {error}", error=error)) from None
    except FeedError as error:
        raise UserError(words("I cannot reach that page: {error}", error=error)) from None


async def _keep(url: str, feed: Feed, found: Probed, request: Request, office: Office) -> Found:
    """One page, however many teams paste it: what it is called was settled by the first."""
    now = office.clock.now()
    everything = office.library.everything
    same = next((one for one in everything.services if one.feeds[0].id == feed.id), None)
    service = same or named_page(known_to_all(url, found.url), found.snapshot.page, feed, everything)
    if same:
        service = replace(same, feeds=(feed,))
    await office.store.put_page(AddedPage(service=service, teams=frozenset({request.caller.target.team})), now)
    await office.store.register_feeds([feed.id], now)
    await office.library.refresh(now, at_once=True)
    return Found(service=service)
