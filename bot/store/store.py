"""The whole store."""

from datetime import timedelta

from sqlalchemy.engine import URL

from bot.domain.errors import StoreAway
from bot.store.advised import SqlAdvised
from bot.store.busy import SqlBusy
from bot.store.choices import SqlChoices
from bot.store.database import Database
from bot.store.drills import SqlDrills
from bot.store.exposure import SqlPractised
from bot.store.figures import SqlFigures
from bot.store.installs import SqlInstalls, SqlTickets
from bot.store.leases import SqlLeases
from bot.store.ledger import SqlLedger
from bot.store.marks import SqlMarks
from bot.store.moves import SqlMoves
from bot.store.notes import SqlNotes
from bot.store.outbox import SqlOutbox
from bot.store.pages import SqlPages
from bot.store.schema import HEAD
from bot.store.stories import SqlStories
from bot.store.subscriptions import SqlSubscriptions
from bot.store.trials import SqlTrials
from bot.store.vitals import SqlVitals


class SqlStore(
    SqlBusy,
    SqlSubscriptions,
    SqlOutbox,
    SqlLedger,
    SqlPages,
    SqlLeases,
    SqlInstalls,
    SqlTickets,
    SqlNotes,
    SqlFigures,
    SqlVitals,
    SqlStories,
    SqlPractised,
    SqlChoices,
    SqlTrials,
    SqlAdvised,
    SqlDrills,
    SqlMarks,
    SqlMoves,
):
    """All that is remembered, in one SQLite file or one Postgres database.

    Making one connects to nothing, so a program can start while its database is away. Any transaction that takes
    longer than `patience` is given up with StoreAway.
    """

    def __init__(self, url: URL, *, patience: timedelta = timedelta(seconds=20)) -> None:
        super().__init__(Database(url, patience=patience))

    async def open(self) -> None:
        """See that the database is there and its tables are as new as we are. Raise StoreAway; may be tried again."""
        # Versions count up. Newer tables are fine: a deployment migrates first, while older processes still run.
        if await self._database.version() < HEAD:
            raise StoreAway("the tables are older than the program: run `planb migrate`")

    async def ready(self) -> bool:
        """Whether the store can be used now."""
        try:
            await self.open()
        except StoreAway:
            return False
        return True

    async def close(self) -> None:
        """Close all connections."""
        await self._database.close()
