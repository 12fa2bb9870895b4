"""Which playbook a tool calls for, and that no advice ends without one."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.alternatives import Counsel
from bot.core.catalogue import Catalogue, Found
from bot.core.playbooks import Playbooks, typed, what_fails, with_last_resort
from bot.core.ranking import Failing, rank
from bot.core.render_advice import alternatives
from bot.core.render_playbook import TEMPLATE_SHOWN, playbook_button, playbook_card
from bot.core.standing import Standing
from bot.domain.card import Code, Link
from bot.domain.continuity import Alternative
from bot.domain.playbook import Marked, Playbook, Step, Text
from bot.domain.service import Part
from bot.domain.status import Component, Health, Incident, Phase
from bot.locale import languages
from tests.made import API, CHAT, FRESH, LAMP, TORCH, VIDEO, change, ended, incident

WORDS = languages()["en"]
BRIGHT = replace(
    LAMP,
    capabilities=("chat", "image"),
    parts=(*LAMP.parts, Part(slug="api", name="API", components=("API",), capabilities=("chat",))),
)
WHOLE, CHATS, BEAMS = Found(service=BRIGHT), Found(service=BRIGHT, part=BRIGHT.parts[0]), BRIGHT.parts[1]
ENDPOINT = Found(service=BRIGHT, part=BRIGHT.parts[2])


def book(wanted: str, *, chosen: bool = True) -> Playbook:
    return Playbook(wanted=wanted, steps=(Step(do=Text(en="Breathe")),), chosen=chosen)


OURS = [book(f"capability:{use}", chosen=False) for use in ("chat", "image", "api", "any")]


@pytest.mark.parametrize(
    ("found", "ours", "wanted"),
    [
        (CHATS, ("lamp", "lamp:chat", "capability:chat"), "lamp:chat"),
        (CHATS, ("lamp:video", "lamp"), "lamp"),
        (CHATS, ("lamp:video", "capability:image", "capability:chat"), "capability:chat"),
        (WHOLE, ("lamp:video", "lamp"), "lamp"),
        (WHOLE, ("lamp:video", "lamp:chat", "capability:chat"), "lamp:chat"),
        (WHOLE, ("torch", "capability:any"), "capability:any"),
        (WHOLE, (), "capability:chat"),
        (ENDPOINT, (), "capability:api"),
        (ENDPOINT, ("capability:chat",), "capability:chat"),
        (Found(service=TORCH), ("lamp",), "capability:any"),
    ],
)
def test_the_nearest_playbook_of_the_team_counts_and_then_the_nearest_of_ours(
    found: Found, ours: tuple[str, ...], wanted: str
) -> None:
    chosen = Playbooks(ours=tuple(map(book, ours)), defaults=tuple(OURS)).of(found)
    assert (chosen.wanted, chosen.chosen) == (wanted, wanted in ours)


def test_where_nobody_wrote_any_an_empty_one_says_how() -> None:
    empty = Playbooks().of(CHATS)
    card = playbook_card(empty, CHATS, None, "U1", WORDS)
    assert card.lead == ("Nobody has written this playbook yet.",)
    assert card.listings[0].items[0].text[0] == Code('[playbooks."lamp:chat"]')


@pytest.mark.parametrize(
    ("about", "expected"),
    [
        (incident(components=("c1",)), "lamp:chat"),
        (incident(components=("c1", "c2")), "lamp"),
        (incident(), "lamp"),
        (incident(components=("c9",)), None),
    ],
)
def test_what_fails_is_the_part_where_it_is_one(about: Incident, expected: str | None) -> None:
    page = (CHAT, VIDEO, API, Component(id="c9", name="Printer", health=Health.OPERATIONAL))
    found = what_fails(LAMP, about, page)
    assert (found.value if found else None) == expected


def test_the_shortest_word_that_means_it_is_shown() -> None:
    catalogue = Catalogue((LAMP, replace(TORCH, parts=(Part(slug="video", name="Video", components=("V",)),))))
    assert typed("lamp:video", catalogue) == "lamp:video"  # two tools have one of that name
    assert typed("torch", catalogue) == "torch"
    assert typed("lamp:chat", Catalogue((LAMP,))) == "lamp:chat"
    short = replace(LAMP, parts=(replace(LAMP.parts[0], aliases=("chat",)),))
    assert typed("lamp:chat", Catalogue((short,))) == "chat"


TOOLS = st.builds(
    Alternative,
    name=st.sampled_from(["Torch", "Candle", "Sun"]),
    service=st.sampled_from(["", "torch"]),
    upstreams=st.sampled_from([(), ("mains",)]),
    chosen=st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(
    tools=st.lists(TOOLS, max_size=6),
    health=st.sampled_from(list(Health)),
    fails=st.sampled_from([WHOLE, CHATS, None]),
    link=st.sampled_from(["", "https://wiki.example.org/x"]),
    language=st.sampled_from(["en", "fr"]),
)
def test_the_last_line_of_every_advice_is_what_to_do_without(
    tools: list[Alternative], health: Health, fails: Found | None, link: str, language: str
) -> None:
    words = languages()[language]  # type: ignore[index] # a Literal, as text
    standing = Standing(service=TORCH, part=None, health=health, last_known=health, sight=FRESH)
    advice = rank(
        tools,
        Failing(service=BRIGHT),
        services={"torch": TORCH},
        standings={"torch": standing},
        today=date(2026, 11, 20),
    )
    counsels = [Counsel(instead_of="Lamp", advice=advice, wanted="lamp")] if tools else []
    books = Playbooks(ours=(replace(book("lamp"), link=Text(en=link)), replace(book("lamp:chat"), link=Text(en=link))))
    known = with_last_resort(counsels, fails, books, Catalogue((BRIGHT, TORCH)), words.language)
    shown = alternatives(known, words)
    assert len(shown) == (1 if tools or fails else 0)
    for listing in shown:
        *others, last = listing.items
        (command,) = (part for part in last.text if isinstance(part, Code))
        assert command.text in {"/outage playbook lamp", "/outage playbook lamp:chat"}
        assert [part.url for part in last.text if isinstance(part, Link)] == ([link] if link else [])
        assert not any(isinstance(part, Code) for item in others for part in item.text)
        assert len(others) <= len(tools)


def test_a_counsel_that_nobody_led_further_still_ends_with_the_playbook() -> None:
    (listing,) = alternatives([Counsel(instead_of="Lamp Chat", advice=())], WORDS)
    assert listing.items[-1].text[-1] == Code("/outage playbook Lamp Chat")


def test_an_open_incident_has_a_button_for_the_playbook_and_one_that_is_over_has_none() -> None:
    (button,) = playbook_button(12, change(), WORDS)
    assert (button.label, button.does) == ("Playbook", "playbook:12:")
    assert playbook_button(12, change(ended()), WORDS) == ()
    assert playbook_button(12, change(incident(phase=Phase.SCHEDULED)), WORDS) == ()


def test_a_long_template_is_shortened_and_says_where_the_whole_is() -> None:
    long = Playbook(wanted="lamp", template=Text(en="word " * 500), link=Text(en="https://wiki.example.org"))
    card = playbook_card(long, WHOLE, None, "U1", WORDS)
    assert len(card.quote) <= TEMPLATE_SHOWN
    assert card.footer[0] == Link("your team's template", "https://wiki.example.org")
    assert card.footer[-1] == Code("planb playbooks export")
    assert playbook_card(replace(long, template=Text(en="short")), WHOLE, None, "U1", WORDS).footer == card.footer[:1]


def test_a_button_fits_whatever_was_typed() -> None:
    typed_part = Found(service=LAMP, part=Part(slug="x" * 90, name="X", components=("X",)))
    card = playbook_card(book("lamp"), typed_part, Marked(delivery=10**12, thread="t"), "U1", WORDS)
    assert [button.does for button in card.buttons] == ["claim:1000000000000:1:lamp"]


def test_at_most_five_buttons_are_offered() -> None:
    many = replace(book("lamp"), steps=book("lamp").steps * 9)
    card = playbook_card(many, WHOLE, Marked(delivery=1, thread="t"), "U1", WORDS)
    assert [button.label for button in card.buttons] == [f"I take {n}" for n in range(1, 6)]


def test_a_counsel_for_a_tool_that_nobody_knows_any_more_is_left_as_it_is() -> None:
    lost = Counsel(instead_of="Lost", advice=(), wanted="lost")
    playbooks = Playbooks(defaults=tuple(OURS))
    assert with_last_resort([lost], None, playbooks, Catalogue((BRIGHT,)), "en") == (lost,)
