"""The one sanitizer: words from anywhere become Slack mrkdwn that formats nothing, mentions nobody, and fits.

Slack's own rule (escape `&`, `<` and `>`) stops its control sequences, but not `*bold*`, `:emoji:` or names:
https://docs.slack.dev/messaging/formatting-message-text
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC
from types import MappingProxyType
from urllib.parse import urlsplit

from bot.domain.card import Moment, Shape

ELLIPSIS = "…"
BREAK = "\u200b"
"""A zero width space. No name of an emoji, a person or a channel can hold one, so it breaks them unseen."""

TEXT_MOST = 20_000
"""More than one message shows; the rest is not even looked at."""
URL_MOST = 600
LABEL_MOST = 300
CODE_MOST = 300

_FENCE = "```"
_LOOKALIKES = MappingProxyType({"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ"})
"""Slack has no way to escape a formatting mark, and a zero width space beside one does not stop it."""

_FORMATS = MappingProxyType(
    {Shape.TIME: "{time}", Shape.DATETIME: "{date_short_pretty} {time}", Shape.RELATIVE: "{ago}"}
)
"""https://docs.slack.dev/messaging/formatting-message-text#date-formatting"""

# A mark between two plain letters or digits (snake_case, 2*3) never formats; everywhere else it may.
_MARK = re.compile(r"`|(?<![A-Za-z0-9])[*_~]|[*_~](?![A-Za-z0-9])")
# Any colon that could open a name, for the one that closes it may stand in the next piece of the card. A time of day
# with more text behind it (12:30 UTC) stays as it is.
_EMOJI = re.compile(r"(?!(?<=\d):\d\d[^\w:+'-]):(?=[^\s:/]|$)")
_MENTION = re.compile(r"(?<![A-Za-z0-9._%+-])@|@(?=everyone|here|channel|group)", re.IGNORECASE)
_QUOTE_MARK = re.compile(r"^(?=[ ]*>)", re.MULTILINE)
_BREAKS = re.compile(r"\r\n?|[\n\v\f\x85\u2028\u2029]")
_PIECE = re.compile(r"\s+|&(?:amp|lt|gt);|[^\s&]{1,40}|&")
_USER = re.compile(r"[UW][A-Z0-9]{1,30}")
_SAFE_URL = re.compile(r"https?://[^\s<>|\"`\\^{}]+", re.IGNORECASE)


def size(text: str) -> int:
    """Length in UTF-16 units: Slack does not say how it counts, and this is the most it can come to."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def clean(text: str) -> str:
    """Without control, bidirectional, zero width and surrogate characters; never more than one empty line."""
    lines = _BREAKS.sub("\n", text[:TEXT_MOST]).replace("\t", " ")
    if not lines.replace("\n", "").isprintable():  # so that most are not looked at character by character
        lines = "".join(one for one in lines if one == "\n" or unicodedata.category(one)[0] != "C")
    return re.sub(r"\s*\n\s*\n\s*", "\n\n", lines).strip()


def one_line(text: str) -> str:
    """Clean, and every run of white space is one blank."""
    return " ".join(clean(text).split())


def escaped(text: str) -> str:
    """Plain words as mrkdwn that shows just these words. The text must be clean."""
    text = _MARK.sub(lambda mark: _LOOKALIKES[mark.group()], text)
    text = _EMOJI.sub(f":{BREAK}", text)
    text = _MENTION.sub(f"@{BREAK}", text)
    text = _QUOTE_MARK.sub(BREAK, text)
    return _entities(text)


def pieces(text: str) -> list[str]:
    """Escaped words, taken apart where they may be cut: never inside an entity, long words every 40 characters."""
    return _PIECE.findall(escaped(text))


def fit(parts: Sequence[str], most: int) -> str:
    """Join unbreakable parts; what is too long is cut, at a blank where one is near, and ends with an ellipsis."""
    kept: list[str] = []
    room = most - len(ELLIPSIS)
    for number, part in enumerate(parts):
        if size(part) > room:
            rest = "".join(parts[number:])
            if size(rest) <= room + len(ELLIPSIS):
                return "".join(kept) + rest
            return "".join(_back_to_a_blank(kept)).rstrip() + ELLIPSIS
        kept.append(part)
        room -= size(part)
    return "".join(kept)


def bold(text: str) -> str:
    """Words that stand out; nothing for no words."""
    words = fit(pieces(one_line(text)), LABEL_MOST)
    return f"*{words}*" if words else ""


def code(text: str) -> str:
    """Something to type. Slack looks for no mention or emoji in code, so it can be copied as it is."""
    words = _entities(one_line(text).replace("`", _LOOKALIKES["`"]))
    words = fit(_PIECE.findall(words), CODE_MOST)
    return f"`{words}`" if words else ""


def fenced(text: str, most: int) -> str:
    """Lines to copy as they stand; nothing for no words."""
    words = _entities(clean(text).replace("`", _LOOKALIKES["`"]))
    words = fit(_PIECE.findall(words), most - 2 * len(_FENCE))
    return f"{_FENCE}{words}{_FENCE}" if words else ""


def link(text: str, url: str, most: int = LABEL_MOST) -> str:
    """Words that lead to an http(s) address; the words alone where the address is not one, or not safe."""
    words = fit(pieces(one_line(text)), most)
    address = safe_url(url)
    if not address:
        return words
    return f"<{_entities(address)}|{words}>" if words else f"<{_entities(address)}>"


def person(user: str) -> str:
    """Somebody by their id: https://docs.slack.dev/messaging/formatting-message-text#mentioning-users."""
    return f"<@{user}>" if _USER.fullmatch(user) else bold(user)


def safe_url(url: str) -> str:
    """The address if it is http(s), cannot break out of a link and holds no password, else nothing."""
    if size(_entities(url)) > URL_MOST or clean(url) != url or not _SAFE_URL.fullmatch(url):
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.hostname and "@" not in parts.netloc else ""


def spoken(moment: Moment) -> str:
    """A moment in words, for readers whose program does not know Slack's date mark."""
    return f"{moment.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def date(moment: Moment) -> str:
    """A moment that Slack shows in the reader's own time zone. It takes no dates before 1970."""
    unix = int(moment.at.timestamp())
    return f"<!date^{unix}^{_FORMATS[moment.shape]}|{spoken(moment)}>" if unix > 0 else spoken(moment)


def _entities(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _back_to_a_blank(parts: list[str]) -> list[str]:
    for back in range(1, min(4, len(parts)) + 1):
        if parts[-back].isspace():
            return parts[:-back]
    return parts
