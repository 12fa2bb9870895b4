"""A response body, bounded while it arrives.

The HTTP client would decode a whole network chunk at once: 1,788 bytes of twice-packed gzip become a gigabyte in one
piece. So we take the bytes as they come over the wire and unpack them ourselves, never past the cap.
"""

import zlib
from collections.abc import AsyncIterator

from bot.domain.errors import Unreachable

_GZIP = 16 + zlib.MAX_WBITS
_PLAIN = frozenset({"", "identity"})
# "deflate" is zlib's format, though some servers send it without its header.
_PACKED = {"gzip": _GZIP, "x-gzip": _GZIP, "deflate": zlib.MAX_WBITS}


class TooMuch(Unreachable):
    """More bytes than we take."""


async def bounded(chunks: AsyncIterator[bytes], encoding: str, cap: int) -> bytes:
    """The decoded body: at most `cap` bytes on the wire and as many unpacked. Raise Unreachable."""
    encoding = encoding.strip().lower()
    if encoding not in _PLAIN and encoding not in _PACKED:
        raise Unreachable(f"packed in a way we do not take: {encoding[:40]}")
    wire = bytearray()
    async for chunk in chunks:
        wire += chunk
        if len(wire) > cap:
            raise TooMuch(f"more than {cap} bytes")
    return bytes(wire) if encoding in _PLAIN else _unpacked(bytes(wire), encoding, cap)


def _unpacked(packed: bytes, encoding: str, cap: int) -> bytes:
    try:
        return _members(packed, _PACKED[encoding], cap)
    except zlib.error:
        if encoding != "deflate":
            raise Unreachable("a packed body that cannot be unpacked") from None
    try:
        return _members(packed, -zlib.MAX_WBITS, cap)
    except zlib.error:
        raise Unreachable("a packed body that cannot be unpacked") from None


def _members(packed: bytes, window: int, cap: int) -> bytes:
    """Gzip may be several members in a row (RFC 1952, 2.2)."""
    out = bytearray()
    while packed:
        unpacker = zlib.decompressobj(window)
        out += unpacker.decompress(packed, cap - len(out) + 1)
        if len(out) > cap:
            raise TooMuch(f"more than {cap} bytes unpacked")
        if not unpacker.eof:
            raise Unreachable("a packed body that breaks off")
        packed = unpacker.unused_data
    return bytes(out)
