"""What a team has no plan B for, what it never tried, what would take most of its tools at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Gap(StrEnum):
    """What is missing, in the order in which to mend it."""

    NOTHING = "nothing is chosen to use instead"
    TOGETHER = "everything chosen has something in common with the tool"
    NOT_KNOWN = "it is not known what the tool or its alternatives are built on"
    NO_PLAYBOOK = "there is no playbook"
    NOT_TRIED = "nobody tried it in 90 days"
    NO_DRILL = "there was no drill in 90 days"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to mend: what it is used for, the `tools` that would fail, and what is chosen `instead`.

    `shared` is what these have in common. `do` is what to type after `/outage`; empty where a file is to be edited.
    """

    gap: Gap
    capabilities: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    do: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fall:
    """What one failure would take at once: `tools` by name, each with the page that says so (empty: the team does).

    `do` is what to type after `/outage`: to follow it, or to practise where the team does already.
    """

    upstream: str
    name: str
    tools: tuple[tuple[str, str], ...]
    do: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """What a team has ready and when it practised. `playbooks` None: nobody knows whether there are any.

    `playbooks` are by `capability:chat` (`any`: for every tool), `openai` or `openai:chatgpt`; `drills` by service or
    part, each its last one. When a tool was tried stands in the team's plans.
    """

    playbooks: Mapping[str, bool] | None = None
    drills: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """The findings, what to mend first at their head, and what would fall together.

    `tools` is how many the team has, alternatives included, each provider once; `unsaid` are those of which nobody says
    what they are built on.
    """

    findings: tuple[Finding, ...] = ()
    falls: tuple[Fall, ...] = ()
    tools: int = 0
    unsaid: tuple[str, ...] = ()
