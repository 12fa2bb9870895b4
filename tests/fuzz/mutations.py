"""Ways to break a document: of bytes, of JSON, of XML."""

import copy
import json
import random
from collections.abc import Callable, Iterator
from typing import Any

Luck = random.Random

WORDS: list[Any] = [
    "", "new-word", "OPERATIONAL!", "\u202e", "\ud800", "x" * 70_000, None, True, False, 0, -1, 7.5, 10**30, 1e308,
    [], {}, ["x"], [[]], {"x": {}}, "9999-12-31T23:59:59-14:00", "0000-00-00", "<b>",
    "&amp;amp;", "a" * 200, "1" * 5000,
]  # fmt: skip
PIECES = [
    b"", b"\x00", b"<", b">", b"&", b'"', b"{", b"}", b"[", b"]", b",", b"\\", b"\xff\xfe", b"\xef\xbb\xbf", b"]]>",
    b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"&b;", b"&lt;p&gt;", b"<![CDATA[", b"-->", b"<!--", b"NaN", b"1e999",
    b"\\ud800",
    b"null", b"-", b"9" * 400, b"\xe2\x80\xae", b"<ttl>", b"</item>", b"<item>",
]  # fmt: skip


def mutated(raw: bytes, luck: Luck) -> bytes:
    """The document after one to four mutations of a kind that suits it."""
    for _ in range(luck.randint(1, 4)):
        raw = luck.choice(_suitable(raw))(raw, luck)
    return raw


def _suitable(raw: bytes) -> list[Callable[[bytes, Luck], bytes]]:
    try:
        json.loads(raw)
    except (ValueError, RecursionError):
        return [_bytes, _bytes, _encoded, _cut]
    return [_bytes, _json, _json, _json, _deep, _encoded, _cut]


def _bytes(raw: bytes, luck: Luck) -> bytes:
    at = luck.randrange(len(raw) + 1)
    upto = min(len(raw), at + luck.choice((0, 0, 1, 3, 30, 300)))
    return raw[:at] + luck.choice(PIECES) + raw[upto:]


def _cut(raw: bytes, luck: Luck) -> bytes:
    return raw[: luck.randrange(len(raw) + 1)]


def _encoded(raw: bytes, luck: Luck) -> bytes:
    text = raw.decode("utf-8", "replace")
    encoding = luck.choice(("utf-16", "utf-8-sig", "utf-16-be", "cp1252", "utf-32"))
    return text.encode(encoding, "replace")


def _deep(raw: bytes, luck: Luck) -> bytes:
    depth = luck.choice((10, 500, 100_000))
    inside = b"[" * depth + b"]" * depth
    at = raw.find(b":") + 1
    return raw[:at] + inside + b"," + raw[at:]


def _json(raw: bytes, luck: Luck) -> bytes:
    content = copy.deepcopy(json.loads(raw))
    places = list(spots(content))
    if not places:
        return raw
    owner, key = luck.choice(places)
    luck.choice((_replace, _replace, _drop, _double, _shuffle))(owner, key, luck)
    return json.dumps(content).encode("utf-8", "surrogatepass")


def spots(node: Any) -> Iterator[tuple[Any, Any]]:
    for key, value in (
        list(node.items() if isinstance(node, dict) else enumerate(node)) if isinstance(node, dict | list) else ()
    ):
        yield node, key
        yield from spots(value)


def _replace(owner: Any, key: Any, luck: Luck) -> None:
    owner[key] = luck.choice(WORDS)


def _drop(owner: Any, key: Any, luck: Luck) -> None:
    del owner[key]


def _double(owner: Any, key: Any, luck: Luck) -> None:
    if isinstance(owner, list):
        owner.insert(key, copy.deepcopy(owner[key]))
    else:
        owner[f"{key}x"] = owner.pop(key)


def _shuffle(owner: Any, key: Any, luck: Luck) -> None:
    if isinstance(owner, list):
        luck.shuffle(owner)
