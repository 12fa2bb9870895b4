"""playbooks: which playbook a failing tool calls for. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.core.alternatives import CAPABILITY, Counsel, parts_concerned
from bot.core.catalogue import Catalogue, Found
from bot.core.scope import Concerns, concerns
from bot.domain.playbook import Playbook
from bot.domain.service import Service
from bot.domain.status import Component, Incident
from bot.domain.words import Language

ANY = f"{CAPABILITY}any"
"""What a playbook for any tool is called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Playbooks:
    """The team's own, in its order, and those that come with Plan B."""

    ours: tuple[Playbook, ...] = ()
    defaults: tuple[Playbook, ...] = ()

    def of(self, found: Found) -> Playbook:
        """The team's for the part, the service, the use or any tool; else ours for the use or any tool.

        A service without a playbook of its own takes that of its first part that has one. Never nothing: at the worst
        an empty one, which says how to write it.
        """
        mine = {one.wanted: one for one in reversed(self.ours)}
        come = {one.wanted: one for one in self.defaults}
        own = [found.value, found.service.slug] if found.part else [found.value, *_parts_of(found, mine)]
        uses = [CAPABILITY + use for use in _uses(found)]
        near = next((mine[name] for name in (*own, *uses, ANY) if name in mine), None)
        return near or next((come[name] for name in (*uses, ANY) if name in come), Playbook(wanted=found.value))

    def link(self, found: Found, language: Language) -> str:
        """Where the team keeps its template for this, if it said so."""
        return self.of(found).link.of(language)


NO_PLAYBOOKS = Playbooks()


def _parts_of(found: Found, known: Iterable[str]) -> list[str]:
    names = set(known)
    return [name for part in found.service.parts if (name := f"{found.service.slug}:{part.slug}") in names]


def _uses(found: Found) -> Sequence[str]:
    """A part's own uses, else the service's. An API is written to by programs: it counts before all else there."""
    through = found.part is not None and found.part.slug == "api"
    return ("api", *found.uses) if through else found.uses


def what_fails(service: Service, incident: Incident, components: Sequence[Component]) -> Found | None:
    """The part that an incident concerns, where it is one; the service, where it is several or where that is unsaid.

    None where it concerns other parts than those people use: then nobody needs a playbook.
    """
    hit = parts_concerned(service, incident, components)
    if len(hit) == 1:
        return Found(service=service, part=service.part(hit[0]))
    said = {concerns(service, (part,), incident, components) for part in service.parts}
    return None if not hit and Concerns.NO in said else Found(service=service)


def typed(wanted: str, catalogue: Catalogue) -> str:
    """The shortest words that mean it: `chatgpt` for `openai:chatgpt`."""
    short = wanted.rpartition(":")[2]
    found = catalogue.find(short)
    return short if found and found.value == wanted else wanted


def with_last_resort(
    counsels: Sequence[Counsel], fails: Found | None, playbooks: Playbooks, catalogue: Catalogue, language: Language
) -> tuple[Counsel, ...]:
    """The same counsels, each with where its playbook is; where nothing is known to use instead, the playbook alone.

    `fails` is what the counsels are about; None where nobody has to leave anything.
    """
    alone = Counsel(instead_of=fails.title, advice=(), wanted=fails.value) if fails else None
    known = tuple(counsels) or ((alone,) if alone else ())
    return tuple(_led(counsel, playbooks, catalogue, language) for counsel in known)


def _led(counsel: Counsel, playbooks: Playbooks, catalogue: Catalogue, language: Language) -> Counsel:
    found = catalogue.find(counsel.wanted)
    if found is None:
        return counsel
    return replace(counsel, wanted=typed(found.value, catalogue), link=playbooks.link(found, language))
