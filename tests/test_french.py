"""What people read in French, from the change or the question to the last word of the card."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from bot.commands import COMMANDS
from bot.commands.desk import Desk
from bot.commands.office import Office
from bot.commands.spec import Caller
from bot.core.catalogue import Catalogue
from bot.core.overview import counsels
from bot.core.render import headline, reply
from bot.core.render_sight import closed_channel
from bot.domain.card import Card, Moment, Rich
from bot.domain.change import Change, News, Reason
from bot.domain.continuity import Alternative, Plan
from bot.domain.polling import FeedState
from bot.domain.service import Feed, Part, Service
from bot.domain.status import Component, Freshness, Health, Impact, Incident, Kind, Phase, Snapshot, Update
from bot.domain.subscription import Platform, Subscription, Target
from bot.library import Library
from bot.locale import languages
from bot.ports import Store

NOW = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)
LAMP = Service(
    slug="lamp",
    name="Lamp",
    page="https://status.lamp.example",
    feeds=(Feed(id="lamp", url="https://status.lamp.example", format="statuspage"),),
    parts=(Part(slug="chat", name="Lamp Chat", components=("Chat",)),),
)
TORCH = replace(LAMP, slug="torch", name="Torch", feeds=(replace(LAMP.feeds[0], id="torch"),), parts=())
CATALOGUE = Catalogue((LAMP, TORCH))
PLAN = Plan(
    wanted="lamp", alternatives=(Alternative(name="Candle"), Alternative(name="Torch", service="torch", note="licence"))
)
CHAT = Component(id="1", name="Chat", health=Health.PARTIAL_OUTAGE)
OUTAGE = Incident(
    id="i1",
    kind=Kind.INCIDENT,
    title="Errors at login",
    phase=Phase.IDENTIFIED,
    impact=Impact.MAJOR,
    started_at=NOW - timedelta(hours=2, minutes=14),
    components=("1",),
    updates=(Update(id="u1", phase=Phase.IDENTIFIED, text="We know why.", posted_at=NOW - timedelta(minutes=5)),),
)
SNAPSHOT = Snapshot(format="statuspage", health=Health.PARTIAL_OUTAGE, components=(CHAT,), incidents=(OUTAGE,))
STATES = {
    "lamp": FeedState(feed="lamp", snapshot=SNAPSHOT, read_at=NOW),
    "torch": FeedState(feed="torch", snapshot=Snapshot(format="statuspage", health=Health.OPERATIONAL), read_at=NOW),
}
HERE = Target(platform=Platform.CONSOLE, workspace="w", channel="c")


def said(card: Card) -> str:
    """A card's words, one line for each thing it says, moments as hours and minutes, no-break spaces as `~`."""
    lines = [card.title, flat(card.lead), card.quote]
    lines += [f"{fact.name} | {flat(fact.value)}" for fact in card.facts]
    for listing in card.listings:
        lines += [f"[{listing.heading}]", *(flat(item.text) for item in listing.items)]
    return "\n".join(line for line in (*lines, flat(card.footer)) if line).replace("\u00a0", "~")


def flat(rich: Rich) -> str:
    return "".join(f"{s.at:%H:%M}" if isinstance(s, Moment) else s if isinstance(s, str) else s.text for s in rich)


class Memory:
    """As much of a store as these questions need."""

    def __init__(self, states: Mapping[str, FeedState]) -> None:
        self._states = states
        self._subscriptions: list[Subscription] = []

    async def states(self, feeds: Iterable[str]) -> Mapping[str, FeedState]:
        return {feed: self._states[feed] for feed in feeds if feed in self._states}

    async def subscriptions_of(self, target: Target) -> Sequence[Subscription]:
        return [one for one in self._subscriptions if one.target == target]

    async def subscriptions_in(self, team: str) -> int:
        return sum(one.target.team == team for one in self._subscriptions)

    async def subscribe(self, subscription: Subscription, now: datetime) -> bool:
        self._subscriptions.append(subscription)
        return True

    async def choices_of(self, team: str) -> Sequence[Plan]:
        return ()

    async def trials_of(self, team: str) -> Mapping[str, datetime]:
        return {}

    async def hasten(self, feeds: Iterable[str], now: datetime) -> None:
        """The feeds of this memory are never polled."""


class Noon:
    def now(self) -> datetime:
        return NOW


async def ask(*lines: str, states: Mapping[str, FeedState] = STATES) -> str:
    """What is answered, in French, to the last of these lines."""
    store = cast(Store, Memory(states))
    library = Library(CATALOGUE)
    office = Office(
        catalogue=CATALOGUE, library=library, store=store, plans=[PLAN], languages=languages(), clock=Noon()
    )
    caller = Caller(target=HERE, user="u", may_manage=True, language="fr")
    return [said(await Desk(office, COMMANDS).answer_line(line, caller)) for line in lines][-1]


def change(incident: Incident) -> Change:
    return Change(
        service="lamp",
        feed="lamp",
        news=News.UPDATED,
        reason=Reason.NEW_UPDATE,
        incident=incident,
        update=incident.latest,
    )


def test_an_incident_is_told_in_french_and_quoted_in_the_words_of_its_provider() -> None:
    advice = counsels(CATALOGUE, [PLAN], (), STATES, NOW)
    card = headline(change(OUTAGE), LAMP, [CHAT], advice, languages()["fr"])
    assert said(card).splitlines() == [
        "Lamp~: Errors at login",
        "Cause identifiée – impact~: majeur",
        "We know why.",
        "Composants concernés | Chat",
        "Depuis | 12:16",
        "[Pour remplacer Lamp]",
        "Torch – licence (en ce moment~: Opérationnel)",
        "Candle (pas de page d’état à consulter)",
        "Sans cet outil~: /outage playbook lamp",
        "Page d’état · dernière mise à jour 14:25",
    ]


def test_an_end_is_told_in_french_with_how_long_it_lasted() -> None:
    last = Update(id="u2", phase=Phase.RESOLVED, text="Fixed.", posted_at=NOW)
    over = replace(OUTAGE, phase=Phase.RESOLVED, resolved_at=NOW, updates=(*OUTAGE.updates, last))
    card = reply(change(over), LAMP, languages()["fr"])
    assert said(card).splitlines() == ["Lamp~: Résolu", "Durée~: 2~h 14~min.", "Fixed.", "14:30"]


async def test_a_state_is_told_in_french() -> None:
    assert (await ask("status lamp")).splitlines() == [
        "Lamp~: Panne partielle",
        "Depuis | 12:16",
        "[En ce moment]",
        "Errors at login – Cause identifiée, impact~: majeur – «~We know why.~»",
        "[Composants concernés]",
        "Chat – Panne partielle",
        "[Pour remplacer Lamp Chat]",
        "Torch – licence (en ce moment~: Opérationnel)",
        "Candle (pas de page d’état à consulter)",
        "Sans cet outil~: /outage playbook lamp:chat",
        "Page d’état · lue 14:30",
    ]


async def test_a_page_that_was_never_read_is_told_in_french() -> None:
    assert await ask("status torch", states={}) == "Torch~: Inconnu\nPage d’état · pas encore lue"


async def test_a_channel_is_told_in_french_what_it_follows() -> None:
    line = "subscribe lamp components=chat min=major maintenance=start"
    assert (await ask(line)).splitlines() == [
        "Ce canal suit désormais Lamp Chat (Lamp)",
        "Composants | Lamp Chat",
        "Impact minimal | majeur",
        "Maintenances prévues | signalées au début et à la fin",
        "[État actuel]",
        "Lamp Chat – Panne partielle (1~en cours)",
        "Pour arrêter~: /outage unsubscribe lamp",
    ]
    assert (await ask(line, "list")).splitlines() == [
        "Ce canal suit 1~outil",
        "[]",
        "Lamp – Lamp Chat; à partir d’un impact majeur; maintenances prévues signalées au début et à la fin",
    ]


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("lampp", "Je ne connais pas «~lampp~». Peut-être lamp~?"),
        ("subscribe", "Merci de préciser~: `/outage subscribe"),
        ("subscribe lamp min=huge", "Valeurs possibles de `min`~: none, minor, major, critical."),
        ("alt torch", "L’équipe n’a encore rien choisi pour remplacer Torch"),
        ("active", "1~incident en cours"),
        ("services", "Je surveille 2~outils"),
        ("aide", "Plan B signale les outils en panne, et dit quoi utiliser à la place"),
    ],
)
async def test_every_answer_begins_in_french(line: str, answer: str) -> None:
    assert (await ask(line)).startswith(answer)


def test_an_owner_is_told_in_french_that_a_channel_is_closed() -> None:
    assert said(closed_channel(HERE, "not_in_channel", languages()["fr"])).splitlines() == [
        "Je ne peux plus publier dans un canal abonné à votre demande",
        "Canal c~: not_in_channel.",
        (
            "Pour reprendre, il suffit de m’y inviter de nouveau et de refaire l’abonnement~; "
            "d’ici là, je n’y publie rien."
        ),
    ]


async def test_what_the_log_says_in_english_is_told_in_french_words() -> None:
    away = FeedState(feed="lamp", trouble=Freshness.UNREACHABLE, trouble_text="https://x: its host name is not known")
    said = await ask("status lamp", states={"lamp": away})
    assert "pas encore lue (je ne peux pas lire sa page en ce moment)" in said
    assert "host name" not in said
