"""A response body, bounded while it arrives.

The HTTP client would decode a whole network chunk at once: 1,788 bytes of twice-packed gzip become a gigabyte in one
piece. So we take the bytes as they come over the wire and unpack them ourselves, never past the cap, and a little at a
time: nothing that a page sends may hold up the others.
"""

import zlib
from collections.abc import AsyncIterator
from typing import Any

from bot.domain.errors import Unreachable

MOST_RATIO = 100
"""No status page unpacks to more than this many times its size..."""
FREE_OF_RATIO = 256 * 1024
"""... but a small one: three hundred services that are all well say the same three hundred times."""
MOST_MEMBERS = 1000
_PLAIN = frozenset({"", "identity"})
_PACKED = frozenset({"gzip", "x-gzip", "deflate"})


class TooMuch(Unreachable):
    """More bytes than we take."""


async def bounded(chunks: AsyncIterator[bytes], encoding: str, cap: int) -> bytes:
    """The decoded body: at most `cap` bytes on the wire and as many unpacked. Raise Unreachable."""
    encoding = encoding.strip().lower()
    if encoding not in _PLAIN and encoding not in _PACKED:
        raise Unreachable(f"packed in a way we do not take: {encoding[:40]}")
    unpacker = _Unpacker(encoding, cap) if encoding in _PACKED else None
    body = unpacker.body if unpacker else bytearray()
    wire = 0
    async for chunk in chunks:
        wire += len(chunk)
        if wire > cap:
            raise TooMuch(f"more than {cap} bytes")
        if unpacker:
            unpacker.take(chunk)
        else:
            body += chunk
    if unpacker and unpacker.member:
        raise Unreachable("a packed body that breaks off")
    return bytes(body)


class _Unpacker:
    """Collects what comes out. `member` is the part that has begun and not ended."""

    def __init__(self, encoding: str, cap: int) -> None:
        self.body = bytearray()
        self.member: Any = None
        self._encoding = encoding
        self._cap = cap
        self._wire = self._members = 0

    def take(self, packed: bytes) -> None:
        """The next bytes. Gzip may be several members in a row (RFC 1952, 2.2), each of which may come to nothing."""
        self._wire += len(packed)
        try:
            while packed:
                packed = self._rest(packed)
        except zlib.error:
            raise Unreachable("a packed body that cannot be unpacked") from None

    def _rest(self, packed: bytes) -> bytes:
        """Unpack to the end of the member; what follows that."""
        member = self.member = self.member or self._begun(packed)
        most = min(self._cap, max(FREE_OF_RATIO, self._wire * MOST_RATIO))
        self.body += member.decompress(packed, most - len(self.body) + 1)
        if len(self.body) > most:
            raise TooMuch(f"more than {most} bytes unpacked")
        if not member.eof:
            return b""
        self.member = None
        rest: bytes = member.unused_data
        return rest

    def _begun(self, packed: bytes) -> Any:
        self._members += 1
        if self._members > MOST_MEMBERS:
            raise TooMuch(f"packed in more than {MOST_MEMBERS} parts")
        if self._encoding != "deflate":
            return zlib.decompressobj(16 + zlib.MAX_WBITS)
        # "deflate" is zlib's format, whose first byte is 08 to 78 (RFC 1950, 2.2); some servers send it without.
        whole = packed[0] & 0x8F == zlib.DEFLATED
        return zlib.decompressobj(zlib.MAX_WBITS if whole else -zlib.MAX_WBITS)
