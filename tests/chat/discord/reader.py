"""What Discord's own reader would bring to life in a text: a second opinion that shares no code with the escaping."""

import re
from typing import Any

_MENTIONS = re.compile(
    r"<(?:@[!&]?|#)\d+>|</[^<>]+:\d+>|<a?:\w+:\d+>|<t:-?\d+(?::[a-zA-Z])?>|<id:\w+>|@everyone|@here", re.IGNORECASE
)
_ADDRESS = re.compile(r"https?://[^\s<]+[^<.,:;\"'\]\s]", re.IGNORECASE)
_OTHER_ADDRESS = re.compile(r"(?:steam|discord|javascript|ftp|tel|mailto)://", re.IGNORECASE)
_MASKED = re.compile(r"\[(?:\\.|[^\]\\])*\]\(")
_INLINE = re.compile(r"\*|_|~~|\|\||`")
_BLOCK = re.compile(r"[ \t]*(?:#{1,3}|-#|[-+*>]|>>>|\d+\.)(?=\s|$)")
_UNSEEN = re.compile(r"[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def mentions(text: str) -> list[str]:
    """Whatever looks like a mention, escaped or not: nothing of a stranger's words may."""
    return _MENTIONS.findall(text) + _UNSEEN.findall(text)


def alive(text: str) -> list[str]:
    """Markup that is not escaped. Addresses that show where they lead are no markup."""
    found, at = [], 0
    while at < len(text):
        if text[at] == "\\" and re.match(r"[^\w\s]|_", text[at + 1 : at + 2]):
            at += 2
            continue
        if address := _ADDRESS.match(text, at):
            at = address.end()
            continue
        rules = [_MASKED, _INLINE, _OTHER_ADDRESS, *([_BLOCK] if at == 0 or text[at - 1] == "\n" else [])]
        found += [match[0] for rule in rules if (match := rule.match(text, at))]
        at += 1
    return found


def texts(embed: dict[str, Any]) -> list[str]:
    """Every text of an embed."""
    fields = [part for field in embed.get("fields", []) for part in (field["name"], field["value"])]
    return [embed.get("title", ""), embed.get("description", ""), *fields, embed.get("footer", {}).get("text", "")]


def too_long(embed: dict[str, Any]) -> list[str]:
    """Limits that are broken: https://docs.discord.com/developers/resources/message#embed-object-embed-limits."""
    fields = embed.get("fields", [])
    lengths = [
        ("title", len(embed.get("title", "")), 256),
        ("description", len(embed.get("description", "")), 4096),
        ("fields", len(fields), 25),
        *(("name", len(field["name"]), 256) for field in fields),
        *(("value", len(field["value"]), 1024) for field in fields),
        ("footer", len(embed.get("footer", {}).get("text", "")), 2048),
        ("total", sum(len(text) for text in texts(embed)), 6000),
    ]
    empty = [f"{key} is empty" for field in fields for key in ("name", "value") if not field[key].strip()]
    return [f"{what}: {length}" for what, length, most in lengths if length > most] + empty
