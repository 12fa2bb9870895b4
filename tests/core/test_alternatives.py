from dataclasses import replace

import pytest

from bot.catalogue import load_catalogue
from bot.core.alternatives import failing, parts_concerned, plans_concerned, plans_of
from bot.core.catalogue import Catalogue, Found
from bot.core.overview import counsels, watched
from bot.core.standing import Standing
from bot.domain.continuity import Alternative, Plan
from bot.domain.polling import FeedState
from bot.domain.service import Service, Upstream
from bot.domain.status import Health, Incident
from tests.fakes import NOON
from tests.made import CHAT, FRESH, LAMP, PLAN, TORCH, VIDEO, incident, snapshot

KNOWN = load_catalogue()
NOTHING_ELSE = Catalogue((LAMP,))
WHOLE, CHATS, BEAMS, OTHER = (
    Plan(wanted=wanted, alternatives=(Alternative(name="Match"),))
    for wanted in ("lamp", "lamp:chat", "lamp:video", "torch")
)


@pytest.mark.parametrize(
    ("about", "plans", "expected"),
    [
        (incident(components=("c1",)), (WHOLE, CHATS, BEAMS, OTHER), (CHATS,)),
        (incident(components=("c1", "c2")), (WHOLE, CHATS, BEAMS), (CHATS, BEAMS)),
        (incident(components=("c1",)), (WHOLE, BEAMS), (replace(WHOLE, wanted="lamp:chat"),)),
        (incident(components=("c1", "c2")), (WHOLE,), (CHATS, BEAMS)),
        (incident(components=("c3",)), (WHOLE,), ()),
        (incident(components=("c1",)), (BEAMS,), ()),
        (incident(components=("c3",)), (CHATS, BEAMS), ()),
        (incident(title="Beam fails"), (CHATS, BEAMS), (BEAMS,)),
        (incident(), (WHOLE, CHATS), (WHOLE,)),
        (incident(), (CHATS, BEAMS, OTHER), (CHATS, BEAMS)),
    ],
)
def test_advice_follows_the_part_that_fails(
    about: Incident, plans: tuple[Plan, ...], expected: tuple[Plan, ...]
) -> None:
    page = (CHAT, VIDEO, replace(CHAT, id="c3", name="API"))
    assert plans_concerned(plans, LAMP, about, page, NOTHING_ELSE) == expected


def test_a_person_gets_the_parts_plan_else_the_services_and_for_a_service_all() -> None:
    plans = (WHOLE, CHATS, OTHER)
    assert plans_of(plans, Found(service=LAMP), NOTHING_ELSE) == (WHOLE, CHATS)
    assert plans_of(plans, Found(service=LAMP, part=LAMP.parts[0]), NOTHING_ELSE) == (CHATS,)
    assert plans_of(plans, Found(service=LAMP, part=LAMP.parts[1]), NOTHING_ELSE) == (
        replace(WHOLE, wanted="lamp:video"),
    )


def test_counsel_names_what_it_replaces_and_sees_what_the_tools_are_built_on() -> None:
    built = replace(TORCH, upstreams=(Upstream(name="mains", source="https://torch.example/about"),))
    catalogue = Catalogue((LAMP, built, replace(TORCH, slug="mains", name="Mains", feeds=())))
    states = {"torch": FeedState(feed="torch", snapshot=snapshot(), read_at=NOON)}
    first, second = counsels(Catalogue((LAMP, TORCH)), [PLAN, CHATS], (), states, NOON)
    assert (first.instead_of, second.instead_of) == ("Lamp", "Lamp Chat")
    assert [one.is_recommended for one in first.advice] == [True, True]
    assert list(watched(catalogue, [PLAN])) == ["torch", "mains"]


@pytest.mark.parametrize(
    ("asked", "parts", "by_api", "sees_api"),
    [
        ("lamp:chat", (), True, True),
        ("lamp:chat", (), False, False),
        ("lamp:chat", ("video",), True, False),
        ("lamp", ("chat",), True, True),
        ("lamp", (), True, False),
    ],
)
def test_the_api_stands_in_for_what_it_can_answer(
    asked: str,
    parts: tuple[str, ...],
    by_api: bool,  # noqa: FBT001 - a table
    sees_api: bool,  # noqa: FBT001 - a table
) -> None:
    lamp = replace(LAMP, parts=(replace(LAMP.parts[0], by_api=by_api), LAMP.parts[1]))
    slug = asked.partition(":")[2]
    standing = Standing(service=lamp, part=None, health=Health.OPERATIONAL, last_known=Health.OPERATIONAL, sight=FRESH)
    found = failing(Found(service=lamp, part=lamp.part(slug)), parts, {"lamp:api": standing})
    assert (found.api is standing) is sees_api


def test_the_parts_that_an_incident_names() -> None:
    page = (CHAT, VIDEO)
    assert parts_concerned(LAMP, incident(components=("c1",)), page) == ("chat",)
    assert parts_concerned(LAMP, incident(), page) == ()


BRIGHT = replace(
    LAMP,
    capabilities=("chat", "video"),
    parts=(replace(LAMP.parts[0], capabilities=("chat",)), replace(LAMP.parts[1], capabilities=("video",))),
)
OTHERS = Catalogue(
    (
        BRIGHT,
        replace(TORCH, capabilities=("chat",)),
        replace(TORCH, slug="reel", name="Reel", capabilities=("video", "hosting")),
    )
)


@pytest.mark.parametrize(
    ("part", "plans", "tools"),
    [
        (0, [], [("Torch", False)]),
        (1, [], [("Reel", False)]),
        (0, [Plan(wanted="capability:chat", alternatives=(Alternative(name="Ours"),))], [("Ours", True)]),
        (1, [Plan(wanted="capability:chat", alternatives=(Alternative(name="Ours"),))], [("Reel", False)]),
        (0, [Plan(wanted="lamp:chat", alternatives=(Alternative(name="Own"),))], [("Own", True)]),
    ],
)
def test_without_a_plan_what_the_team_has_for_the_same_use_and_else_what_the_catalogue_knows(
    part: int, plans: list[Plan], tools: list[tuple[str, bool]]
) -> None:
    (plan,) = plans_of(plans, Found(service=BRIGHT, part=BRIGHT.parts[part]), OTHERS)
    assert [(tool.name, tool.chosen) for tool in plan.alternatives] == tools


@pytest.mark.parametrize(
    ("asked", "use", "names"),
    [
        ("grok", "image", ["ChatGPT (OpenAI)"]),
        ("grok", "chat", ["Ours"]),
        ("github", "ci", ["Ours"]),
        ("github", "repository", ["Ours"]),
        ("sora", "video", ["Ours"]),
    ],
)
def test_a_list_for_one_use_is_for_what_is_mainly_used_for_that(asked: str, use: str, names: list[str]) -> None:
    found = KNOWN.find(asked)
    assert found
    ours = Plan(wanted=f"capability:{use}", alternatives=(Alternative(name="Ours"),))
    (plan,) = plans_of([ours], found, KNOWN)
    assert [one.name for one in plan.alternatives][:1] == names


def test_of_what_a_team_uses_instead_of_a_service_only_what_does_the_same_stands_in_for_a_part() -> None:
    """Only Sora fails: nobody is told to leave ChatGPT, nor to make videos with what makes none."""
    torch, reel, sketch = (Alternative(name=name, service=name) for name in ("torch", "reel", "sketch"))
    whole = Plan(wanted="lamp", alternatives=(torch, reel, sketch))
    video = replace(whole, wanted="lamp:video", alternatives=(reel, sketch))
    assert plans_of([whole], Found(service=BRIGHT, part=BRIGHT.parts[1]), OTHERS) == (video,)
    assert plans_concerned([whole], BRIGHT, incident(components=("c2",)), (CHAT, VIDEO), OTHERS) == (video,)
    (known,) = plans_of([replace(whole, alternatives=(torch,))], Found(service=BRIGHT, part=BRIGHT.parts[1]), OTHERS)
    assert [(tool.name, tool.chosen) for tool in known.alternatives] == [("Reel", False)]


def test_where_many_parts_fail_what_the_team_uses_instead_is_shown_once() -> None:
    rows = [replace(CHAT, id=f"c{number}", name=f"Row {number}") for number in range(3)]
    parts = tuple(replace(LAMP.parts[0], slug=f"p{row.id}", components=(row.name,)) for row in rows)
    about = incident(components=tuple(row.id for row in rows))
    assert plans_concerned([WHOLE], replace(LAMP, parts=parts), about, rows, NOTHING_ELSE) == (WHOLE,)


def test_what_is_made_for_the_main_use_is_proposed_before_what_does_it_too_and_what_does_more_of_the_rest_first() -> (
    None
):
    def tool(slug: str, *uses: str) -> Service:
        return replace(TORCH, slug=slug, name=slug.title(), capabilities=uses)

    also, same, more = tool("also", "social", "chat"), tool("same", "chat"), tool("zeal", "chat", "video")
    (plan,) = plans_of([], Found(service=BRIGHT), Catalogue((BRIGHT, also, same, more)))
    assert [one.name for one in plan.alternatives] == ["Zeal", "Same", "Also"]
    code = tool("code", "repository", "chat")
    assert plans_of([], Found(service=code), Catalogue((code, same))) == ()


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("chatgpt", ["claude.ai", "Vibe (Mistral AI)", "Gemini (Google Workspace)"]),
        ("sora", ["HeyGen", "Luma", "MiniMax"]),
        ("codex", ["Claude Code", "Cursor", "Copilot (GitHub)"]),
        ("cursor", ["Copilot (GitHub)", "JetBrains AI", "Windsurf"]),
        ("deepl", ["claude.ai", "Vibe (Mistral AI)", "ChatGPT (OpenAI)"]),
        ("github", []),
        ("github actions", []),
        ("gmail", []),
        ("openai:api", []),
    ],
)
def test_before_anything_is_chosen_a_thoughtful_colleague_would_say(asked: str, expected: list[str]) -> None:
    found = KNOWN.find(asked)
    assert found
    names = [one.name for plan in plans_of([], found, KNOWN) for one in plan.alternatives]
    assert names[: len(expected) or 1] == expected


def test_nobody_is_sent_away_from_what_cannot_be_left_within_the_hour() -> None:
    host = replace(TORCH, slug="host", capabilities=("hosting",))
    assert plans_of([], Found(service=host), OTHERS) == ()


def test_an_incident_of_one_part_proposes_tools_for_that_part_alone() -> None:
    (plan,) = plans_concerned([], BRIGHT, incident(components=("c2",)), (CHAT, VIDEO), OTHERS)
    assert (plan.wanted, [tool.name for tool in plan.alternatives]) == ("lamp:video", ["Reel"])
    api = incident(components=("c3",))
    assert plans_concerned([], BRIGHT, api, (CHAT, VIDEO, replace(CHAT, id="c3", name="API")), OTHERS) == ()
