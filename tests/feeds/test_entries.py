"""What the feed parser beneath makes of odd dates."""

from datetime import UTC, datetime

import pytest

from bot.feeds.entries import read_feed

FEED = """<rss version="2.0"><channel><title>Lamp</title><link>https://lamp.example</link>
<item><guid>i-1</guid><title>Logins fail</title><pubDate>{date}</pubDate></item></channel></rss>"""


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("Mon, 02 Mar 2026 10:00:00 +0100", datetime(2026, 3, 2, 9, tzinfo=UTC)),
        ("Mon, 02 Mar 2026 10:00:00 PST", datetime(2026, 3, 2, 18, tzinfo=UTC)),
        ("Mon, 2 Mar 2026 10:00 MT", datetime(2026, 3, 2, 10, tzinfo=UTC)),
        ("Mon, 2 Mar 2026 10:00", datetime(2026, 3, 2, 10, tzinfo=UTC)),
        ("", None),
    ],
)
def test_a_date_is_read_in_utc_or_not_at_all(date: str, expected: datetime | None) -> None:
    (entry,) = read_feed(FEED.format(date=date).encode(), "https://lamp.example").entries
    assert entry.published == expected
