"""Words that want to be more than words, from a grammar that can be repeated by its seed; and cards full of them."""

import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from bot.domain.card import Bold, Card, Code, Fact, Item, Link, Listing, Moment, Rich, Shape, Tone

EVIL = "evil.example"
"""Where only strangers' words lead: nothing may be a link to it that hides it."""
NAMED = "https://named.example/incidents/1"
"""An address that a page states as its own, in the place for addresses."""
AT = datetime(2026, 11, 20, 12, 34, tzinfo=UTC)

CORPUS = (
    *("<!channel>", "<!here>", "<!here|x>", "<!everyone>", "<!subteam^S1>", "<!subteam^S1|@ops>", "<@U1>", "<@W1|ann>"),
    *("<#C1>", "<#C1|general>", "<!date^1700000000^{date}|x>", "<!date^1^{time}^https://evil.example|x>", "<!x^1>"),
    *("&lt;!here&gt;", "&amp;lt;!here&amp;gt;", "&#60;!here&#62;", "&LT;!here&GT;", "&lt;@U1&gt;", "&amp;", "&", "&lt"),
    *(
        "@everyone",
        "@here",
        "@channel",
        "@group",
        "@Everyone",
        "＠everyone",
        "@ everyone",
        "@everyone@here",
        "a@everyone",
    ),
    *("<@1>", "<@!22>", "<@&1>", "<#4>", "</ask:5>", "</ask me now:5>", "<t:1>", "<t:1:R>", "<:x:6>", "<a:y:7>"),
    *(
        "<id:guide>",
        "<id:customize>",
        "<sound:1:2>",
        "<:x:",
        "<@",
        "<!",
        "<",
        ">",
        "@",
        ":tada:",
        ":+1::skin-tone-2:",
        "10:30-:",
        "1:11+:x",
        "1:11':",
    ),
    *(
        "](http://evil.example)",
        "[x](https://evil.example)",
        "[**b**](<https://evil.example>)",
        "[x]( https://evil.example)",
    ),
    *("<https://evil.example|your bank>", "<https://evil.example>", "<mailto:a@evil.example|x>", "<tel:1|x>"),
    *("https://evil.example/<!here>", "http://evil.example|x", "https://evil.example/)](https://evil.example)"),
    *("javascript:alert(1)", "steam://run/1", "discord://x", "data:text/html,x", "[x]: https://evil.example"),
    *("*b*", "_i_", "~s~", "`c`", "```\n<!here>\n```", "**b**", "__u__", "||s||", "~~s~~", "***", "# h", "-# s", "> q"),
    *(">>> q", "- l", "* l", "1. l", "\\", "\\\\", "\\<@1\\>", "\\*", "|", "||", "[", "]", "(", ")", "~", "^"),
)
UNSEEN = (
    *("\u200b", "\u200c", "\u200d", "\u200e", "\u202a", "\u202e", "\u2066", "\u2069", "\ufeff", "\u00ad", "\u061c"),
    *(
        "\u2060",
        "\u180e",
        "\U000e0041",
        "\ud800",
        "\udfff",
        "\x00",
        "\x07",
        "\x08",
        "\x1b[31m",
        "\x1b]8;;x\x07",
        "\x7f",
    ),
    *("\x85", "\x9b1m", "\u2028", "\u2029", "\r", "\r\n", "\n", "\n\n\n", "\t", "\v", "\f", "\xa0", "\u3000", "\u034f"),
    *("\u3164", "\u2800", "\u115f", "\ue000", "\uffff", "\U0010ffff", "\u0301", "\ufe0f", "\U0001f3fb"),
)
PLAIN = (
    "Logins fail",
    "a",
    "7",
    " ",
    "é",
    "漢字",
    "😀",
    "👩‍👩‍👧",
    "snake_case",
    "10:30",
    "every",
    "one",
    "here",
    ".",
    ",",
    "!",
    "?",
    "U1",
)


def hostile(luck: random.Random) -> str:
    """One string."""
    way = luck.choices((_chain, _split, _nested, _long, _noise), (50, 20, 15, 1, 14))[0]
    return way(luck)


def _chain(luck: random.Random) -> str:
    return "".join(luck.choice(luck.choice((CORPUS, CORPUS, UNSEEN, PLAIN))) for _ in range(luck.randrange(1, 12)))


def _split(luck: random.Random) -> str:
    """A mention taken apart by what nobody sees, that a careless cleaner puts together again."""
    word = luck.choice(CORPUS)
    at = luck.randrange(len(word) + 1)
    return luck.choice(PLAIN) + word[:at] + "".join(luck.choices(UNSEEN, k=luck.randrange(1, 4))) + word[at:]


def _nested(luck: random.Random) -> str:
    """One inside another, so that taking out the inner one leaves the outer one."""
    outer, inner = luck.choice(CORPUS), luck.choice(CORPUS)
    at = luck.randrange(len(outer) + 1)
    return luck.choice(("", "\n", "> ", "\\", "`", "[", "&")) + outer[:at] + inner + outer[at:]


def _long(luck: random.Random) -> str:
    return luck.choice((*CORPUS, *PLAIN, *UNSEEN)) * luck.randrange(500, 6000)


def _noise(luck: random.Random) -> str:
    signs = "<>@#!&|:;*_~`()[]\\/^-+. \n"
    return "".join(
        luck.choice(signs) if luck.random() < 0.7 else chr(luck.randrange(0x110000)) for _ in range(luck.randrange(60))
    )


ADDRESSES = (
    *(NAMED, NAMED, NAMED, "", "javascript:alert(1)", "https://", "https://[", "http://\u202eexample", "//x"),
    *("https://named.example/a|b", "https://named.example/>\n<!here>", "https://named.example/ <@1>", "mailto:a@b.c"),
    *("https://ann:secret@named.example", "https://named.example/" + "a" * 3000, "https://named.example/(x)[y]*_~`"),
    *("https://named.example/@everyone", "https://named.example/<@1>", "HTTPS://NAMED.EXAMPLE/&lt;!here&gt;", "\x00"),
    *("https://named.example/\ud800", "https://named.example/?a=1&b=2#c", "https://named.example:99999/", "file:///x"),
)
MOMENTS = (AT, AT - timedelta(days=20_000), datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC))


class Draw:
    """Draws cards, and counts the strings in them."""

    def __init__(self, luck: random.Random) -> None:
        self.luck = luck
        self.strings = 0

    def words(self) -> str:
        self.strings += 1
        return hostile(self.luck)

    def some(self, what: Callable[[], object], most: int) -> tuple[object, ...]:
        return tuple(what() for _ in range(self.luck.randrange(most + 1)))

    def rich(self) -> Rich:
        kinds: Sequence[Callable[[], object]] = (
            self.words,
            self.words,
            lambda: Bold(self.words()),
            lambda: Code(self.words()),
            lambda: Link(self.words(), self.luck.choice(ADDRESSES)),
            lambda: Moment(self.luck.choice(MOMENTS), self.luck.choice(tuple(Shape))),
        )
        return tuple(self.luck.choice(kinds)() for _ in range(self.luck.randrange(4)))  # type: ignore[misc] # makers of parts

    def card(self) -> Card:
        """Hostile words wherever a card has words."""
        tones = tuple(Tone)
        return Card(
            tone=self.luck.choice(tones),
            title=self.words(),
            url=self.luck.choice(ADDRESSES),
            lead=self.rich(),
            quote=self.words(),
            facts=tuple(Fact(self.words(), self.rich()) for _ in range(self.luck.choice((0, 1, 2, 3, 12)))),
            listings=tuple(
                Listing(
                    self.words(),
                    tuple(
                        Item(self.rich(), self.luck.choice((None, *tones)))
                        for _ in range(self.luck.choice((0, 1, 3, 30)))
                    ),
                )
                for _ in range(self.luck.randrange(3))
            ),
            footer=self.rich(),
        )
