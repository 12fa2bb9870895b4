"""identity: whether a page is still the one that we knew at its address. Pure.

Abandoned hosts are taken over by others, and unclaimed pages of a status product answer for anybody.
"""

from bot.domain.service import Feed
from bot.domain.status import Snapshot


def stranger(feed: Feed, known: Snapshot | None, new: Snapshot) -> str:
    """Why this is another page than the one that was followed; empty if it is not.

    A page id that was written down decides. Else the first one that was read, as long as the format is the same.
    """
    if not new.page_id:
        return ""
    pinned = feed.page_id or (known.page_id if known and known.format == new.format else "")
    if not pinned or pinned == new.page_id:
        return ""
    return (
        f"another page answers there: its id is {new.page_id}, not {pinned} (it calls itself {new.page or 'nothing'})"
    )
