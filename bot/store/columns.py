"""What our columns hold: times in UTC, text that a database takes, keys of bounded length."""

import hashlib
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from bot.store.codec import clean

_KEY_LIMIT = 500
"""Characters. Postgres refuses index rows beyond 2,704 bytes; feeds use whole addresses as ids."""


class Utc(sa.TypeDecorator[datetime]):
    """Aware UTC in, aware UTC out, on both engines. SQLite alone would hand back naive times."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Raise ValueError for a naive time: nobody can know what it means."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a naive datetime cannot be stored: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Plain(sa.TypeDecorator[str]):
    """Text from outside, without the characters that a database refuses."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else clean(value)


class Key(Plain):
    """Text from outside that is indexed: the end of a very long one becomes its digest."""

    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else stored_key(value)


def stored_key(value: str) -> str:
    """How a key stands in the database."""
    if len(value) <= _KEY_LIMIT:
        return clean(value)
    digest = hashlib.sha256(value.encode(errors="surrogatepass")).hexdigest()
    return clean(value[: _KEY_LIMIT - 80]) + "~" + digest
