"""An independent, deliberately suspicious reader of mrkdwn: what Slack could see in a text that goes out.

It shares no code with the adapter. It takes for live whatever might be.
"""

import re
from collections.abc import Iterator
from typing import Any

DATE = re.compile(r"!date\^[1-9][0-9]*\^[^|^<>]*\|[0-9:\- ]{16,17} UTC")
LINK = re.compile(r"https?://[^\s|<>\"`]+(\|[^<>]*)?", re.DOTALL)
EMOJI = re.compile(r":[\w+'-]+:")
MENTION = re.compile(r"(?<![A-Za-z0-9._%+-])@\w|@(everyone|here|channel|group)", re.IGNORECASE)
UNSEEN = re.compile(
    "[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200c-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)


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
    return [*_controls(text), *_names(text), *UNSEEN.findall(text)]


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
