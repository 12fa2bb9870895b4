"""What Discord's own reader would bring to life in a text: a second opinion that shares no code with the escaping."""

import re
import unicodedata
from typing import Any

_MENTIONS = re.compile(
    r"<(?:@[!&]?|#)\d+>|</[^<>]+:\d+>|<a?:\w+:\d+>|<t:-?\d+(?::[a-zA-Z])?>|<(?:id|sound):[\w:]+>|@everyone|@here",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"https?://[^\s<]+[^<.,:;\"'\]\s]", re.IGNORECASE)
_OTHER_ADDRESS = re.compile(r"(?:steam|discord|javascript|ftp|tel|mailto)://", re.IGNORECASE)
_MASKED = re.compile(r"\[(?:\\.|[^\]\\])*\]\(")
_INLINE = re.compile(r"\*|_|~~|\|\||`")
_BLOCK = re.compile(r"[ \t]*(?:#{1,3}|-#|[-+*>]|>>>|\d+\.)(?=\s|$)")


def mentions(text: str) -> list[str]:
    """Whatever looks like a mention, escaped or not: nothing of a stranger's words may."""
    return _MENTIONS.findall(text) + unseen(text)


def unseen(text: str) -> list[str]:
    """Control, format, surrogate, private and unknown characters."""
    return [c for c in text if c != "\n" and unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Cn"}]


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


def leads(text: str) -> list[str]:
    """Where a text leads while its words may say something else: masked links, and addresses that start a program."""
    found, at = [], 0
    while at < len(text):
        if text[at] == "\\" and re.match(r"[^\w\s]|_", text[at + 1 : at + 2]):
            at += 2
            continue
        if code := re.compile(r"`[^`]*`").match(text, at):
            at = code.end()
            continue
        if link := re.compile(r"\[(?:\\.|[^\]\\])*\]\(\s*<?([^)>]*)").match(text, at):
            found.append(link[1])
        if program := _OTHER_ADDRESS.match(text, at):
            found.append(program[0])
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
        ("title", _size(embed.get("title", "")), 256),
        ("description", _size(embed.get("description", "")), 4096),
        ("fields", len(fields), 25),
        *(("name", _size(field["name"]), 256) for field in fields),
        *(("value", _size(field["value"]), 1024) for field in fields),
        ("footer", _size(embed.get("footer", {}).get("text", "")), 2048),
        ("total", sum(_size(text) for text in texts(embed)), 6000),
    ]
    empty = [f"{key} is empty" for field in fields for key in ("name", "value") if not field[key].strip()]
    return [f"{what}: {length}" for what, length, most in lengths if length > most] + empty


def _size(text: str) -> int:
    """In UTF-16 units, the most that anybody could count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
