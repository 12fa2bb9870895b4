"""The message files: `<language>/LC_MESSAGES/planb.po` is what people translate, `.mo` is what is read.

To refresh after a text changed: `tests/test_locale.py` says how, and fails until it is done.
"""

import gettext
from collections.abc import Mapping
from pathlib import Path

from bot.domain.words import LANGUAGES, Language, Words

FOLDER = Path(__file__).parent
DOMAIN = "planb"


def languages() -> Mapping[Language, Words]:
    """All languages, read once."""
    return {language: _read(language) for language in LANGUAGES}


def _read(language: Language) -> Words:
    found = gettext.translation(DOMAIN, FOLDER, [language], fallback=language == "en")
    return Words(language, found.gettext, found.ngettext)
