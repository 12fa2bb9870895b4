"""The one sanitizer for Discord: plain words in, markup out in which only what we mean is alive.

`discord.utils.escape_markdown` takes a masked link as one token and leaves what is inside it alive, and
`escape_mentions` leaves channels, commands and moments alone; so this escapes character by character instead.
A backslash before any punctuation is Discord's own way: https://support.discord.com/hc/articles/210298617
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from bot.domain.card import Bold, Code, Link, Moment, Person, Rich, Shape

ELLIPSIS = "…"
_PHRASE_MAX = 256
_URL_MAX = 1024

# Invisible though Unicode counts them as letters or marks; a field made of these alone looks empty.
_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2800")
_BREAKS = str.maketrans(
    {"\r": "\n", "\x0b": "\n", "\x0c": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n", "\t": " "}
)
# Cc control, Cf format (bidi, zero width, tags), Cs half a pair, Co private, Cn no character at all.
_STRIPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})

_EVERYBODY = re.compile(r"@(?=everyone|here)", re.IGNORECASE)
# https://docs.discord.com/developers/reference#message-formatting
_MENTION = re.compile(r"<(?=[@#:/]|(?:a|t|id|sound):)", re.IGNORECASE)
_PUNCTUATION = re.compile(r"[\\*_~`|\[\]<>]|(?<=\])\(|:(?=//)")
_LINE_START = re.compile(r"^([^\S\n]*)([#+-])|^([^\S\n]*\d+)(\.)", re.MULTILINE)
_ADDRESS = re.compile(r"(https?://[a-z0-9.-]+(?::\d+)?(?:/[\w./?=&%+,;:#-]*)?)", re.IGNORECASE | re.ASCII)
_PIECE = re.compile(rf"(?P<address>{_ADDRESS.pattern})|\s+|(?:(?!https?://)\S)+|\S", re.IGNORECASE | re.ASCII)
_UNIT = re.compile(r"\\?.", re.DOTALL)

# https://docs.discord.com/developers/reference#message-formatting-timestamp-styles
_STYLES = {Shape.TIME: "t", Shape.DATETIME: "f", Shape.RELATIVE: "R"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A bit of markup. A `whole` one is shown or left out; others may be cut between two characters."""

    text: str
    whole: bool = False


def size(text: str) -> int:
    """Length as the strictest counter would have it: UTF-16 units, never less than code points."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def clean(text: str) -> str:
    """Without controls, zero-width and direction characters; line breaks stay."""
    unbroken = text.replace("\r\n", "\n").translate(_BREAKS)
    if unbroken.isascii() and unbroken.replace("\n", "").isprintable():
        return unbroken  # so that most are not looked at character by character
    return "".join(c for c in unbroken if c == "\n" or (c not in _BLANKS and unicodedata.category(c) not in _STRIPPED))


def plain(text: str) -> str:
    """For places without markup (footers, names of threads): clean, and no word of it can be a mention."""
    return _MENTION.sub("‹", _EVERYBODY.sub("＠", clean(text)))


def line(text: str) -> str:
    """`plain` on a single line."""
    return " ".join(plain(text).split())


def escape(text: str, *, addresses: bool = True) -> str:
    """Markup that shows `text` as it is. With `addresses`, http(s) addresses in it stay whole, to be clicked."""
    if not addresses:
        return _escape(plain(text))
    parts = _ADDRESS.split(plain(text))
    return "".join(part if index % 2 else _escape(part) for index, part in enumerate(parts))


def _escape(text: str) -> str:
    return _LINE_START.sub(r"\1\3\\\2\4", _PUNCTUATION.sub(r"\\\g<0>", text))


def address(url: str) -> str:
    """The address in ASCII, safe inside `(...)`; empty unless it is a whole http(s) address without a user in it."""
    try:
        parts = urlsplit(clean(url).strip())
        host = (parts.hostname or "").encode("idna").decode("ascii")
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or "@" in parts.netloc or not re.fullmatch(r"[a-z0-9.-]+", host):
        return ""
    path, query, fragment = (quote(part, safe="/%:=&+,;.~-_?!$'") for part in parts[2:])
    safe = f"{parts.scheme}://{host}{port}{path}{query and '?' + query}{fragment and '#' + fragment}"
    return safe if len(safe) <= _URL_MAX else ""


def pieces(rich: Rich) -> list[Piece]:
    """Rich text as bits of markup, in order.

    Neighbouring words are escaped as one, be there an empty bit between them or a link that leads nowhere among them:
    they might make a mention.
    """
    bits: list[Piece] = []
    said = ""
    for part in rich:
        if isinstance(part, str):
            said += part
        elif isinstance(part, Link) and not address(part.url):
            said += shorten(line(part.text), _PHRASE_MAX)
        elif markup := _markup(part):
            bits += [*words(said), Piece(markup, whole=True)]
            said = ""
    return [*bits, *words(said)]


def words(text: str) -> list[Piece]:
    """Plain text as escaped words, spaces and addresses."""
    return [Piece(match[0], whole=match["address"] is not None) for match in _PIECE.finditer(escape(text))]


def _markup(part: Bold | Code | Link | Moment | Person) -> str:
    if isinstance(part, Moment):
        return f"<t:{int(part.at.timestamp())}:{_STYLES[part.shape]}>"
    # https://docs.discord.com/developers/reference#message-formatting; in an embed it calls nobody.
    if isinstance(part, Person) and re.fullmatch(r"[0-9]{5,20}", part.text):
        return f"<@{part.text}>"
    text = shorten(line(part.text), _PHRASE_MAX)
    if isinstance(part, Link):
        return _link(text, address(part.url))
    if isinstance(part, Code):
        return f"`{text.replace('`', 'ˋ')}`" if text else ""
    return f"**{escape(text, addresses=False)}**" if text else ""


def fenced(text: str, limit: int) -> str:
    """Lines to copy as they stand; nothing for no words. Nothing is alive in it, and nothing can end it."""
    bare = _MENTION.sub("‹", _EVERYBODY.sub("＠", clean(text))).replace("`", "ˋ").strip()
    return f"```\n{shorten(bare, limit - len('```' * 2) - 2)}\n```" if bare else ""


def _link(text: str, url: str) -> str:
    if not url:
        return escape(text, addresses=False)
    # Discord shows a masked link whose words are an address as raw markup, and people should see where it leads.
    return url if "://" in text or not text else f"[{escape(text, addresses=False)}]({url})"


def unmarked(rich: Rich) -> str:
    """Rich text on one line for places without markup; moments in UTC, there is no other way to show them there."""
    return line("".join(_bare(part) for part in rich))


def _bare(part: str | Bold | Code | Link | Moment | Person) -> str:
    if isinstance(part, Moment):
        return f"{part.at:%Y-%m-%d %H:%M} UTC"
    return part if isinstance(part, str) else part.text


def cut(bits: Iterable[Piece], limit: int) -> str:
    """What fits into `limit`, ended between words with an ellipsis, never inside an escape, a link or a moment."""
    whole = list(bits)
    text = "".join(piece.text for piece in whole).strip()
    return text if size(text) <= limit else _cut(whole, limit - size(ELLIPSIS))


def _cut(bits: list[Piece], room: int) -> str:
    kept = ""
    for piece in bits:
        if size(kept) + size(piece.text) > room:
            # A single word as long as this is no word: take what fits of it.
            if not kept.strip() and not piece.whole:
                kept = _start(piece.text, room)
            break
        kept += piece.text
    return kept.strip() + ELLIPSIS


def _start(word: str, room: int) -> str:
    kept = ""
    for unit in _UNIT.findall(word):
        if size(kept) + size(unit) > room:
            break
        kept += unit
    return kept


def shorten(text: str, limit: int) -> str:
    """Plain text (no markup) cut on a word with an ellipsis."""
    return cut((Piece(bit) for bit in re.findall(r"\s+|\S+", text)), limit)
