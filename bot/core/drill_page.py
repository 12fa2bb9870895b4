"""drill_page: a status page that tells of an outage which is none, in Statuspage's own JSON. Pure.

It opens when the drill begins, tells of a cause at two fifths of its time, of a fix at seven tenths, closes with it.
"""

import json
from collections.abc import Mapping
from datetime import datetime

from bot.core.catalogue import Found
from bot.core.drill import end_of, slug_of
from bot.domain.drill import Drill, End
from bot.domain.words import Words, mark

FORMAT = "statuspage"
_TITLE = mark("{name} does not answer")
_SAID = (
    (
        0.0,
        "investigating",
        mark("This is a drill. Act as if {name} did not work: switch to what is named here, and say so."),
    ),
    (0.4, "identified", mark("The drill goes on. If you are blocked, say so as well: that is worth knowing.")),
    (
        0.7,
        "monitoring",
        mark(
            "The drill goes on: a fix is said to be in place. Stay where you are until I say that you can go back; in "
            "earnest that takes longer."
        ),
    ),
)
_WORKS = frozenset({"monitoring", "resolved"})
"""The words with which the part is green again: else nobody could be told to go back before the end."""
CLOSING: Mapping[End, str] = {
    End.TIME: mark("The drill is over: everything is as it was. Thank you!"),
    End.STOPPED: mark("The drill was stopped: everything is as it was."),
    End.REAL: mark("The drill is over at once: {name} has a real incident now."),
}


def closing(drill: Drill, found: Found, words: Words) -> str:
    """The last word of a drill, by the reason why it ended."""
    return words(CLOSING[end_of(drill) or End.TIME], name=found.label)


def moments(drill: Drill) -> tuple[datetime, ...]:
    """When its page says something."""
    length = drill.ends_at - drill.started_at
    said = [at for part, _, _ in _SAID if (at := drill.started_at + length * part) < drill.until]
    return (*said, drill.until)


def documents(drill: Drill, found: Found, words: Words, now: datetime) -> Mapping[str, bytes]:
    """The page as of now."""
    updates = _updates(drill, found, words, now)
    over = updates[-1]["status"] == "resolved"
    works = updates[-1]["status"] in _WORKS
    components = [_component(drill, found, works=works)] if found.part else []
    incident = _incident(drill, found, words, updates) | {"components": components}
    page = {"id": slug_of(drill), "name": found.service.name, "url": found.service.page}
    status = {"indicator": "none" if over else "major", "description": ""}
    sheets: dict[str, dict[str, object]] = {
        "summary.json": {
            "page": page,
            "components": components,
            "incidents": [] if over else [incident],
            "status": status,
        },
        "incidents.json": {"page": page, "incidents": [incident]},
        "scheduled-maintenances.json": {"page": page, "scheduled_maintenances": []},
    }
    return {name: json.dumps(sheet, ensure_ascii=False).encode() for name, sheet in sheets.items()}


def _updates(drill: Drill, found: Found, words: Words, now: datetime) -> list[dict[str, object]]:
    """What was said by now, oldest first; at least the first word."""
    length, name = drill.ends_at - drill.started_at, found.label
    said = [(drill.started_at + length * part, phase, words(text, name=name)) for part, phase, text in _SAID]
    told = said[:1] + [one for one in said[1:] if one[0] <= now and one[0] < drill.until]
    if drill.ended_at is not None:
        told.append((drill.ended_at, "resolved", closing(drill, found, words)))
    return [
        {
            "id": f"{slug_of(drill)}-{phase}",
            "status": phase,
            "body": text,
            "created_at": at.isoformat(),
            "display_at": at.isoformat(),
        }
        for at, phase, text in told
    ]


def _incident(drill: Drill, found: Found, words: Words, updates: list[dict[str, object]]) -> dict[str, object]:
    return {
        "id": slug_of(drill),
        "name": words(_TITLE, name=_name(found)),
        "status": updates[-1]["status"],
        "impact": "major",
        "shortlink": found.service.page,  # its own page: an address of this incident there would lead nowhere
        "created_at": drill.started_at.isoformat(),
        "started_at": drill.started_at.isoformat(),
        "resolved_at": drill.ended_at.isoformat() if drill.ended_at else None,
        "incident_updates": updates[::-1],
    }


def _component(drill: Drill, found: Found, *, works: bool) -> dict[str, object]:
    return {
        "id": f"{slug_of(drill)}-part",
        "name": _name(found),
        "status": "operational" if works else "major_outage",
        "created_at": drill.started_at.isoformat(),
        "updated_at": drill.started_at.isoformat(),
        "position": 1,
        "group": False,
        "group_id": None,
        "page_id": slug_of(drill),
    }


def _name(found: Found) -> str:
    return found.part.name if found.part else found.service.name
