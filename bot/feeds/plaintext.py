"""Provider text as plain text. It arrives as plain text, Markdown, HTML, CDATA, or escaped twice."""

import re
from html import unescape

# Only names of HTML: `List<String>` and `<your-host>` in an incident text are words, not markup.
_TAG = re.compile(
    r"<(/?)(a|abbr|article|b|blockquote|body|br|center|code|dd|div|dl|dt|em|figure|font|footer|h[1-6]|head|header|hr"
    r"|html|i|iframe|img|ins|del|kbd|li|link|main|mark|meta|nav|ol|p|pre|q|s|samp|script|section|small|span|strike"
    r"|strong|style|sub|sup|table|tbody|td|tfoot|th|thead|time|title|tr|tt|u|ul|var)(?=[\s/>])[^<>]*>",
    re.IGNORECASE,
)
_BREAK = re.compile(r"article|blockquote|br|dd|div|dl|dt|footer|h[1-6r]|header|li|ol|p|pre|section|table|t[dhr]|ul")
_HIDDEN = frozenset({"script", "style", "head", "title", "iframe"})
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
# NUL cannot be stored in Postgres, and a lone surrogate cannot be written as UTF-8.
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u2060\ufeff\ud800-\udfff]")
_HEADING = re.compile(r"^[ \t]{0,3}(?:#{1,6}[ \t]+(?:(?:\\#){1,6}[ \t]*)?)", re.MULTILINE)
_LINKED = re.compile(r"\[([^\[\]\n]{1,300})\]\((?:https?://|/|mailto:)[^()\s]{0,500}\)")
_EMPHASIS = re.compile(r"(\*\*|__)(?=\S)([^*_\n]{1,500}?)(?<=\S)\1")
_STARRED = re.compile(r"(?<![\w*\\])\*(?=[^\s*])([^*\n]{1,500}?)(?<=[^\s*])\*(?![\w*])")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+.!|>~-])")
_BLANKS = re.compile(r"[^\S\n]+")


def plain(text: str) -> str:
    """Without tags and entities; one blank between words, one line break between paragraphs.

    Two pages that differ in markup or blanks alone give the same text.
    """
    bare, had_tags = _without_tags(text)
    bare = unescape(bare)
    if not had_tags:
        # No tag, yet tags appear once it is unescaped: it was escaped twice. Twice is the limit.
        bare = unescape(_without_tags(bare)[0])
    bare = _UNWANTED.sub("", bare.replace("\r\n", "\n").replace("\r", "\n"))
    lines = (_BLANKS.sub(" ", one).strip() for one in bare.split("\n"))
    return "\n".join(one for one in lines if one)


def from_markdown(text: str) -> str:
    """`plain`, without the marks of Markdown: headings, emphasis, escapes; a link keeps its words."""
    bare = _HEADING.sub("", _LINKED.sub(r"\1", text))
    return plain(_ESCAPED.sub(r"\1", _STARRED.sub(r"\1", _EMPHASIS.sub(r"\2", bare))))


def line(text: str) -> str:
    """`plain`, on one line."""
    return " ".join(plain(text).split())


def _without_tags(text: str) -> tuple[str, bool]:
    """The text between the tags, and whether there were any."""
    text = _without_comments(text)
    pieces = _TAG.split(text)
    if len(pieces) == 1:
        return text, False
    # In HTML a line break of the source is a blank; in text with a stray <b> it is a line break.
    flow = " " if any(_is_break(name) for name in pieces[2::3]) else "\n"
    kept = [pieces[0].replace("\n", flow)]
    hidden = ""
    for closing, name, words in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
        hidden = _now_hidden(hidden, name.lower(), closing=bool(closing))
        kept.append("\n" if _is_break(name) else "")
        kept.append("" if hidden else words.replace("\n", flow))
    return "".join(kept), True


def _is_break(name: str) -> bool:
    return _BREAK.fullmatch(name.lower()) is not None


def _now_hidden(hidden: str, name: str, *, closing: bool) -> str:
    """The element whose content is not for readers, after this tag."""
    if hidden:
        return "" if closing and name == hidden else hidden
    return name if name in _HIDDEN and not closing else ""


def _without_comments(text: str) -> str:
    # Cut at the last end, so that no search for an end can fail: a text full of `<!--` stays cheap.
    end = text.rfind("-->") + 3
    return _COMMENT.sub("", text[:end]) + text[end:] if end > len("-->") - 1 else text
