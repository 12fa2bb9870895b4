"""Names for things: those a provider gave, kept short, and stable ones made up where it gave none."""

import re
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

# Ids become part of unique keys in a database; a B-tree entry has an upper limit.
_LONGEST = 160
_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ULID = re.compile(rf"[0-7][{_DIGITS}]{{25}}")


def derived_id(*parts: str) -> str:
    """The same parts give the same id, in every process and for ever."""
    return "x-" + blake2b("\n".join(parts).encode(), digest_size=9).hexdigest()


def bounded_id(text: str) -> str:
    """`text` itself, or a digest of it where it is too long for a key."""
    return text if len(text) <= _LONGEST else derived_id(text)


def is_ulid(text: str) -> bool:
    """Whether `text` is a ULID (26 characters, https://github.com/ulid/spec)."""
    return _ULID.fullmatch(text) is not None


def ulid_time(text: str) -> datetime | None:
    """When a ULID was made: its first ten characters count milliseconds. None for anything else."""
    if not is_ulid(text):
        return None
    milliseconds = 0
    for character in text[:10]:
        milliseconds = milliseconds * 32 + _DIGITS.index(character)
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return None
