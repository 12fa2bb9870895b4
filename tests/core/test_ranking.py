"""Situations, with the order and the reasons written out by hand."""

from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.ranking import Failing, Ranked, Reason, rank
from bot.core.standing import Standing
from bot.domain.continuity import Alternative
from bot.domain.service import Feed, Part, Service, Upstream
from bot.domain.status import Freshness, Health, Sight
from tests.fakes import NOON

TODAY = date(2026, 11, 20)
SIGHTS = {
    "fresh": Sight(freshness=Freshness.FRESH, read_at=NOON),
    "stale": Sight(freshness=Freshness.STALE, read_at=NOON),
    "gone": Sight(freshness=Freshness.UNREACHABLE),
    "garbled": Sight(freshness=Freshness.NOT_THE_EXPECTED_FORMAT),
}
HEALTHS = {
    "ok": Health.OPERATIONAL,
    "planned": Health.MAINTENANCE,
    "unknown": Health.UNKNOWN,
    "slow": Health.DEGRADED,
    "partly": Health.PARTIAL_OUTAGE,
    "down": Health.MAJOR_OUTAGE,
}


def service(slug: str, *upstreams: str, parts: tuple[str, ...] = ()) -> Service:
    return Service(
        slug=slug,
        name=slug.title(),
        page=f"https://status.{slug}.example",
        feeds=(Feed(id=slug, url=f"https://status.{slug}.example", format="statuspage"),),
        parts=tuple(Part(slug=part, name=part.title(), components=(part,)) for part in parts),
        upstreams=tuple(Upstream(name=name, source="https://example.org") for name in upstreams),
    )


KNOWN = {
    one.slug: one
    for one in (
        service("openai", "azure", parts=("chatgpt", "sora", "api")),
        service("claude", "aws"),
        service("gemini", "google-cloud"),
        service("copilot", "azure", "openai"),
        service("mistral"),
        service("grok"),
        service("azure"),
        service("aws"),
        service("google-cloud"),
    )
}


def alternative(text: str) -> Alternative:
    """`copilot+azure@12`: built on azure as the team says, tested 12 days ago."""
    text, _, tested = text.partition("@")
    name, *upstreams = text.split("+")
    slug = name.partition(":")[0]
    return Alternative(
        name=name,
        service=name if slug in KNOWN else "",
        upstreams=tuple(upstreams),
        tested=TODAY - timedelta(days=int(tested)) if tested else None,
    )


def standing(name: str, how: str) -> Standing:
    """`down`, or `stale ok`: read too long ago, and well then."""
    *sight, health = how.split()
    last = HEALTHS[health]
    seen = SIGHTS[sight[0] if sight else "fresh"]
    # What was not read lately is unknown, whatever it was: as core/standing.py has it.
    lost = seen.freshness in {Freshness.UNREACHABLE, Freshness.NOT_THE_EXPECTED_FORMAT}
    slug, _, part = name.partition(":")
    return Standing(
        service=KNOWN[slug],
        part=KNOWN[slug].part(part),
        health=Health.UNKNOWN if lost else last,
        last_known=last,
        sight=seen,
    )


@dataclass(frozen=True)
class Case:
    """`order`: each line as `name: reason, reason`, the reasons by their member names, tests left out unless asked."""

    about: str
    failing: str
    team: str
    now: dict[str, str]
    order: list[str] = field(default_factory=list)


def said(one: Ranked) -> str:
    whys = [f"{why.reason.name.lower()}{f' {why.name}' if why.name else ''}" for why in one.whys]
    return f"{one.alternative.name}: {', '.join(why for why in whys if why != 'never_tested')}"


def ranked(failing: str, team: str, now: dict[str, str]) -> tuple[Ranked, ...]:
    slug, _, parts = failing.partition(":")
    standings = {name: standing(name, how) for name, how in now.items()}
    alternatives = [alternative(text) for text in team.split()]
    return rank(
        alternatives,
        Failing(
            service=KNOWN[slug],
            parts=tuple(parts.split("+")) if parts else (),
            api=standings.get(f"{slug}:api") if "chatgpt" in parts else None,
        ),
        services={one.service: KNOWN[one.service.partition(":")[0]] for one in alternatives if one.service},
        standings=standings,
        today=TODAY,
    )


OK = {"claude": "ok", "gemini": "ok", "mistral": "ok", "grok": "ok", "copilot": "ok"}


def well(**other: str) -> dict[str, str]:
    return OK | {name.replace("_", "-"): how for name, how in other.items()}


CASES = [
    # Health
    Case("all well: the team's order", "openai:chatgpt", "claude gemini mistral", OK,
         ["claude: healthy", "gemini: healthy", "mistral: healthy"]),
    Case("the team's order, another one", "openai:chatgpt", "mistral claude gemini", OK,
         ["mistral: healthy", "claude: healthy", "gemini: healthy"]),
    Case("the first one is down", "openai:chatgpt", "claude gemini", well(claude="down"),
         ["gemini: healthy", "claude: fails"]),
    Case("the first one is slow", "openai:chatgpt", "claude gemini", well(claude="slow"),
         ["gemini: healthy", "claude: fails"]),
    Case("the first one is partly down", "openai:chatgpt", "claude gemini", well(claude="partly"),
         ["gemini: healthy", "claude: fails"]),
    Case("planned work at the first one", "openai:chatgpt", "claude gemini", well(claude="planned"),
         ["gemini: healthy", "claude: planned_work"]),
    Case("planned work is better than not to know", "openai:chatgpt", "claude gemini",
         {"claude": "unknown", "gemini": "planned"}, ["gemini: planned_work", "claude: unknown"]),
    Case("not to know is better than to know that it fails", "openai:chatgpt", "claude gemini",
         {"claude": "slow", "gemini": "unknown"}, ["gemini: unknown", "claude: fails"]),
    Case("the less it fails the better", "openai:chatgpt", "claude gemini mistral",
         {"claude": "down", "gemini": "slow", "mistral": "partly"},
         ["gemini: fails", "mistral: fails", "claude: fails"]),
    Case("all fail: all are listed", "openai:chatgpt", "claude gemini",
         {"claude": "down", "gemini": "down"}, ["claude: fails", "gemini: fails"]),
    Case("4 June 2024: where everybody fled fell too", "openai:chatgpt", "claude gemini mistral",
         well(claude="down", gemini="partly"), ["mistral: healthy", "gemini: fails", "claude: fails"]),
    Case("the page's words are unknown", "openai:chatgpt", "claude gemini", well(claude="unknown"),
         ["gemini: healthy", "claude: unknown"]),
    # Sight
    Case("stale and well is no longer known to be well", "openai:chatgpt", "claude gemini", well(claude="stale ok"),
         ["gemini: healthy", "claude: out_of_sight"]),
    Case("unreachable", "openai:chatgpt", "claude gemini", well(claude="gone ok"),
         ["gemini: healthy", "claude: out_of_sight"]),
    Case("another page answers there", "openai:chatgpt", "claude gemini", well(claude="garbled ok"),
         ["gemini: healthy", "claude: out_of_sight"]),
    Case("stale and down: out of sight as well", "openai:chatgpt", "claude gemini",
         {"claude": "stale down", "gemini": "slow"}, ["claude: out_of_sight", "gemini: fails"]),
    Case("all out of sight: all are listed, none as well", "openai:chatgpt", "claude gemini",
         {"claude": "gone ok", "gemini": "stale ok"}, ["claude: out_of_sight", "gemini: out_of_sight"]),
    Case("out of sight and unknown are alike: the team decides", "openai:chatgpt", "claude gemini",
         {"claude": "unknown", "gemini": "gone ok"}, ["claude: unknown", "gemini: out_of_sight"]),
    Case("a page that nobody follows any more: not watched", "openai:chatgpt", "claude gemini", {"gemini": "ok"},
         ["gemini: healthy", "claude: not_watched"]),
    # What has no page
    Case("a template after what is known to be well", "openai:chatgpt", "template claude", OK,
         ["claude: healthy", "template: not_watched"]),
    Case("a template before what leans on what fails", "openai:chatgpt", "copilot template", well(azure="down"),
         ["template: not_watched",
          "copilot: shares_upstream Azure, upstream_fails Openai, healthy"]),
    Case("a template before what nobody can see", "openai:chatgpt", "claude template", {"claude": "gone ok"},
         ["template: not_watched", "claude: out_of_sight"]),
    Case("a template before what fails", "openai:chatgpt", "claude template", {"claude": "down"},
         ["template: not_watched", "claude: fails"]),
    Case("two templates keep their order", "openai:chatgpt", "paper template", {},
         ["paper: not_watched", "template: not_watched"]),
    Case("a tool without a page that the team says is built on Azure", "openai:chatgpt", "inhouse+azure template",
         {"azure": "down"}, ["template: not_watched", "inhouse: shares_upstream Azure, not_watched"]),
    Case("the same while Azure is well", "openai:chatgpt", "inhouse+azure template", {"azure": "ok"},
         ["inhouse: not_watched", "template: not_watched"]),
    # The same provider
    Case("another part of the provider that fails", "openai:chatgpt", "openai:sora claude",
         well(**{"openai:sora": "ok"}), ["claude: healthy", "openai:sora: same_provider Openai, healthy"]),
    Case("the whole provider fails: its API too", "openai", "openai:api claude", well(**{"openai:api": "ok"}),
         ["claude: healthy", "openai:api: same_provider Openai, healthy"]),
    Case("the provider's other part fails itself", "openai:chatgpt", "openai:sora claude",
         well(**{"openai:sora": "down"}), ["claude: healthy", "openai:sora: fails, same_provider Openai"]),
    # Only the web app fails
    Case("3 September 2025: the API works, what goes through it comes first", "openai:chatgpt", "claude openai:api",
         well(**{"openai:api": "ok"}), ["openai:api: through_the_api Openai", "claude: healthy"]),
    Case("the API fails too", "openai:chatgpt", "claude openai:api", well(**{"openai:api": "slow"}),
         ["claude: healthy", "openai:api: fails, same_provider Openai"]),
    Case("the API is among what fails", "openai:chatgpt+api", "openai:api claude", well(**{"openai:api": "ok"}),
         ["claude: healthy", "openai:api: same_provider Openai, healthy"]),
    Case("the API's page is stale", "openai:chatgpt", "openai:api claude", well(**{"openai:api": "stale ok"}),
         ["claude: healthy", "openai:api: out_of_sight"]),
    Case("only Sora fails: nobody said that the API makes videos", "openai:sora", "openai:api grok",
         well(**{"openai:api": "ok"}), ["grok: healthy", "openai:api: same_provider Openai, healthy"]),
    Case("nothing is known of the API", "openai:chatgpt", "openai:api claude", OK,
         ["claude: healthy", "openai:api: same_provider Openai, not_watched"]),
    Case("the API answers, and its cloud fails", "openai:chatgpt", "openai:api claude",
         well(azure="down", **{"openai:api": "ok"}),
         ["claude: healthy", "openai:api: shares_upstream Azure, through_the_api Openai"]),
    Case("the API answers through what the team says it leans on", "openai:chatgpt", "openai:api+aws claude mistral",
         well(aws="down", **{"openai:api": "ok"}),
         ["mistral: healthy", "openai:api: upstream_fails Aws, through_the_api Openai",
          "claude: upstream_fails Aws, healthy"]),
    Case("another provider's API is like any tool", "openai:chatgpt", "claude:api gemini", well(**{"claude:api": "ok"}),
         ["claude:api: healthy", "gemini: healthy"]),
    # Upstreams
    Case("26 December 2024, before Azure's page says so", "openai:chatgpt", "grok+azure claude", well(azure="ok"),
         ["grok: healthy", "claude: healthy"]),
    Case("26 December 2024, after Azure's page says so", "openai:chatgpt", "grok+azure claude", well(azure="partly"),
         ["claude: healthy", "grok: shares_upstream Azure, healthy"]),
    Case("Azure is slow somewhere, as it is on most days", "openai:chatgpt", "grok+azure claude", well(azure="slow"),
         ["grok: healthy", "claude: healthy"]),
    Case("Azure does planned work", "openai:chatgpt", "grok+azure claude", well(azure="planned"),
         ["grok: healthy", "claude: healthy"]),
    Case("Azure's page cannot be read: nothing is guessed", "openai:chatgpt", "grok+azure claude",
         well(azure="gone down"), ["grok: healthy", "claude: healthy"]),
    Case("Azure is well again", "openai:chatgpt", "grok+azure claude", well(azure="ok"),
         ["grok: healthy", "claude: healthy"]),
    Case("what the catalogue says counts like what the team says", "openai:chatgpt", "claude mistral", well(aws="down"),
         ["mistral: healthy", "claude: upstream_fails Aws, healthy"]),
    Case("an upstream that the failing tool does not have", "openai:chatgpt", "gemini claude",
         well(google_cloud="down"), ["claude: healthy", "gemini: upstream_fails Google-Cloud, healthy"]),
    Case("built on the failing tool itself", "openai", "copilot claude", OK,
         ["claude: healthy", "copilot: upstream_fails Openai, healthy"]),
    Case("two upstreams fail: both are said", "openai:chatgpt", "grok+azure+aws mistral",
         well(azure="down", aws="partly"),
         ["mistral: healthy", "grok: shares_upstream Azure, upstream_fails Aws, healthy"]),
    Case("said by the team and by the catalogue: once", "openai:chatgpt", "claude+aws mistral", well(aws="down"),
         ["mistral: healthy", "claude: upstream_fails Aws, healthy"]),
    Case("leaning on what fails is better than failing", "openai:chatgpt", "claude grok+azure",
         well(claude="slow", azure="down"), ["grok: shares_upstream Azure, healthy", "claude: fails"]),
    Case("leaning on what fails is better than out of sight", "openai:chatgpt", "claude grok+azure",
         well(claude="gone ok", azure="down"), ["grok: shares_upstream Azure, healthy", "claude: out_of_sight"]),
    Case("it fails itself and leans on what fails: its own state first", "openai:chatgpt", "grok+azure claude",
         well(grok="partly", azure="down"), ["claude: healthy", "grok: fails, shares_upstream Azure"]),
    Case("the same provider is said before an upstream", "openai:chatgpt", "openai:sora+azure claude",
         well(azure="down", **{"openai:sora": "ok"}),
         ["claude: healthy", "openai:sora: same_provider Openai, shares_upstream Azure, healthy"]),
    Case("all lean on what fails: all are listed", "openai:chatgpt", "grok+azure mistral+azure", well(azure="down"),
         ["grok: shares_upstream Azure, healthy", "mistral: shares_upstream Azure, healthy"]),
    Case("an upstream that no page tells of", "openai:chatgpt", "grok+hetzner claude", OK,
         ["grok: healthy", "claude: healthy"]),
    # Tests
    Case("tried lately goes before never tried", "openai:chatgpt", "claude gemini@10", OK,
         ["gemini: healthy, tested", "claude: healthy"]),
    Case("tried lately goes before tried long ago", "openai:chatgpt", "claude@200 gemini@90", OK,
         ["gemini: healthy, tested", "claude: healthy, tested_long_ago"]),
    Case("91 days are long ago", "openai:chatgpt", "claude@91 gemini", OK,
         ["claude: healthy, tested_long_ago", "gemini: healthy"]),
    Case("both tried lately: the team's order", "openai:chatgpt", "claude@80 gemini@1", OK,
         ["claude: healthy, tested", "gemini: healthy, tested"]),
    Case("a test does not make what fails better", "openai:chatgpt", "claude@1 gemini", well(claude="down"),
         ["gemini: healthy", "claude: fails, tested"]),
    Case("a test does not make what leans on what fails better", "openai:chatgpt", "grok+azure@1 claude",
         well(azure="down"), ["claude: healthy", "grok: shares_upstream Azure, healthy, tested"]),
    Case("a test does not bring the dead to sight", "openai:chatgpt", "claude@1 gemini", well(claude="gone ok"),
         ["gemini: healthy", "claude: out_of_sight, tested"]),
    Case("of two that lean the tried one first", "openai:chatgpt", "grok+azure mistral+azure@5", well(azure="down"),
         ["mistral: shares_upstream Azure, healthy, tested", "grok: shares_upstream Azure, healthy"]),
    Case("tomorrow may be today where they are", "openai:chatgpt", "claude gemini@-1", OK,
         ["gemini: healthy, tested", "claude: healthy"]),
    Case("a date to come is no test", "openai:chatgpt", "claude gemini@-2", OK,
         ["claude: healthy", "gemini: healthy"]),
    # Nothing at all
    Case("nobody chose anything", "openai:chatgpt", "", OK, []),
    Case("one, and it fails", "openai:chatgpt", "claude", {"claude": "down"}, ["claude: fails"]),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.about)
def test_the_order_and_its_reasons(case: Case) -> None:
    assert [said(one) for one in ranked(case.failing, case.team, case.now)] == case.order


def test_there_are_enough_situations() -> None:
    assert len(CASES) >= 60
    assert len({case.about for case in CASES}) == len(CASES)


NAMES = st.sampled_from(["claude", "gemini", "mistral", "grok", "copilot", "openai:api", "openai:sora", "paper"])
TOOLS = st.tuples(NAMES, st.sampled_from(["", "+azure", "+aws"]), st.sampled_from(["", "@3", "@300"])).map("".join)
TEAMS = st.lists(TOOLS, min_size=1, max_size=6).map(" ".join)
STATES = st.tuples(st.sampled_from(["", "stale ", "gone ", "garbled "]), st.sampled_from(sorted(HEALTHS))).map("".join)
PAGES = [*sorted(KNOWN), "openai:api", "openai:sora"]
# Many are plainly well or down: where nothing is known there is nothing to put in order.
WORLDS = st.fixed_dictionaries({}, optional=dict.fromkeys(PAGES, st.sampled_from(["ok", "down"]) | STATES))
FAILINGS = st.sampled_from(["openai", "openai:chatgpt", "openai:sora", "openai:chatgpt+api", "claude"])


@given(FAILINGS, TEAMS, WORLDS)
def test_nobody_is_left_out_and_nothing_bad_stands_above_something_good(
    failing: str, team: str, now: dict[str, str]
) -> None:
    found = ranked(failing, team, now)
    assert len(found) == len(team.split())
    good = [one.is_recommended for one in found]
    assert good == sorted(good, reverse=True)
    for one in found:
        if one.is_recommended and one.standing:
            assert one.standing.health is Health.OPERATIONAL
            assert one.standing.sight.freshness is Freshness.FRESH


@example("openai:chatgpt", "openai:api claude", {"openai:api": "ok", "claude": "ok", "azure": "down"})
@given(FAILINGS, TEAMS, WORLDS)
def test_nothing_stands_above_a_healthy_independent_tool_but_what_is_as_well_and_the_same_by_its_api(
    failing: str, team: str, now: dict[str, str]
) -> None:
    found = ranked(failing, team, now)
    for place, one in enumerate(found):
        if is_well(one.alternative, now) and is_independent(one.alternative, failing, now):
            assert all(is_well(above.alternative, now) for above in found[:place])
            assert not any(leans(above.alternative, failing, now) for above in found[:place])
            assert all(
                is_independent(above.alternative, failing, now) or above.whys[0].reason is Reason.THROUGH_THE_API
                for above in found[:place]
            )


def is_well(one: Alternative, now: dict[str, str]) -> bool:
    """By its own page, read just now."""
    return now.get(one.service) == "ok"


def is_independent(one: Alternative, failing: str, now: dict[str, str]) -> bool:
    return one.service.partition(":")[0] != failing.partition(":")[0] and not leans(one, failing, now)


def leans(one: Alternative, failing: str, now: dict[str, str]) -> bool:
    """On what fails: said a second time, from the words of the situation alone."""
    own = KNOWN.get(one.service.partition(":")[0])
    names = {*one.upstreams, *(upstream.name for upstream in (own.upstreams if own else ()))}
    in_trouble = {name for name, how in now.items() if how in {"partly", "down", "stale partly", "stale down"}}
    return bool(names & (in_trouble | {failing.partition(":")[0]}))


@given(FAILINGS, TEAMS, WORLDS, st.randoms())
def test_the_same_situation_gives_the_same_words_whatever_the_order_of_what_is_known(
    failing: str, team: str, now: dict[str, str], luck: object
) -> None:
    shuffled = list(now.items())
    luck.shuffle(shuffled)  # type: ignore[attr-defined] # Hypothesis has no type for it
    assert ranked(failing, team, now) == ranked(failing, team, dict(shuffled))
