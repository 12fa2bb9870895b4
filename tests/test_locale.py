"""The French texts are complete, current and well formed.

After a text of ours was added or changed::

    .venv/bin/python -m tests.test_locale         # collects the texts, updates planb.po, compiles planb.mo
    $EDITOR bot/locale/fr/LC_MESSAGES/planb.po    # translate what is empty, check what is `fuzzy`, drop `#~` lines
    .venv/bin/python -m tests.test_locale         # compiles again
    .venv/bin/python -m pytest tests/test_locale.py

Texts are those inside `words("...")`, `words.plural("one", "many", n)` and `mark("...")`.
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog as Messages
from babel.messages.catalog import Message
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

import bot
from bot.commands import COMMANDS
from bot.locale import FOLDER, languages

PACKAGE = Path(bot.__file__).parent
PO = FOLDER / "fr" / "LC_MESSAGES" / "planb.po"
MO = PO.with_suffix(".mo")
COMMENT = "# French texts of Plan B. How to refresh this file: see tests/test_locale.py."
ALIKE = {"Incident", "Information", "Maintenance"}  # the same in both languages
ARGUMENTS = {"words": 1, "mark": 1, "plural": 2}  # how many of the first arguments of a call are texts
CALLED = re.compile(rf"\b({'|'.join(ARGUMENTS)})\s*\(")

Text = str | tuple[str, ...]


class Plain(Messages):
    """Messages whose header has no date, tool or name in it: refreshing twice changes nothing."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        return [
            ("Project-Id-Version", "planb"),
            ("Language", "fr"),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
            ("Plural-Forms", f"{self.plural_forms}\n"),
        ]


def marked(source: str) -> Iterator[Text]:
    """The texts of a module. Read from its syntax tree: Babel's own reader misses f-strings before Python 3.12."""
    if not CALLED.search(source):
        return  # most modules say nothing, and walking their trees takes a second
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        texts = [list(_constants(argument)) for argument in node.args[: ARGUMENTS.get(name, 0)]]
        if name == "plural":
            yield from zip(*texts, strict=True)
        else:
            yield from (text for several in texts for text in several)


def _constants(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=body, orelse=other):
            yield from _constants(body)
            yield from _constants(other)
        case _:
            pass


def collected() -> Messages:
    """All texts of the package, each with the modules it is in."""
    found = Messages(domain="planb")
    for path in sorted(PACKAGE.rglob("*.py")):
        where = path.relative_to(PACKAGE.parent).as_posix()
        for text in marked(path.read_text("utf-8")):
            found.add(text, locations=[(where, 0)])
    return found


def known() -> Messages:
    with PO.open("rb") as file:
        return read_po(file, locale="fr", domain="planb")


def updated(old: Messages, texts: Messages) -> Messages:
    """The translations that are still needed, the new texts empty or `fuzzy`, the old ones as `#~` lines."""
    old.update(texts)
    new = Plain(locale="fr", domain="planb", header_comment=COMMENT, fuzzy=False)
    for message in old:
        if message.id:
            new[message.id] = message
    new.obsolete = old.obsolete
    return new


def written(messages: Messages) -> bytes:
    file = BytesIO()
    write_po(file, messages, width=120, sort_output=True, include_lineno=False)
    return file.getvalue().rstrip() + b"\n"


def compiled(messages: Messages) -> bytes:
    file = BytesIO()
    write_mo(file, messages)
    return file.getvalue()


def refresh() -> None:
    messages = updated(known(), collected())
    PO.write_bytes(written(messages))
    MO.write_bytes(compiled(messages))
    unready = [_name(message) for message in listed(messages) if message.fuzzy or not all(_forms(message))]
    told = [f"to translate: {name}\n" for name in unready]
    sys.stdout.writelines([*told, *(f"no longer used: {name}\n" for name in messages.obsolete)])


def listed(messages: Iterable[Message]) -> list[Message]:
    return [message for message in messages if message.id]


def _name(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _forms(message: Message) -> Sequence[str]:
    return [message.string] if isinstance(message.string, str) else message.string or ()


def _originals(message: Message) -> Sequence[str]:
    return [message.id] if isinstance(message.id, str) else message.id


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


MESSAGES = listed(known())
TYPOGRAPHY = (
    (r"(?<!\u00a0)[;?!»]|«(?!\u00a0)", "a no-break space stands before ; ? ! » and after «"),
    (r"(?<!\u00a0):(?=\s|$)", "a no-break space stands before :"),
    (r"['\"“”]|\.\.\.", "write ’ « » …"),
    (r"\} (?:h|j|min)\b|\{n\} ", "a no-break space stands after a number"),
)


def test_it_finds_marked_texts_wherever_they_stand() -> None:
    source = 'words("a"); f"{words(\'b\', n=1)}"; words.plural("{n} c", "{n} d", 2); mark("e" "f"); words(x); say("y")'
    assert set(marked(source)) == {"a", "b", ("{n} c", "{n} d"), "ef"}
    assert list(marked('words("g" if x else "h")')) == ["g", "h"]


def test_every_marked_text_is_in_the_message_file_and_no_other() -> None:
    assert {message.id for message in MESSAGES} == {message.id for message in listed(collected())}
    assert not known().obsolete


def test_a_refresh_changes_nothing_when_no_text_has_changed() -> None:
    assert written(updated(known(), collected())).decode() == PO.read_text("utf-8")


def test_a_new_text_waits_for_its_translation_and_an_old_one_is_set_aside() -> None:
    texts = collected()
    texts.add("Quite another sentence")
    texts.delete("Resolved")
    messages = updated(known(), texts)
    new = messages["Quite another sentence"]
    assert new is not None
    assert not new.string
    assert "Resolved" in messages.obsolete


def test_the_compiled_file_says_what_the_message_file_says() -> None:
    with MO.open("rb") as file:
        read = {tuple(_originals(message)): tuple(_forms(message)) for message in listed(read_mo(file))}
    assert read == {tuple(_originals(message)): tuple(_forms(message)) for message in MESSAGES}


def test_every_text_is_translated() -> None:
    assert [_name(message) for message in MESSAGES if not _translated(message)] == []


def _translated(message: Message) -> bool:
    alike = set(_forms(message)) == set(_originals(message))
    whole = all(_forms(message)) and len(_forms(message)) == len(_originals(message))
    return whole and not message.fuzzy and alike is (message.id in ALIKE)


def test_every_translation_fills_in_what_the_english_fills_in() -> None:
    assert [text for message in MESSAGES for text in _filled_in_otherwise(message)] == []


def _filled_in_otherwise(message: Message) -> Iterator[str]:
    wanted = placeholders(_name(message))
    for text in (*_originals(message), *_forms(message)):
        if placeholders(text) != wanted:
            yield text
            continue
        filled = text.format(**{name: f"<{name}>" for name in wanted})
        if "{" in filled or not all(f"<{name}>" in filled for name in wanted):
            yield text


@pytest.mark.parametrize(("broken", "rule"), TYPOGRAPHY, ids=[rule for _, rule in TYPOGRAPHY])
def test_translations_keep_the_typographic_rules(broken: str, rule: str) -> None:
    texts = [text for message in MESSAGES for text in _forms(message)]
    assert [text for text in texts if re.search(broken, re.sub(r"`[^`]*`", "``", text))] == [], rule


def test_no_translation_puts_a_word_before_a_name_that_a_vowel_would_shorten() -> None:
    names = r"\b(?:de|que|le|la|ne|se|jusque) \{(?:name|service|title|tools?|instead|owner|platform|text)\}"
    assert [text for message in MESSAGES for text in _forms(message) if re.search(names, text)] == []


def test_every_translation_begins_and_ends_like_the_english() -> None:
    pairs = [pair for message in MESSAGES for pair in zip(_originals(message), _forms(message), strict=True)]
    assert [french for english, french in pairs if _edges(french) != _edges(english)] == []


def _edges(text: str) -> tuple[str, bool]:
    return text[: len(text) - len(text.lstrip())], text.endswith(".")


def test_a_summary_fits_into_what_discord_allows() -> None:
    french = languages()["fr"]
    summaries = [c.summary for c, _ in COMMANDS] + [option.summary for c, _ in COMMANDS for option in c.options]
    assert max(len(french(summary)) for summary in summaries) <= 100  # docs.discord.com: application command structure


@pytest.mark.parametrize(
    ("n", "en", "fr"),
    [
        (0, "0 open incidents", "0\u00a0incident en cours"),
        (1, "1 open incident", "1\u00a0incident en cours"),
        (2, "2 open incidents", "2\u00a0incidents en cours"),
    ],
)
def test_nothing_is_singular_in_french_and_plural_in_english(n: int, en: str, fr: str) -> None:
    told = {language: w.plural("{n} open incident", "{n} open incidents", n) for language, w in languages().items()}
    assert told == {"en": en, "fr": fr}


def test_all_plurals_of_the_message_file_turn_at_two() -> None:
    french = languages()["fr"]
    for message in MESSAGES:
        if message.pluralizable:
            one, many = _originals(message)
            few, more = _forms(message)
            assert [french.ngettext(one, many, n) for n in (0, 1, 2, 5)] == [few, few, more, more]


if __name__ == "__main__":
    refresh()
