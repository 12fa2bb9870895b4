"""What a team has no plan B for, written out by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.catalogue import load_catalogue
from bot.chat.console.draw import plain
from bot.chat.discord.embeds import embed
from bot.chat.slack.blocks import message
from bot.core.catalogue import Catalogue, Found
from bot.core.choosing import tried
from bot.core.exposure import exposure
from bot.core.leaning import Apart, apart, tool_for, tool_of
from bot.core.render_exposure import exposed
from bot.core.uses import USES
from bot.domain.continuity import Alternative, Plan
from bot.domain.exposure import Exposure, Fall, Finding, Gap, Practice
from bot.domain.service import Feed, Part, Service, Upstream
from bot.locale import languages
from tests.chat.discord.reader import too_long
from tests.chat.slack.test_blocks import check

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LATELY, LONG_AGO = NOW - timedelta(days=30), NOW - timedelta(days=91)


def made(slug: str, *capabilities: str, on: Sequence[str] = (), parts: tuple[Part, ...] = ()) -> Service:
    return Service(
        slug=slug,
        name=slug.title(),
        page=f"https://status.{slug}.example",
        feeds=(Feed(id=slug, url=f"https://status.{slug}.example", format="statuspage"),),
        capabilities=capabilities,
        upstreams=tuple(Upstream(name=one, source=f"https://{slug}.example/on-{one}") for one in on),
        parts=parts,
    )


BIRD = made(
    "bird",
    "chat",
    "video",
    on=["sky"],
    parts=(
        Part(slug="talk", name="Birdtalk", components=("Talk",), capabilities=("chat",)),
        Part(slug="film", name="Birdfilm", components=("Film",), capabilities=("video",)),
    ),
)
FISH = made("fish", "chat", on=["sea"])
GULL = made("gull", "chat", on=["sky"])
NEST = made("nest", "chat", on=["branch"])
"""On a branch, which is in the sky."""
MOLE = made("mole", "chat")
"""Nobody says what it is built on."""
SHED = made("shed", "hosting", "storage", on=["sea"])
PEN = made("pen", on=["sea"])
SKY, SEA, BRANCH = made("sky"), made("sea"), made("branch", on=["sky"])
ALL = Catalogue((BIRD, BRANCH, FISH, GULL, MOLE, NEST, PEN, SEA, SHED, SKY))
DONE = Practice(
    playbooks={"capability:any": True},
    drills={one.slug: LATELY for one in ALL.services},
)
TRIED = {one.slug: LATELY for one in ALL.services} | {"Paper": LATELY}


def plan(wanted: str, *tools: str | Alternative) -> Plan:
    named = [one if isinstance(one, Alternative) else Alternative(name=one.title(), service=one) for one in tools]
    return Plan(wanted=wanted, alternatives=tuple(named))


def found(*names: str) -> list[Found]:
    return [one for name in names if (one := ALL.find(name))]


def asked(
    followed: Sequence[str],
    plans: Sequence[Plan] = (),
    practice: Practice = DONE,
    trials: Mapping[str, datetime] = TRIED,
) -> Exposure:
    return exposure(found(*followed), tried(plans, trials), ALL, practice, NOW)


def gaps(
    followed: Sequence[str], *plans: Plan, practice: Practice = DONE, trials: Mapping[str, datetime] = TRIED
) -> list[tuple[object, ...]]:
    """Gap, uses, tools, instead, shared, what to type."""
    return [
        (one.gap, one.capabilities, one.tools, one.instead, one.shared, one.do)
        for one in asked(followed, plans, practice, trials).findings
    ]


PAPER = Alternative(name="Paper")
BUILT = Alternative(name="Paper", upstreams=("sea",))
SITUATIONS: dict[str, tuple[Sequence[str], Sequence[Plan], Sequence[tuple[object, ...]]]] = {
    "nothing is followed": ((), (), ()),
    "nothing is chosen, and another tool stands apart": (
        ["gull"],
        (),
        [(Gap.NOTHING, ("chat",), ("Gull",), (), (), "choose chat fish")],
    ),
    "nothing is chosen, and the team follows a tool that stands apart": (
        ["gull", "fish"],
        (),
        [(Gap.NOTHING, ("chat",), ("Fish", "Gull"), (), (), "choose chat gull")],
    ),
    "an alternative stands apart": (["gull"], [plan("gull", "fish")], ()),
    "an alternative for the use stands apart": (["gull"], [plan("capability:chat", "fish")], ()),
    "the tool's own list is read before that of the use": (
        ["gull"],
        [plan("capability:chat", "fish"), plan("gull", "nest")],
        [(Gap.TOGETHER, ("chat",), ("Gull",), ("Nest",), ("Sky",), "choose chat fish")],
    ),
    "all share what they are built on": (
        ["bird:talk"],
        [plan("bird:talk", "gull")],
        [(Gap.TOGETHER, ("chat",), ("Birdtalk",), ("Gull",), ("Sky",), "choose chat fish")],
    ),
    "they share it at one remove": (
        ["gull"],
        [plan("gull", "nest")],
        [(Gap.TOGETHER, ("chat",), ("Gull",), ("Nest",), ("Sky",), "choose chat fish")],
    ),
    "the same provider": (
        ["bird:talk"],
        [plan("bird:talk", Alternative(name="Old Bird", service="bird"))],
        [(Gap.TOGETHER, ("chat",), ("Birdtalk",), ("Old Bird",), ("Bird",), "choose chat fish")],
    ),
    "one of several stands apart": (["gull"], [plan("gull", "nest", "mole", "fish")], ()),
    "nobody says what the alternative is built on": (
        ["gull"],
        [plan("gull", "mole")],
        [(Gap.NOT_KNOWN, ("chat",), ("Gull",), ("Mole",), (), "choose gull Mole upstreams=…")],
    ),
    "nobody says what the tool is built on": (
        ["mole"],
        [plan("mole", "fish")],
        [(Gap.NOT_KNOWN, ("chat",), ("Mole",), ("Fish",), (), "")],
    ),
    "a tool that is not in the catalogue is not known either": (
        ["gull"],
        [plan("capability:chat", PAPER)],
        [(Gap.NOT_KNOWN, ("chat",), ("Gull",), ("Paper",), (), "choose chat Paper upstreams=…")],
    ),
    "unless the team says what it is built on": (["gull"], [plan("gull", BUILT)], ()),
    "what the team says counts against it too": (
        ["fish"],
        [plan("fish", BUILT)],
        [(Gap.TOGETHER, ("chat",), ("Fish",), ("Paper",), ("Sea",), "choose chat bird:talk")],
    ),
    "a tool that is for something else is no alternative": (
        ["bird:film"],
        [plan("bird:film", "fish")],
        [(Gap.NOTHING, ("video",), ("Birdfilm",), (), (), "choose video …")],
    ),
    "a whole service is meant by its parts": (
        ["bird"],
        [plan("capability:chat", "fish")],
        [(Gap.NOTHING, ("video",), ("Birdfilm",), (), (), "choose video …")],
    ),
    "a list for a use that names the tool itself": (
        ["fish"],
        [plan("capability:chat", "fish", "gull")],
        (),
    ),
    "what the catalogue proposes is not chosen": (
        ["gull"],
        [plan("gull", Alternative(name="Fish", service="fish", chosen=False))],
        [(Gap.NOTHING, ("chat",), ("Gull",), (), (), "choose chat fish")],
    ),
    "what nobody replaces within the hour is one line, after the rest": (
        ["shed", "bird:film"],
        (),
        [
            (Gap.NOTHING, ("video",), ("Birdfilm",), (), (), "choose video …"),
            (Gap.NOTHING, ("hosting", "storage"), ("Shed",), (), (), "choose hosting …"),
        ],
    ),
    "a tool that is for nothing we know": (["pen"], (), [(Gap.NOTHING, (), ("Pen",), (), (), "choose pen …")]),
    "a tool that is only replaced counts too": (
        (),
        [plan("bird:talk", "gull")],
        [(Gap.TOGETHER, ("chat",), ("Birdtalk",), ("Gull",), ("Sky",), "choose chat fish")],
    ),
}


@pytest.mark.parametrize("name", SITUATIONS)
def test_a_situation_has_just_these_gaps(name: str) -> None:
    followed, plans, expected = SITUATIONS[name]
    assert gaps(followed, *plans) == list(expected)


def test_what_is_not_known_is_never_called_independent() -> None:
    unknown = tool_for(PAPER, ALL)
    for service in ALL.services:
        other = tool_of(Found(service=service))
        assert apart(unknown, other, ALL)[0] is Apart.NOT_KNOWN
        assert apart(other, tool_of(Found(service=MOLE)), ALL)[0] is not Apart.YES


@given(st.permutations(ALL.services), st.permutations(["gull", "fish", "bird", "shed", "mole"]))
@settings(max_examples=25, deadline=None)
def test_the_order_of_what_it_is_given_does_not_matter(services: list[Service], followed: list[str]) -> None:
    """But for the plans, which are in the team's own order."""
    plans = [plan("gull", "nest", "mole")]
    shuffled = Catalogue(tuple(sorted(services, key=lambda one: one.slug)))
    assert exposure(found(*followed), tried(plans, TRIED), shuffled, DONE, NOW) == asked(sorted(followed), plans)


def test_no_playbook_is_found_only_where_it_is_known_that_there_is_none() -> None:
    lacking = replace(DONE, playbooks={"capability:chat": True, "shed": False})
    plans = [plan("gull", "fish"), plan("shed", BUILT)]
    assert [one[0] for one in gaps(["gull"], plans[0], practice=replace(DONE, playbooks=None))] == []
    assert [one[0] for one in gaps(["gull"], plans[0], practice=lacking)] == []
    assert gaps(["gull", "shed"], *plans, practice=lacking)[-1] == (
        Gap.NO_PLAYBOOK, ("hosting", "storage"), ("Shed",), (), (), "playbook shed",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("drills", "lacking"),
    [
        ({}, True),
        ({"bird": LATELY}, False),
        ({"bird:talk": LATELY}, False),
        ({"bird:film": LATELY}, True),
        ({"bird": LONG_AGO}, True),
        ({"bird": NOW - timedelta(days=90)}, False),
    ],
)
def test_a_drill_counts_for_ninety_days_and_for_all_parts_of_its_service(
    drills: dict[str, datetime], *, lacking: bool
) -> None:
    found = gaps(["bird:talk"], plan("bird:talk", "fish"), practice=replace(DONE, drills=drills))
    expected = [(Gap.NO_DRILL, ("chat",), ("Birdtalk",), (), (), "drill start bird:talk 30")]
    assert found == (expected if lacking else [])


@pytest.mark.parametrize(
    ("tested", "trials", "lacking"),
    [
        (None, {}, True),
        (date(2026, 10, 1), {}, False),
        (date(2026, 8, 1), {}, True),
        (None, {"fish": LATELY}, False),
        (None, {"Great FISH": LATELY}, False),
        (date(2026, 8, 1), {"fish": LATELY}, False),
        (None, {"fish": LONG_AGO}, True),
    ],
)
def test_a_trial_is_what_the_file_or_somebody_says(
    tested: date | None, trials: dict[str, datetime], *, lacking: bool
) -> None:
    tool = Alternative(name="Great Fish", service="fish", tested=tested)
    found = gaps(["gull"], plan("gull", tool), trials=trials)
    assert found == ([(Gap.NOT_TRIED, (), ("Great Fish",), (), (), "tried Great Fish")] if lacking else [])


def test_it_names_what_would_take_most_tools_at_once_with_each_source() -> None:
    result = asked(["gull", "bird", "mole", "sky"], [plan("gull", "fish", BUILT, "nest")])
    assert result.tools == 7
    assert result.unsaid == ("Mole", "Sky")
    assert result.falls == (
        Fall(
            upstream="sky",
            name="Sky",
            tools=(
                ("Sky", "https://status.sky.example"),
                ("Bird", "https://bird.example/on-sky"),
                ("Gull", "https://gull.example/on-sky"),
            ),
            do="drill start sky 30",
        ),
        Fall(
            upstream="sea",
            name="Sea",
            tools=(("Fish", "https://fish.example/on-sea"), ("Paper", "")),
            do="subscribe sea",
        ),
    )


def test_one_provider_counts_once_however_many_of_its_parts_are_used() -> None:
    assert asked(["bird:talk", "bird:film"]).tools == 1
    assert asked(["bird:talk", "bird:film"]).falls == ()


def shown(exposure: Exposure, language: str = "en") -> list[str]:
    return plain(exposed(exposure, languages()[language]), NOW).replace("\u00a0", "~").splitlines()  # type: ignore[index] # a Literal


WORST = asked(
    ["gull", "bird", "mole", "shed"],
    [plan("gull", "nest"), plan("mole", "fish", PAPER), plan("capability:chat", BUILT)],
    Practice(playbooks={}),
    {},
)


def test_the_card_says_what_to_do_first() -> None:
    assert shown(WORST) == [
        "7 gaps in your team’s plan B",
        "As on a quiet day, and only by what is stated in public or by your team.",
        "What to do first",
        "🟠 video – nothing is chosen to use instead of Birdfilm → /outage choose video …",
        "🟠 chat – Gull and what is chosen instead (Nest) have Sky in common → /outage choose chat fish",
        (
            "❔ chat – whether Fish, Paper would keep working during a failure of Mole is not known"
            " → upstreams = […] in planb.toml"
        ),
        "🟠 hosting, storage – nothing is chosen to use instead of Shed → /outage choose hosting …",
        "🔵 chat, video, hosting, storage – no playbook of the team says what to do → /outage playbook bird:talk",
        "🔵 Nest, Fish, Paper – not tried in the last 90 days → /outage tried Nest",
        "🔵 chat, video, hosting, storage – no drill in the last 90 days → /outage drill start bird:talk 30",
        "What would fail together",
        "🟡 Sea: 3 of your 7 tools – Fish, Paper (your team says so), Shed → /outage subscribe sea",
        "🟡 Sky: 2 of your 7 tools – Bird, Gull → /outage subscribe sky",
        "Not known what these are built on: Mole",
    ]


def test_the_card_says_it_in_french() -> None:
    assert shown(WORST, "fr") == [
        "7~lacunes dans le plan B de l’équipe",
        "Situation d’un jour sans panne, uniquement d’après ce qui est dit publiquement ou par l’équipe.",
        "Par quoi commencer",
        "🟠 vidéo – rien n’est choisi pour remplacer Birdfilm → /outage choose video …",
        (
            "🟠 discussion avec une IA – Gull et ce qui est choisi à la place (Nest) ont Sky en commun"
            " → /outage choose chat fish"
        ),
        (
            "❔ discussion avec une IA – on ne sait pas si une panne touchant Mole épargnerait Fish, Paper"
            " → upstreams = […] dans planb.toml"
        ),
        "🟠 hébergement, stockage – rien n’est choisi pour remplacer Shed → /outage choose hosting …",
        (
            "🔵 discussion avec une IA, vidéo, hébergement, stockage – aucune fiche de l’équipe ne dit quoi faire"
            " → /outage playbook bird:talk"
        ),
        "🔵 Nest, Fish, Paper – aucun essai depuis 90~jours → /outage tried Nest",
        (
            "🔵 discussion avec une IA, vidéo, hébergement, stockage – aucun exercice depuis 90~jours"
            " → /outage drill start bird:talk 30"
        ),
        "Ce qui tomberait en même temps",
        "🟡 Sea~: 3~outils de l’équipe sur 7 – Fish, Paper (d’après l’équipe), Shed → /outage subscribe sea",
        "🟡 Sky~: 2~outils de l’équipe sur 7 – Bird, Gull → /outage subscribe sky",
        "On ne sait pas sur quoi reposent~: Mole",
    ]


def test_a_team_without_tools_and_a_team_without_gaps_are_told_so() -> None:
    assert shown(Exposure()) == [
        "I do not know your team’s tools yet",
        "Follow your tools first: /outage subscribe chatgpt",
    ]
    assert shown(asked(["gull"], [plan("gull", "fish")]))[0] == "Your team is prepared: I find no gap in its plan B"


def test_a_long_card_has_a_dozen_lines_at_most_and_fits_every_platform() -> None:
    many = tuple(Finding(gap=Gap.NOTHING, capabilities=("chat",), tools=("Tool " * 20,) * 30) for _ in range(40))
    rest = tuple(Finding(gap=gap, capabilities=tuple(USES)) for gap in (Gap.NO_PLAYBOOK, Gap.NOT_TRIED, Gap.NO_DRILL))
    falls = tuple(
        Fall(upstream="x", name="X", tools=(("Tool", "https://a.example/" + "x" * 90),) * 40) for _ in range(9)
    )
    card = exposed(Exposure(findings=(*many, *rest), falls=falls, tools=50), languages()["fr"])
    assert [len(listing.items) for listing in card.listings] == [9, 4]
    check(message(card))
    assert too_long(dict(embed(card).to_dict())) == []


def test_every_use_of_the_catalogue_has_a_word() -> None:
    assert {one for service in load_catalogue().services for one in service.capabilities} <= set(USES)


def test_what_two_upstreams_stand_on_is_met_once() -> None:
    left, right = made("left", on=["ground"]), made("right", on=["ground"])
    tower = made("tower", "chat", on=["left", "right"])
    ways = Catalogue((left, right, tower, made("ground"), made("cabin", "chat", on=["ground"])))
    known = [tool_of(found) for name in ("tower", "cabin") if (found := ways.find(name))]
    assert apart(known[0], known[1], ways) == (Apart.NO, ("Ground",))
