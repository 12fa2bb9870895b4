"""Decoded snapshots, so that a feed that does not change is never decoded again."""

from collections import OrderedDict

from bot.domain.status import Snapshot


class Snapshots:
    """The newest used snapshots by (feed, revision), at most `size`. Revisions never change, so nothing goes stale."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept: OrderedDict[tuple[str, int], Snapshot] = OrderedDict()

    def get(self, feed: str, revision: int) -> Snapshot | None:
        """The snapshot, if it is still kept."""
        key = (feed, revision)
        if key not in self._kept:
            return None
        self._kept.move_to_end(key)
        return self._kept[key]

    def put(self, feed: str, revision: int, snapshot: Snapshot) -> None:
        """Keep it, and drop the one that was not used for longest, and the revision before it."""
        self._kept.pop((feed, revision - 1), None)
        self._kept[(feed, revision)] = snapshot
        self._kept.move_to_end((feed, revision))
        if len(self._kept) > self._size:
            self._kept.popitem(last=False)
