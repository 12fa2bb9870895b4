"""The words of one language. Pure code is handed these; `bot/locale` reads them from the message files."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Language = Literal["en", "fr"]
LANGUAGES: tuple[Language, ...] = ("en", "fr")


def mark(text: str) -> str:
    """Mark a text in a table for translation; it is translated where it is shown."""
    return text


@dataclass(frozen=True, slots=True)
class Words:
    """`words("Open")` translates; `words.plural("{n} tool", "{n} tools", n)` picks the form and fills in `n`."""

    language: Language
    gettext: Callable[[str], str]
    ngettext: Callable[[str, str, int], str]

    def __call__(self, text: str, /, **values: object) -> str:
        """Translate, then fill in the `{named}` values."""
        translated = self.gettext(text)
        return translated.format(**values) if values else translated

    def plural(self, one: str, many: str, n: int, /, **values: object) -> str:
        """Translate the form for `n`, then fill in `{n}` and the other values."""
        return self.ngettext(one, many, n).format(n=n, **values)
