"""team: a team's own file, `planb.toml`: alternatives, playbooks, and services that the catalogue does not know.

The file is read strictly: a key we do not know is an error that names the line and the likely right key.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    HttpUrl,
    PrivateAttr,
    StringConstraints,
    ValidationError,
)

from bot.core.alternatives import CAPABILITY
from bot.core.catalogue import Catalogue
from bot.core.choosing import SEATS_MOST
from bot.core.playbooks import ANY
from bot.core.text import fold
from bot.core.toml_lines import line_of
from bot.domain.continuity import Alternative, Data, Plan
from bot.domain.errors import SettingsError
from bot.domain.playbook import Playbook
from bot.faults import alike, at, explain, syntax
from bot.playbooks import PlaybookStanza


def _one_line(text: str) -> str:
    if re.search(r"[\x00-\x1f\x7f]", text):
        raise ValueError("write it on one line")
    return text


def _without_password(url: HttpUrl) -> HttpUrl:
    if url.username or url.password:
        raise ValueError("leave the password out: everybody reads this")
    return url


_Line = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_one_line)]
_Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80), AfterValidator(_one_line)]
_Address = Annotated[HttpUrl, AfterValidator(_without_password)]
_Seats = Annotated[int, Field(strict=True, ge=1, le=SEATS_MOST)]


class _Alternative(BaseModel):
    """One thing to use instead."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: _Name = Field(description="What people call it")
    service: _Line = Field(default="", description="Its entry in the catalogue (`claude`, `openai:api`), to watch it")
    url: _Address | None = Field(default=None, description="Where to open it")
    note: _Line = Field(default="", max_length=200, description="A hint, such as: log in with the shared account")
    owner: _Line = Field(default="", max_length=80, description="Who knows it and has the account")
    seats: _Seats | None = Field(default=None, description="How many people can use it at once")
    data: Data | None = Field(default=None, description="The most protected data that may go there")
    upstreams: list[_Name] = Field(
        default_factory=list, description="What it is built on (`azure`): it counts as failing together with that"
    )
    tested: date | None = Field(default=None, description="When somebody last tried it")


class TeamFile(BaseModel):
    """The shape of `planb.toml`; its JSON Schema is printed by `planb schema`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    alternatives: dict[str, list[_Alternative]] = Field(
        default_factory=dict, description="By service or part (`openai:chatgpt`), in your order"
    )
    capabilities: dict[str, list[_Alternative]] = Field(
        default_factory=dict,
        description="By what tools are for (`chat`), for those without a list of their own",
    )
    playbooks: dict[str, PlaybookStanza] = Field(
        default_factory=dict,
        description="What to do by hand, by tool (`openai:chatgpt`) or use (`capability:chat`, `capability:any`)",
    )
    services: dict[str, dict[str, Any]] = Field(
        default_factory=dict, description="More services, or other addresses for known ones, as in the catalogue"
    )
    spread: bool = Field(
        default=False, description="Begin with another one of equally good tools in each channel: not all run to one"
    )
    _text: str = PrivateAttr(default="")
    _name: str = PrivateAttr(default="planb.toml")

    def read_from(self, text: str, name: str) -> Self:
        """Keep what it was read from, to name lines of it."""
        self._text, self._name = text, name
        return self

    def fault(self, path: Sequence[str], what: str) -> SettingsError:
        """`planb.toml, line 3: ` and what is wrong with what stands there."""
        return SettingsError(f"{self._name}{at(line_of(path, self._text))}: {what}")


def read_team(where: str) -> TeamFile:
    """Read the file of that name; a text with a line break or `=` is the file itself (for hosts without files).

    No file is no team file. Raise SettingsError with one line that says where and how to mend it.
    """
    path = path_of(where)
    if path is None:
        return parse_team(where, "PLANB_CONFIG")
    if not path.exists():
        return TeamFile()
    try:
        return parse_team(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: cannot be read: {error}") from None


def path_of(where: str) -> Path | None:
    """The file of that name; none where the text is the file itself."""
    return None if "\n" in where or "=" in where else Path(where)


def parse_team(text: str, name: str) -> TeamFile:
    """Parse the text of a team file; `name` is how errors call it."""
    text = text.removeprefix("\ufeff")  # some editors put a mark before the first letter
    try:
        return TeamFile.model_validate(tomllib.loads(text)).read_from(text, name)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{name}{syntax(error, text)}") from None
    except ValidationError as error:
        raise SettingsError(f"{name}{explain(error, TeamFile, text)}") from None


def plans(team: TeamFile, catalogue: Catalogue) -> Sequence[Plan]:
    """The team's plans, with every name resolved. Raise SettingsError for a name the catalogue has not.

    And for a list or a tool that is there twice: one of them would count for nothing.
    """
    found: dict[str, Plan] = {}
    for table, lists in (("alternatives", team.alternatives), ("capabilities", team.capabilities)):
        for name, tools in lists.items():
            path = (table, name)
            wanted = (_tool if table == "alternatives" else _used_for)(name, catalogue, path, team)
            if wanted in found:
                raise team.fault(path, f"{'.'.join(path)}: there is a list for {wanted} already: put all into one")
            found[wanted] = Plan(wanted=wanted, alternatives=_alternatives(tools, catalogue, path, team))
    return tuple(found.values())


def playbooks(team: TeamFile, catalogue: Catalogue) -> tuple[Playbook, ...]:
    """The team's playbooks, with every name resolved. Raise SettingsError for a name the catalogue has not."""
    found: dict[str, Playbook] = {}
    for name, stanza in team.playbooks.items():
        wanted = _wanted(name, catalogue, team)
        if wanted in found:
            raise team.fault(("playbooks", name), f"playbooks.{name}: there is one for {wanted} already")
        found[wanted] = stanza.playbook(wanted)
    return tuple(found.values())


def _wanted(name: str, catalogue: Catalogue, team: TeamFile) -> str:
    path = ("playbooks", name)
    if name.startswith(CAPABILITY):
        return ANY if name == ANY else _used_for(name.removeprefix(CAPABILITY), catalogue, path, team)
    return _tool(name, catalogue, path, team)


def _alternatives(
    tools: Sequence[_Alternative], catalogue: Catalogue, path: Sequence[str], team: TeamFile
) -> tuple[Alternative, ...]:
    found: dict[str, Alternative] = {}
    for number, raw in enumerate(tools):
        place = (*path, str(number))
        if fold(raw.name) in found:
            raise team.fault((*place, "name"), f"{'.'.join((*place, 'name'))}: {raw.name} is on this list already")
        found[fold(raw.name)] = tool = _alternative(raw, catalogue, place, team)
        if tool.service and catalogue.find(tool.service) == catalogue.find(path[1]):
            place = (*place, "service")
            raise team.fault(place, f"{'.'.join(place)}: {raw.service} cannot stand in for itself")
    return tuple(found.values())


def _alternative(raw: _Alternative, catalogue: Catalogue, path: Sequence[str], team: TeamFile) -> Alternative:
    return Alternative(
        name=raw.name,
        service=_service(raw.service, catalogue, (*path, "service"), team) if raw.service else "",
        url=str(raw.url) if raw.url else "",
        note=raw.note,
        owner=raw.owner,
        seats=raw.seats,
        data=raw.data,
        upstreams=tuple(dict.fromkeys(catalogue.slug(name) for name in raw.upstreams)),
        tested=raw.tested,
    )


def _uses(catalogue: Catalogue) -> list[str]:
    return sorted({one for service in catalogue.services for one in service.capabilities})


def _used_for(use: str, catalogue: Catalogue, path: Sequence[str], team: TeamFile) -> str:
    known = _uses(catalogue)
    if use not in known:
        hint = alike(use, known) or f"; known here: {', '.join(known)}."
        raise team.fault(path, f"{'.'.join(path)}: no tool is for that{hint}")
    return CAPABILITY + use


def _tool(name: str, catalogue: Catalogue, path: Sequence[str], team: TeamFile) -> str:
    """What a list or a playbook is for; with the likely right table where it is a use."""
    use = name.removeprefix(CAPABILITY)
    if path[0] == "alternatives" and catalogue.find(name) is None and use in _uses(catalogue):
        raise team.fault(path, f"{'.'.join(path)}: this is no tool but a use: write [[capabilities.{use}]]")
    return _service(name, catalogue, path, team)


def _service(name: str, catalogue: Catalogue, path: Sequence[str], team: TeamFile) -> str:
    found = catalogue.find(name)
    if found is None:
        near = catalogue.suggest(name, 1)
        hint = f"did you mean {near[0]!r}?" if near else "`planb services` lists what there is."
        raise team.fault(path, f"{'.'.join(path)}: no service is called {name!r}; {hint}")
    return found.value


def schema() -> Mapping[str, Any]:
    """The JSON Schema of `planb.toml`."""
    return TeamFile.model_json_schema()
