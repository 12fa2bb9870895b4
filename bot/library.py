"""library: the services we know now. The catalogue, the team's file, and the pages that people added from a chat."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.catalogue import Catalogue
from bot.core.drill import is_drill
from bot.domain.service import AddedPage, Feed, Service
from bot.ports import Pages

REFRESH = timedelta(seconds=15)
"""How long another process may not know of a page that was added."""


class Library:
    """One for each process. `everything` is for the pipeline; people see `of` their team."""

    def __init__(
        self,
        catalogue: Catalogue,
        pages: Pages | None = None,
        hidden: Sequence[Service] = (),
        passing: Callable[[datetime], Awaitable[Sequence[Service]]] | None = None,
    ) -> None:
        """`hidden` services are for the pipeline alone: no person ever sees them. `passing` ones are so for a while."""
        self._hidden = tuple(hidden)
        self._always = tuple(hidden)
        self._passing = passing
        self._catalogue = catalogue
        self._pages = pages
        self._added: Sequence[AddedPage] = ()
        self._read_at: datetime | None = None
        self._of: dict[str, Catalogue] = {}
        self.everything = self._with_hidden(catalogue)

    async def refresh(self, now: datetime, *, at_once: bool = False) -> None:
        """Read again what was added, if that is a while ago. Raise StoreAway."""
        if self._pages is None or not (at_once or self._read_at is None or now - self._read_at >= REFRESH):
            return
        added = await self._pages.added_pages()
        hidden = (*self._always, *(await self._passing(now) if self._passing else ()))
        self._read_at = now
        if added != self._added or hidden != self._hidden:
            self._added, self._hidden = added, hidden
            self._of = {}
            self.everything = self._with_hidden(_with(self._catalogue, added))

    def settle(self, catalogue: Catalogue) -> None:
        """The operator's file says something else now: this is the catalogue with it."""
        self._catalogue = catalogue
        self._of = {}
        self.everything = self._with_hidden(_with(catalogue, self._added))

    def of(self, team: str) -> Catalogue:
        """What a team may see: everything but the pages of others."""
        if team not in self._of:
            mine = [page for page in self._added if page.instead_of or team in page.teams]
            self._of[team] = _with(self._catalogue, mine) if mine else self._catalogue
        return self._of[team]

    def hides(self, slug: str) -> bool:
        """Whether nobody is to see it."""
        return is_drill(slug) or any(service.slug == slug for service in self._hidden)

    def _with_hidden(self, catalogue: Catalogue) -> Catalogue:
        return catalogue.replacing(self._hidden) if self._hidden else catalogue

    def added_by(self, team: str) -> Sequence[Service]:
        """The pages that a team added."""
        return [page.service for page in self._added if team in page.teams]

    def moved(self, service: Service, feed: Feed) -> AddedPage:
        """What to keep of a service whose feed is read elsewhere now."""
        ours = self._catalogue.get(service.slug)
        return AddedPage(service=replace(service, feeds=(feed,)), instead_of=place(ours.feeds[0]) if ours else "")


def place(feed: Feed) -> str:
    """Where a feed is read and how: what a moved feed stands in for."""
    return f"{feed.format} {feed.url}"


def _with(catalogue: Catalogue, added: Iterable[AddedPage]) -> Catalogue:
    """Added pages never hide an entry of ours. Moved feeds do, until the entry itself names another place."""
    services: list[Service] = []
    for page in added:
        known = catalogue.get(page.service.slug)
        if known is None and not page.instead_of:
            services.append(page.service)
        elif known and place(known.feeds[0]) == page.instead_of:
            services.append(replace(known, feeds=page.service.feeds))
    return catalogue.replacing(services) if services else catalogue
