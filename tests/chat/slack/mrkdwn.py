"""An independent, deliberately suspicious reader of mrkdwn: what Slack could see in a text that goes out.

It shares no code with the adapter. It takes for live whatever might be.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

DATE = re.compile(r"!date\^[1-9][0-9]*\^[^|^<>]*\|[0-9:\- ]{16,17} UTC")
LINK = re.compile(r"https?://[^\s|<>\"`]+(\|[^<>]*)?", re.DOTALL | re.IGNORECASE)
EMOJI = re.compile(r":[\w+'-]+:")
MENTION = re.compile(r"(?<![A-Za-z0-9._%+-])@\w|@(everyone|here|channel|group)", re.IGNORECASE)
BREAK = "\u200b"
"""The one unseen character that is ours."""


def objects(found: Any) -> Iterator[dict[str, Any]]:
    """Every text object of a message."""
    if isinstance(found, dict):
        if found.get("type") in {"mrkdwn", "plain_text"}:
            yield found
        for value in found.values():
            yield from objects(value)
    elif isinstance(found, list):
        for value in found:
            yield from objects(value)


def texts(message: dict[str, Any]) -> list[str]:
    return [message["text"], *(found["text"] for found in objects(message.get("blocks", [])))]


def dangers(text: str) -> list[str]:
    """All that is or may be live in one text, but dates and http(s) links."""
    return [*_controls(text), *_names(text), *unseen(text)]


def unseen(text: str) -> list[str]:
    """Control, format, surrogate, private and unknown characters."""
    return [c for c in text if c not in {"\n", BREAK} and unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Cn"}]


def addresses(text: str) -> list[str]:
    """Where the links of a text lead."""
    found = re.findall(r"<(https?://[^|<>]+)(?:\|[^<>]*)?>", text, flags=re.IGNORECASE)
    return [address.replace("&amp;", "&") for address in found]


def too_long(message: dict[str, Any]) -> list[str]:
    """Limits that are broken: https://docs.slack.dev/reference/block-kit/blocks, and 4,000 characters for the text.

    Counted in UTF-16 units, the most that anybody could count.
    """
    found = [("text", message["text"], 4000)]
    blocks = message.get("blocks", [])
    for block in blocks:
        found += [("section", block["text"]["text"], 3000)] if "text" in block else []
        found += [("field", field["text"], 2000) for field in block.get("fields", [])]
        found += [("context", element["text"], 2000) for element in block.get("elements", [])]
    wrong = [f"{what}: {_size(text)}" for what, text, most in found if not 0 < _size(text) <= most]
    crowded = [f"{len(block['fields'])} fields" for block in blocks if len(block.get("fields", [])) > 10]
    return [*wrong, *crowded, *([f"{len(blocks)} blocks"] if len(blocks) > 50 else [])]


def _size(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _controls(text: str) -> Iterator[str]:
    # A quote mark may stand at the beginning of a line.
    body = re.sub(r"^> ?", "", text, flags=re.MULTILINE)
    rest = body
    for control in re.findall(r"<[^<>]*>", body):
        rest = rest.replace(control, "", 1)
        if not DATE.fullmatch(control[1:-1]) and not LINK.fullmatch(control[1:-1]):
            yield control
    yield from re.findall(r"[<>]", rest)
    yield from re.findall(r"&(?!amp;|lt;|gt;).{0,8}", text, flags=re.DOTALL)


def _names(text: str) -> Iterator[str]:
    words = re.sub(r"`[^`\n]*`", " ", text)
    words = re.sub(r"<!date[^>]*>", " ", words)
    words = re.sub(r"<https?://[^\s|<>]+\|?", " ", words)
    yield from (found.group() for found in MENTION.finditer(words))
    yield from EMOJI.findall(words)


def formatting(text: str) -> list[str]:
    """The words that Slack would show in another style."""
    edge, end = r"(?<![A-Za-z0-9])", r"(?![A-Za-z0-9])"
    return [
        found.group() for mark in "*_~`" for found in re.finditer(rf"{edge}\{mark}[^\s{mark}].*?\{mark}{end}", text)
    ]


def cut_in_two(text: str) -> bool:
    """Whether an entity or a control sequence was cut."""
    return text.count("<") != text.count(">") - len(re.findall(r"^>", text, flags=re.MULTILINE)) or bool(
        re.search(r"&(?:a|am|amp|l|lt|g|gt)?…", text)
    )
