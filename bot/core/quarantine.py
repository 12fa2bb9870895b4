"""Does a status page still call us? One that found us away for an hour stops calling, and nobody tells us.

Statuspage sets an address aside after ten failures in an hour and forgets it after 90 days.
https://support.atlassian.com/statuspage/docs/enable-webhook-notifications/
"""

from datetime import datetime, timedelta

from bot.domain.status import Snapshot

PATIENCE = timedelta(minutes=10)
"""How much later than polling a webhook may be."""
EARLY = timedelta(minutes=5)
"""How much earlier than the page's own time of an update its webhook may have come: clocks differ."""
OLD = timedelta(days=1)
"""What is older is history: pages add updates of long ago."""


def unheard(snapshot: Snapshot, *, since: datetime, heard: datetime | None, now: datetime) -> datetime | None:
    """When the page posted an update that no webhook told of, or None. `since` is when we gave it our address."""
    earliest, latest = max(since, now - OLD), now - PATIENCE
    posted = [
        update.posted_at
        for incident in snapshot.incidents
        if not incident.is_ours
        for update in incident.updates
        if update.posted_at and earliest < update.posted_at <= latest
    ]
    newest = max(posted, default=None)
    return newest if newest and (heard is None or heard < newest - EARLY) else None
