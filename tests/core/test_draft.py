"""Notices for people to edit, each written out by hand in both languages. No-break spaces are `~` here."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.core.draft import Audience, Subject, draft
from bot.core.ranking import Ranked, Reason, Why
from bot.domain.continuity import Alternative
from bot.domain.status import Component, Freshness, Health, Impact, Incident, Kind, Phase, Sight, Update
from bot.domain.words import Language
from bot.locale import languages
from tests.made import LAMP

AT = datetime(2026, 11, 20, 12, 16, tzinfo=UTC)
LATER = AT + timedelta(hours=2, minutes=14)
FRESH = Sight(freshness=Freshness.FRESH, read_at=LATER)
CHAT = Component(id="c1", name="Chat", health=Health.PARTIAL_OUTAGE)
FILM = Component(id="c2", name="Video maker", health=Health.OPERATIONAL, group="Media")
LOOKING = Update(id="u1", phase=Phase.INVESTIGATING, text="We are\nlooking into it.", posted_at=AT)
FIXED = Update(id="u2", phase=Phase.RESOLVED, text="All good again.", posted_at=LATER)
OPEN = Incident(
    id="i1",
    kind=Kind.INCIDENT,
    title="Errors at login",
    phase=Phase.INVESTIGATING,
    impact=Impact.MAJOR,
    started_at=AT,
    url="https://status.lamp.example/i1",
    updates=(LOOKING,),
)
ENDED = replace(OPEN, phase=Phase.RESOLVED, resolved_at=LATER, updates=(LOOKING, FIXED))
WORK = replace(
    OPEN, kind=Kind.MAINTENANCE, title="New lamps", phase=Phase.SCHEDULED, until=LATER, impact=Impact.NONE, updates=()
)
SHOWN = Incident(
    id="component:c1:1",
    kind=Kind.NOTICE,
    title="Chat",
    phase=Phase.UNKNOWN,
    impact=Impact.MAJOR,
    started_at=AT,
    components=("c1",),
    updates=(Update(id="partial_outage:1", phase=Phase.UNKNOWN, text="", posted_at=AT),),
)
TORCH = Ranked(
    alternative=Alternative(name="Torch", url="https://torch.example", note="Ann’s account", owner="Ann"),
    standing=None,
    whys=(Why(reason=Reason.HEALTHY),),
)
CANDLE = Ranked(alternative=Alternative(name="Candle"), standing=None, whys=(Why(reason=Reason.NOT_WATCHED),))
FAILS = replace(TORCH, alternative=Alternative(name="Fire"), whys=(Why(reason=Reason.FAILS),))
PROPOSED = replace(TORCH, alternative=Alternative(name="Sun", chosen=False))
SOURCE = "Source: https://status.lamp.example/i1"
SOURCE_FR = "Source~: https://status.lamp.example/i1"
US, THEM = Audience.INTERNAL, Audience.CUSTOMERS
WRITE, WRITE_FR = "We will write again at: ________", "Prochain message de notre part à~: ________"
INSTEAD, INSTEAD_FR = "What we use instead: ________", "Ce que nous utilisons à la place~: ________"
MEANS, MEANS_FR = "What this means for you: ________", "Ce que cela change pour vous~: ________"
SAID = "The provider on 2026-11-20 12:16 UTC: “We are looking into it.”"
SAID_FR = "Le fournisseur, le 20/11/2026 à 12:16 UTC~: «~We are looking into it.~»"
DONE = "The provider on 2026-11-20 14:30 UTC: “All good again.”"
DONE_FR = "Le fournisseur, le 20/11/2026 à 14:30 UTC~: «~All good again.~»"
SINCE, SINCE_FR = "Since: 2026-11-20 12:16 UTC", "Depuis~: 20/11/2026 à 12:16 UTC"
HEAD, HEAD_FR = "Incident at Lamp: “Errors at login”", "Incident chez Lamp~: «~Errors at login~»"
TOLD = "Lamp, a provider we work with, reports an incident: “Errors at login”"
TOLD_FR = "Lamp, l’un de nos fournisseurs, signale un incident~: «~Errors at login~»"
SPAN = ["Began: 2026-11-20 12:16 UTC", "Ended: 2026-11-20 14:30 UTC (2 h 14 min)"]
SPAN_FR = ["Début~: 20/11/2026 à 12:16 UTC", "Fin~: 20/11/2026 à 14:30 UTC (2~h 14~min)"]


def about(incident: Incident, **values: Any) -> Subject:
    plain: dict[str, Any] = {"service": LAMP, "incident": incident, "sight": FRESH, "components": (CHAT, FILM)}
    return Subject(**(plain | values))


def said(subject: Subject, audience: Audience, language: Language) -> list[str]:
    return draft(subject, audience, languages()[language]).replace("\u00a0", "~").splitlines()


LAST_FR = "État selon sa page d’état, lue pour la dernière fois le 20/11/2026 à 12:16 UTC et illisible depuis~: "
STALE = Sight(freshness=Freshness.STALE, read_at=AT)
NEVER = Sight(freshness=Freshness.UNREACHABLE)
PAGE, PAGE_FR = "State by its status page: ", "État selon sa page d’état~: "
CASES: dict[str, tuple[Subject, Audience, list[str], list[str]]] = {
    "open, for us": (
        about(OPEN, instead=[TORCH, CANDLE]),
        US,
        [
            HEAD, SINCE, PAGE + "Investigating – impact: major", SAID,
            "What we use instead: Torch (https://torch.example), Candle", WRITE, SOURCE,
        ],
        [
            HEAD_FR, SINCE_FR, PAGE_FR + "Analyse en cours – impact~: majeur", SAID_FR,
            "Ce que nous utilisons à la place~: Torch (https://torch.example), Candle", WRITE_FR, SOURCE_FR,
        ],
    ),
    "open, for customers: no tools of ours, no impact": (
        about(OPEN, instead=[TORCH, CANDLE]),
        THEM,
        [TOLD, SINCE, PAGE + "Investigating", SAID, MEANS, WRITE, SOURCE],
        [TOLD_FR, SINCE_FR, PAGE_FR + "Analyse en cours", SAID_FR, MEANS_FR, WRITE_FR, SOURCE_FR],
    ),
    "nothing chosen: a blank": (
        about(OPEN, instead=[PROPOSED]),
        US,
        [HEAD, SINCE, PAGE + "Investigating – impact: major", SAID, INSTEAD, WRITE, SOURCE],
        [HEAD_FR, SINCE_FR, PAGE_FR + "Analyse en cours – impact~: majeur", SAID_FR, INSTEAD_FR, WRITE_FR, SOURCE_FR],
    ),
    "what fails itself is not what we use": (
        about(OPEN, instead=[FAILS]),
        US,
        [HEAD, SINCE, PAGE + "Investigating – impact: major", SAID, INSTEAD, WRITE, SOURCE],
        [HEAD_FR, SINCE_FR, PAGE_FR + "Analyse en cours – impact~: majeur", SAID_FR, INSTEAD_FR, WRITE_FR, SOURCE_FR],
    ),
    "unknown impact: not a word of it": (
        about(replace(OPEN, impact=Impact.UNKNOWN)),
        US,
        [HEAD, SINCE, PAGE + "Investigating", SAID, INSTEAD, WRITE, SOURCE],
        [HEAD_FR, SINCE_FR, PAGE_FR + "Analyse en cours", SAID_FR, INSTEAD_FR, WRITE_FR, SOURCE_FR],
    ),
    "a word for the impact that we do not know is left out": (
        about(replace(OPEN, impact=Impact.UNKNOWN, raw_impact="purple")),
        US,
        [HEAD, SINCE, PAGE + "Investigating", SAID, INSTEAD, WRITE, SOURCE],
        [
            HEAD_FR, SINCE_FR, PAGE_FR + "Analyse en cours", SAID_FR,
            INSTEAD_FR, WRITE_FR, SOURCE_FR,
        ],
    ),
    "monitoring": (
        about(replace(OPEN, phase=Phase.MONITORING)),
        THEM,
        [TOLD, SINCE, PAGE + "Fix applied, being watched", SAID, MEANS, WRITE, SOURCE],
        [TOLD_FR, SINCE_FR, PAGE_FR + "Correctif en place, sous surveillance", SAID_FR, MEANS_FR, WRITE_FR, SOURCE_FR],
    ),
    "a phase that we do not know": (
        about(replace(OPEN, phase=Phase.UNKNOWN, raw_phase="pondering", impact=Impact.UNKNOWN)),
        THEM,
        [TOLD, SINCE, PAGE + "Phase not stated (“pondering”)", SAID, MEANS, WRITE, SOURCE],
        [TOLD_FR, SINCE_FR, PAGE_FR + "Étape non précisée (“pondering”)", SAID_FR, MEANS_FR, WRITE_FR, SOURCE_FR],
    ),
    "open, and the page says no more": (
        about(replace(OPEN, phase_stated=False, updates=(), impact=Impact.UNKNOWN)),
        THEM,
        [TOLD, SINCE, PAGE + "Open", MEANS, WRITE, SOURCE],
        [TOLD_FR, SINCE_FR, PAGE_FR + "En cours", MEANS_FR, WRITE_FR, SOURCE_FR],
    ),
    "resolved, for us: nothing to use instead, no further message": (
        about(ENDED, instead=[TORCH]),
        US,
        [HEAD, *SPAN, PAGE + "Resolved", DONE, SOURCE],
        [HEAD_FR, *SPAN_FR, PAGE_FR + "Résolu", DONE_FR, SOURCE_FR],
    ),
    "resolved, for customers": (
        about(ENDED),
        THEM,
        [TOLD, *SPAN, PAGE + "Resolved", DONE, MEANS, SOURCE],
        [TOLD_FR, *SPAN_FR, PAGE_FR + "Résolu", DONE_FR, MEANS_FR, SOURCE_FR],
    ),
    "resolved, and the page gives no times": (
        about(replace(ENDED, started_at=None, resolved_at=None, updates=(replace(FIXED, posted_at=None),))),
        THEM,
        [TOLD, PAGE + "Resolved", "The provider: “All good again.”", MEANS, SOURCE],
        [TOLD_FR, PAGE_FR + "Résolu", "Le fournisseur~: «~All good again.~»", MEANS_FR, SOURCE_FR],
    ),
    "planned maintenance": (
        about(WORK),
        THEM,
        [
            "Lamp, a provider we work with, reports maintenance work: “New lamps”",
            "Planned from 2026-11-20 12:16 UTC to 2026-11-20 14:30 UTC",
            PAGE + "Planned", MEANS, WRITE, SOURCE,
        ],
        [
            "Lamp, l’un de nos fournisseurs, signale une maintenance~: «~New lamps~»",
            "Prévue du 20/11/2026 à 12:16 UTC au 20/11/2026 à 14:30 UTC",
            PAGE_FR + "Prévu", MEANS_FR, WRITE_FR, SOURCE_FR,
        ],
    ),
    "maintenance under way": (
        about(replace(WORK, phase=Phase.IN_PROGRESS), instead=[TORCH]),
        US,
        [
            "Maintenance at Lamp: “New lamps”", "Planned from 2026-11-20 12:16 UTC to 2026-11-20 14:30 UTC",
            PAGE + "In progress", "What we use instead: Torch (https://torch.example)", WRITE, SOURCE,
        ],
        [
            "Maintenance chez Lamp~: «~New lamps~»", "Prévue du 20/11/2026 à 12:16 UTC au 20/11/2026 à 14:30 UTC",
            PAGE_FR + "En cours", "Ce que nous utilisons à la place~: Torch (https://torch.example)",
            WRITE_FR, SOURCE_FR,
        ],
    ),
    "maintenance completed": (
        about(replace(WORK, phase=Phase.COMPLETED, resolved_at=LATER)),
        US,
        ["Maintenance at Lamp: “New lamps”", *SPAN, PAGE + "Completed", SOURCE],
        ["Maintenance chez Lamp~: «~New lamps~»", *SPAN_FR, PAGE_FR + "Terminé", SOURCE_FR],
    ),
    "a notice": (
        about(replace(OPEN, kind=Kind.NOTICE, title="New prices")),
        THEM,
        [
            "Lamp, a provider we work with, has published a notice: “New prices”",
            SINCE, PAGE + "Investigating", SAID, MEANS, WRITE, SOURCE,
        ],
        [
            "Lamp, l’un de nos fournisseurs, a publié une annonce~: «~New prices~»",
            SINCE_FR, PAGE_FR + "Analyse en cours", SAID_FR, MEANS_FR, WRITE_FR, SOURCE_FR,
        ],
    ),
    "only a part": (
        about(replace(OPEN, components=("c2",))),
        THEM,
        [TOLD, "Parts concerned: Media / Video maker", SINCE, PAGE + "Investigating", SAID, MEANS, WRITE, SOURCE],
        [
            TOLD_FR, "Composants concernés~: Media / Video maker", SINCE_FR, PAGE_FR + "Analyse en cours", SAID_FR,
            MEANS_FR, WRITE_FR, SOURCE_FR,
        ],
    ),
    "a part that changed without an incident, for us": (
        about(SHOWN),
        US,
        [
            "On the status page of Lamp: “Chat”", SINCE, PAGE + "Partial outage",
            "The provider's page shows this, and tells of no incident.", INSTEAD, WRITE,
            "Source: https://status.lamp.example",
        ],
        [
            "Sur la page d’état Lamp~: «~Chat~»", SINCE_FR, PAGE_FR + "Panne partielle",
            "C’est la page du fournisseur qui l’affiche, sans signaler d’incident.", INSTEAD_FR, WRITE_FR,
            "Source~: https://status.lamp.example",
        ],
    ),
    "a part that changed without an incident, for customers": (
        about(SHOWN),
        THEM,
        [
            "Lamp, a provider we work with, shows on its status page: “Chat”", SINCE, PAGE + "Partial outage",
            "The provider's page shows this, and tells of no incident.", MEANS, WRITE,
            "Source: https://status.lamp.example",
        ],
        [
            "Lamp, l’un de nos fournisseurs, affiche sur sa page d’état~: «~Chat~»", SINCE_FR,
            PAGE_FR + "Panne partielle", "C’est la page du fournisseur qui l’affiche, sans signaler d’incident.",
            MEANS_FR, WRITE_FR, "Source~: https://status.lamp.example",
        ],
    ),
    "a stale page says so": (
        about(OPEN, sight=STALE),
        THEM,
        [
            TOLD, SINCE,
            "State by its status page, last read 2026-11-20 12:16 UTC and not readable since: Investigating",
            SAID, MEANS, WRITE, SOURCE,
        ],
        [
            TOLD_FR, SINCE_FR,
            LAST_FR + "Analyse en cours",
            SAID_FR, MEANS_FR, WRITE_FR, SOURCE_FR,
        ],
    ),
    "a page that was never read": (
        about(OPEN, sight=NEVER),
        THEM,
        [TOLD, SINCE, "Its status page cannot be read at the moment.", SAID, MEANS, WRITE, SOURCE],
        [TOLD_FR, SINCE_FR, "Sa page d’état est illisible pour le moment.", SAID_FR, MEANS_FR, WRITE_FR, SOURCE_FR],
    ),
    "no longer listed": (
        about(OPEN, listed=False),
        THEM,
        [
            TOLD, SINCE, PAGE + "Investigating",
            "The provider's page no longer lists this and never said that it ended.", SAID, MEANS, WRITE, SOURCE,
        ],
        [
            TOLD_FR, SINCE_FR, PAGE_FR + "Analyse en cours",
            "La page du fournisseur n’en fait plus mention et n’en a jamais annoncé la fin.", SAID_FR,
            MEANS_FR, WRITE_FR, SOURCE_FR,
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_draft_says_just_this(name: str) -> None:
    subject, audience, english, french = CASES[name]
    assert said(subject, audience, "en") == english
    assert said(subject, audience, "fr") == french


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_customers_are_told_neither_tools_nor_names_of_ours(name: str, language: Language) -> None:
    subject = replace(CASES[name][0], instead=[TORCH, CANDLE])
    text = draft(subject, THEM, languages()[language])
    assert not [word for word in ("Torch", "torch", "Candle", "Ann") if word in text]


def test_what_a_page_says_calls_nobody_once_it_is_pasted_in_a_chat() -> None:
    text = "Hi @everyone, @here, <@123>, <!channel>, <#7>, <t:1>\u202e\x07 `a`"
    loud = replace(OPEN, title=text, updates=(replace(LOOKING, text=text),))
    lines = said(about(loud), US, "en")
    assert lines[0] == "Incident at Lamp: “Hi @ everyone, @ here, < @123>, < !channel>, < #7>, < t:1> `a`”"
    assert "@everyone" not in "".join(lines)
    assert "<@" not in "".join(lines)


def test_a_long_text_is_cut_and_says_so() -> None:
    long = replace(OPEN, updates=(replace(LOOKING, text="word " * 500),))
    (line,) = (line for line in said(about(long), US, "en") if line.startswith("The provider"))
    assert len(line) < 700
    assert line.endswith("…”")
