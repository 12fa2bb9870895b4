"""Small pure things with text: comparing, shortening, folding."""

import unicodedata

ELLIPSIS = "…"


def squeeze(text: str) -> str:
    """One line: every run of white space becomes one blank."""
    return " ".join(text.split())


def same_text(one: str, other: str) -> bool:
    """Whether two texts say the same; white space does not count (page templates change it without an edit)."""
    return squeeze(one) == squeeze(other)


def shorten(text: str, most: int) -> str:
    """At most `most` characters, cut at a blank where one is near, with an ellipsis."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    blank = cut.rfind(" ")
    return (cut[:blank] if blank > most * 2 // 3 else cut).rstrip() + ELLIPSIS


def printable(text: str) -> str:
    """Without control, direction-changing and zero-width characters: a page's text must not steer a terminal or an eye.

    Line breaks stay.
    """
    return "".join(char for char in text if char == "\n" or unicodedata.category(char) not in _UNSEEN)


_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def fold(text: str) -> str:
    """For comparing what people type: no case, no accents, no blanks or punctuation.

    >>> fold("Chat-GPT ") == fold("chatgpt")
    True
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(filter(str.isalnum, plain))
