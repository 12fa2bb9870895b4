"""Status pages that people added from a chat, and feeds that moved to another address or format."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from bot.domain.service import AddedPage, Service
from bot.store.codec import encode, read
from bot.store.database import Part
from bot.store.schema import page_teams, pages, subscriptions


class SqlPages(Part):
    """One row for each page, and one for each team that added it."""

    async def added_pages(self) -> Sequence[AddedPage]:
        """All of them, in order of their slugs."""
        teams: defaultdict[str, set[str]] = defaultdict(set)
        async with self._database.reading() as connection:
            for row in await connection.execute(sa.select(page_teams.c.slug, page_teams.c.team)):
                teams[row.slug].add(row.team)
            found = await connection.execute(sa.select(pages).order_by(pages.c.slug))
            return [
                AddedPage(service=service, teams=frozenset(teams[row.slug]), instead_of=row.instead_of)
                for row in found
                if (service := read(Service, row.service))
            ]

    async def put_page(self, page: AddedPage, now: datetime) -> None:
        """Keep a page, or what is new about it; teams that have it already keep it."""
        slug = page.service.slug
        row = {"slug": slug, "service": encode(Service, page.service), "instead_of": page.instead_of, "created_at": now}
        insert = self._database.insert(pages).values(row)
        again = {name: insert.excluded[name] for name in ("service", "instead_of")}
        async with self._database.writing() as connection:
            await connection.execute(insert.on_conflict_do_update(index_elements=["slug"], set_=again))
            if page.teams:
                rows = [{"slug": slug, "team": team} for team in sorted(page.teams)]
                await connection.execute(
                    self._database.insert(page_teams).on_conflict_do_nothing(index_elements=["slug", "team"]), rows
                )

    async def drop_page(self, slug: str, team: str) -> bool:
        """The team needs the page no more, unless one of its channels follows it; with its last team it is gone."""
        platform, _, workspace = team.partition(":")
        followed = sa.exists().where(
            subscriptions.c.service == slug,
            subscriptions.c.platform == platform,
            subscriptions.c.workspace == workspace,
        )
        mine = sa.delete(page_teams).where(page_teams.c.slug == slug, page_teams.c.team == team, ~followed)
        last = sa.delete(pages).where(
            pages.c.slug == slug, pages.c.instead_of == "", ~sa.exists().where(page_teams.c.slug == slug)
        )
        async with self._database.writing() as connection:
            dropped = await connection.execute(mine)
            if dropped.rowcount:
                await connection.execute(last)
            return bool(dropped.rowcount)
