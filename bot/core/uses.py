"""What tools are used for, in words: the catalogue's closed list of capabilities."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from bot.domain.words import Words, mark

USES: Mapping[str, str] = MappingProxyType(
    {
        "accounting": mark("accounting"),
        "agents": mark("agents"),
        "analytics": mark("analytics"),
        "api": "API",
        "auth": mark("sign-in"),
        "automation": mark("automation"),
        "calls": mark("calls"),
        "cdn": mark("content delivery"),
        "chat": mark("chat"),
        "ci": mark("continuous integration"),
        "code": mark("code"),
        "content": mark("website content"),
        "crm": mark("customer records"),
        "database": mark("databases"),
        "design": mark("design"),
        "dns": mark("domain names"),
        "documents": mark("documents"),
        "email": mark("e-mail"),
        "flags": mark("feature flags"),
        "forms": mark("forms"),
        "forum": mark("forum"),
        "hosting": mark("hosting"),
        "image": mark("images"),
        "incidents": mark("on-call alerts"),
        "maps": mark("maps"),
        "marketing": mark("marketing"),
        "meetings": mark("meetings"),
        "messaging": mark("messaging"),
        "monitoring": mark("monitoring"),
        "music": mark("music"),
        "network": mark("network"),
        "passwords": mark("passwords"),
        "payments": mark("payments"),
        "projects": mark("projects"),
        "repository": mark("code hosting"),
        "scheduling": mark("appointments"),
        "search": mark("search"),
        "security": mark("security"),
        "shop": mark("online shop"),
        "signature": mark("signatures"),
        "social": mark("social networks"),
        "storage": mark("storage"),
        "support": mark("support"),
        "translation": mark("translation"),
        "video": mark("video"),
        "voice": mark("voice"),
        "writing": mark("writing"),
    }
)


def uses(capabilities: Sequence[str], words: Words, most: int = 5) -> str:
    """`chat, writing, images and 2 more`; a word that is not on the list stands as it is."""
    said = [words(USES[one]) if one in USES else one for one in capabilities]
    return some(said, words, most)


def some(names: Sequence[str], words: Words, most: int = 5) -> str:
    """The first of them, and how many more there are."""
    more = len(names) - most
    shown = ", ".join(names[:most] if more > 0 else names)
    return f"{shown} {words.plural('and {n} more', 'and {n} more', more)}" if more > 0 else shown
