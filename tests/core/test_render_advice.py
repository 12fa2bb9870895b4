"""What people read: each line of an advice with its reasons, written out by hand in both languages."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.alternatives import Counsel
from bot.core.catalogue import Catalogue, Found
from bot.core.playbooks import NO_PLAYBOOKS, with_last_resort
from bot.core.ranking import Failing, Ranked, rank
from bot.core.render_advice import alternatives, listed
from bot.domain.card import Bold, Code, Item, Link, Rich
from bot.domain.continuity import Alternative, Data
from bot.domain.service import Service, Upstream
from bot.domain.words import Language
from bot.locale import languages
from tests.core.test_ranking import FAILINGS, KNOWN, TEAMS, TODAY, WORLDS, Case, ranked, well

WORDS = languages()


def spoken(rich: Rich) -> str:
    return "".join(part if isinstance(part, str) else getattr(part, "text", "") for part in rich)


def lines(advice: tuple[Ranked, ...], language: Language = "en", *, full: bool = False) -> list[str]:
    (listing,) = alternatives([Counsel(instead_of="ChatGPT", advice=advice)], WORDS[language], full=full)
    return [spoken(item.text) for item in listing.items]


ALL_AT_ONCE = Case(
    "",
    "openai:chatgpt",
    "openai:api claude@0 gemini@1 paper copilot openai:sora@200 mistral inhouse+azure grok",
    well(
        azure="down", google_cloud="ok", copilot="slow", mistral="gone ok", grok="planned", aws="ok", gemini="ok",
        **{"openai:api": "unknown", "openai:sora": "ok"},
    ),
)  # fmt: skip


SAID = {
    "en": """\
claude (now: Operational;
  tried today)
gemini (now: Operational;
  tried 1 day ago)
paper (no status page to check)
openai:sora (the same provider, Openai;
  shares Azure with the failing tool, and Azure fails now;
  now: Operational;
  tried 200 days ago)
inhouse (shares Azure with the failing tool, and Azure fails now;
  no status page to check)
grok (planned work is under way there)
openai:api (its page does not say how it is;
  the same provider, Openai;
  shares Azure with the failing tool, and Azure fails now)
mistral (I have not read its page yet)
copilot (itself: Degraded;
  shares Azure with the failing tool, and Azure fails now;
  built on Openai, which fails now)
Without it: /outage playbook ChatGPT""",
    "fr": """\
claude (en ce moment~: Opérationnel~;
  essayé aujourd’hui)
gemini (en ce moment~: Opérationnel~;
  essayé il y a 1~jour)
paper (pas de page d’état à consulter)
openai:sora (même fournisseur~: Openai~;
  s’appuie sur Azure, comme l’outil en panne, et Azure est en panne aussi~;
  en ce moment~: Opérationnel~;
  essayé il y a 200~jours)
inhouse (s’appuie sur Azure, comme l’outil en panne, et Azure est en panne aussi~;
  pas de page d’état à consulter)
grok (maintenance prévue en cours de leur côté)
openai:api (sa page n’indique pas son état~;
  même fournisseur~: Openai~;
  s’appuie sur Azure, comme l’outil en panne, et Azure est en panne aussi)
mistral (je n’ai pas encore lu sa page)
copilot (de son côté~: Dégradé~;
  s’appuie sur Azure, comme l’outil en panne, et Azure est en panne aussi~;
  s’appuie sur Openai, en panne en ce moment)
Sans cet outil~: /outage playbook ChatGPT""",
}
"""One reason on each line; `~` is a blank that does not break."""


@pytest.mark.parametrize("language", SAID)
def test_each_line_says_its_reasons_those_of_what_is_not_to_be_used_too(language: Language) -> None:
    said = "\n".join(lines(ranked(ALL_AT_ONCE.failing, ALL_AT_ONCE.team, ALL_AT_ONCE.now), language))
    assert said.replace("; ", ";\n  ").replace("\N{NO-BREAK SPACE}", "~") == SAID[language]


@pytest.mark.parametrize(
    ("team", "now", "expected"),
    [
        (
            "grok+azure claude",
            well(azure="down"),
            ["claude (now: Operational)",
             "grok (last: shares Azure with the failing tool, and Azure fails now; now: Operational)"],
        ),
        (
            "claude openai:sora",
            well(**{"openai:sora": "ok"}),
            ["claude (now: Operational)", "openai:sora (last: the same provider, Openai; now: Operational)"],
        ),
        (
            "grok+azure claude",
            well(azure="down", claude="down"),
            ["grok (shares Azure with the failing tool, and Azure fails now; now: Operational)",
             "claude (itself: Major outage)"],
        ),
    ],
)  # fmt: skip
def test_only_what_is_the_last_is_called_that(team: str, now: dict[str, str], expected: list[str]) -> None:
    assert lines(ranked("openai:chatgpt", team, now))[:-1] == expected


def test_what_nobody_asked_yet_is_no_fault_of_its_page() -> None:
    (one,) = ranked("openai:chatgpt", "claude", {"claude": "gone ok"})
    assert one.standing
    unread = replace(one.standing, sight=replace(one.standing.sight, read_at=None, trouble=""))
    broken = replace(one.standing, sight=replace(one.standing.sight, read_at=None, trouble="404"))
    said = [lines((replace(one, standing=standing),))[0] for standing in (unread, broken)]
    assert said == ["claude (I have not read its page yet)", "claude (I cannot read its page now)"]


def test_of_the_catalogues_proposals_the_best_are_shown_and_those_that_people_would_flee_to_in_vain() -> None:
    team = "claude gemini mistral grok copilot paper"
    advice = tuple(
        replace(one, alternative=replace(one.alternative, chosen=False))
        for one in ranked("openai:chatgpt", team, well(claude="down", azure="down"))
    )
    assert [line.split(" ")[0] for line in lines(advice)] == [
        "gemini", "mistral", "grok", "copilot", "claude", "Without",
    ]  # fmt: skip


def test_all_that_is_known_of_a_tool_is_said_where_somebody_asks_with_the_page_that_says_what_it_is_built_on() -> None:
    tool = Alternative(
        name="Pen", service="pen", url="https://pen.example", note="blue", owner="Ann", seats=1, data=Data.INTERNAL,
        upstreams=("azure", "ink"),
    )  # fmt: skip
    pen = Service(
        slug="pen", name="Pen", page="", feeds=(), upstreams=(Upstream(name="aws", source="https://a.example"),)
    )
    standings = {
        one.service.slug: one
        for one in (r.standing for r in ranked("openai", "azure aws", {"azure": "ok", "aws": "ok"}))
        if one
    }
    (one,) = rank([tool], Failing(service=KNOWN["openai"]), services={"pen": pen}, standings=standings, today=TODAY)
    (listing,) = alternatives([Counsel(instead_of="ChatGPT", advice=(one,))], WORDS["en"], full=True)
    assert spoken(listing.items[0].text) == (
        "Pen – blue (no status page to check) – owner: Ann, 1 seat, public and internal data – built on Azure, ink, Aws"
    )
    assert Link("Aws", "https://a.example") in listing.items[0].text
    assert lines((one,)) == ["Pen – blue (no status page to check)", "Without it: /outage playbook ChatGPT"]


def test_a_tool_of_a_list_is_shown_with_all_that_was_said_of_it_and_no_more() -> None:
    tool = Alternative(name="Pen", seats=2, data=Data.CLIENT, upstreams=("ink",), tested=TODAY)
    said = "Pen – 2 seats, client data too – built on ink – last tried on 2026-11-20"
    assert spoken(listed(tool, WORDS["en"]).text) == said
    assert listed(Alternative(name="Pen"), WORDS["en"]) == Item((Bold("Pen"),))


@given(FAILINGS, TEAMS | st.just(""), WORLDS, st.randoms())
def test_it_is_never_empty_ends_with_the_playbook_and_is_the_same_for_the_same(
    failing: str, team: str, now: dict[str, str], luck: object
) -> None:
    shuffled = list(now.items())
    luck.shuffle(shuffled)  # type: ignore[attr-defined] # Hypothesis has no type for it
    slug, _, part = failing.partition(":")
    found = Found(service=KNOWN[slug], part=KNOWN[slug].part(part))
    catalogue = Catalogue(tuple(KNOWN.values()))
    listings = []
    for world in (now, dict(shuffled)):
        known = [Counsel(instead_of="It", advice=ranked(failing, team, world), wanted=found.value)] if team else []
        shown = with_last_resort(known, found, NO_PLAYBOOKS, catalogue, "en")
        listings.append(alternatives(shown, WORDS["en"]))
    (listing,) = listings[0]
    assert listings[0] == listings[1]
    assert len(listing.items) == len(team.split()) + 1
    assert listing.items[-1].stays
    assert any(isinstance(part, Code) and part.text.startswith("/outage playbook ") for part in listing.items[-1].text)
