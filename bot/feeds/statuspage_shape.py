"""The JSON that Atlassian Statuspage made common and others imitate: its shape, in their words.

https://developer.statuspage.io/ and https://<page>/api. Every key is optional here: look-alikes send parts only, and
incident.io leaves keys out or sends null where Atlassian sends an empty list.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import chain
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from bot.domain.errors import NotTheFormat
from bot.feeds.ids import bounded_id, derived_id
from bot.feeds.moments import utc
from bot.feeds.plaintext import line
from bot.ports import Documents

_CONTENTS = frozenset({"components", "incidents", "scheduled_maintenances", "incident"})
LONG_AGO = datetime.min.replace(tzinfo=UTC)


def word_of(value: object) -> str:
    """One strange value must not hide a whole page: what is neither text nor a number reads as nothing."""
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _objects(value: object) -> list[object]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


_Text = Annotated[str, BeforeValidator(word_of)]
_Line = Annotated[str, BeforeValidator(lambda value: line(word_of(value)))]
_Id = Annotated[str, BeforeValidator(lambda value: bounded_id(line(word_of(value))))]
_Time = Annotated[datetime | None, BeforeValidator(utc)]


class Page(BaseModel):
    model_config = ConfigDict(extra="allow")
    id: _Id = ""
    name: _Line = ""
    url: _Line = ""
    updated_at: _Time = None


class Component(BaseModel):
    id: _Id = ""
    name: _Line = ""
    status: _Text = ""
    group: Any = None
    group_id: _Id = ""
    components: Any = None
    updated_at: _Time = None


class Concerned(BaseModel):
    """A component as an incident or an update names it. Its status there is today's, so it is not read."""

    id: _Id = ""
    code: _Id = ""
    updated_at: _Time = None


_Concerns = Annotated[list[Concerned], BeforeValidator(_objects)]


class Update(BaseModel):
    id: _Id = ""
    status: _Text = ""
    body: _Text = ""
    created_at: _Time = None
    updated_at: _Time = None
    display_at: _Time = None
    affected_components: _Concerns = []

    @property
    def said_at(self) -> datetime | None:
        # A postmortem's display_at is null.
        return self.display_at or self.created_at


class Incident(BaseModel):
    id: _Id = ""
    name: _Line = ""
    status: _Text = ""
    impact: _Text = ""
    shortlink: _Line = ""
    created_at: _Time = None
    updated_at: _Time = None
    started_at: _Time = None
    resolved_at: _Time = None
    scheduled_for: _Time = None
    scheduled_until: _Time = None
    components: _Concerns = []
    incident_updates: list[Update] | None = None

    @property
    def key(self) -> str:
        return self.id or derived_id("incident", self.name, str(self.created_at or self.started_at))

    @property
    def version(self) -> tuple[datetime, int]:
        return self.updated_at or LONG_AGO, len(self.incident_updates or ())


class Sheet(BaseModel):
    """One document, whichever of the API it is."""

    model_config = ConfigDict(extra="allow")
    page: Page | None = None
    status: Any = None
    components: list[Component] | None = None
    incidents: list[Incident] | None = None
    scheduled_maintenances: list[Incident] | None = None
    incident: Incident | None = None

    @property
    def changed(self) -> Iterator[datetime | None]:
        """Every "last changed" of the document: what time it is on this page."""
        yield self.page.updated_at if self.page else None
        yield from (row.updated_at for row in self.components or ())
        for row in (*self.all_incidents, *(self.scheduled_maintenances or ())):
            yield row.updated_at
            yield from (concerned.updated_at for concerned in row.components)

    @property
    def indicator(self) -> str:
        """The page's overall word; empty where this document has none."""
        return word_of(self.status.get("indicator")) if isinstance(self.status, dict) else ""

    @property
    def all_incidents(self) -> list[Incident]:
        """Those of the list, and the one that a subscriber's webhook or a saved file holds alone."""
        return [*(self.incidents or ()), *([self.incident] if self.incident else ())]

    @property
    def identity(self) -> str:
        """An id that shows whose ids these are: the page's, else that of anything in it."""
        named = self.page.id if self.page else ""
        rows: Iterable[Incident | Component] = chain(
            self.all_incidents, self.scheduled_maintenances or (), self.components or ()
        )
        return named or next((row.id for row in rows if row.id), "")


def sheets(documents: Documents) -> list[Sheet]:
    """The documents, whatever their names. Raise NotTheFormat unless every one has this shape."""
    if not documents:
        raise NotTheFormat("there is no document")
    return [_sheet(name, raw) for name, raw in documents.items()]


def _sheet(name: str, raw: bytes) -> Sheet:
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    try:
        sheet = Sheet.model_validate_json(raw)
        if "incident_updates" in (sheet.model_extra or {}):
            sheet = Sheet(incident=Incident.model_validate_json(raw))
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(str(step) for step in wrong["loc"]) or "the document"
        raise NotTheFormat(f"{name} is not Statuspage JSON: {place}: {line(wrong['msg'])}") from None
    if not _belongs(sheet):
        raise NotTheFormat(f"{name} is JSON, but has none of the keys of a Statuspage page")
    return sheet


def _belongs(sheet: Sheet) -> bool:
    """Other products answer similar JSON, some at the same path: an answer alone proves nothing."""
    if not (_CONTENTS & sheet.model_fields_set or sheet.indicator):
        return False
    if sheet.page is not None:
        # Instatus keeps its overall word inside `page`.
        return "status" not in (sheet.page.model_extra or {})
    incidents = chain(sheet.all_incidents, sheet.scheduled_maintenances or ())
    return (
        not sheet.model_extra
        and all({"incident_updates", "impact"} & row.model_fields_set for row in incidents)
        and all("status" in row.model_fields_set and row.status.islower() for row in sheet.components or ())
    )
