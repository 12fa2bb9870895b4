"""team: a team's own file, `planb.toml`: alternatives, playbooks, and services that the catalogue does not know.

The file is read strictly: a key we do not know is an error that names the line and the likely right key.
"""

import difflib
import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Self, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, PrivateAttr, ValidationError

from bot.core.alternatives import CAPABILITY
from bot.core.catalogue import Catalogue
from bot.core.playbooks import ANY
from bot.core.toml_lines import line_of
from bot.domain.continuity import Alternative, Data, Plan
from bot.domain.errors import SettingsError
from bot.domain.playbook import Playbook
from bot.playbooks import PlaybookStanza


class _Alternative(BaseModel):
    """One thing to use instead."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=80, description="What people call it")
    service: str = Field(default="", description="Its entry in the catalogue (`claude`, `openai:api`), to watch it")
    url: HttpUrl | None = Field(default=None, description="Where to open it")
    note: str = Field(default="", max_length=200, description="A hint, such as: log in with the shared account")
    owner: str = Field(default="", max_length=80, description="Who knows it and has the account")
    seats: int | None = Field(default=None, ge=1, description="How many people can use it at once")
    data: Data | None = Field(default=None, description="The most protected data that may go there")
    upstreams: list[str] = Field(
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

    def of_text(self, text: str) -> Self:
        """Keep what it was read from, to name lines of it."""
        self._text = text
        return self

    def at(self, name: str) -> str:
        """`, line 3`, where the file names this."""
        return _at(_line_naming(name, self._text))


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
    try:
        return TeamFile.model_validate(tomllib.loads(text)).of_text(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{name}: this is not TOML: {error}") from None
    except ValidationError as error:
        raise SettingsError(f"{name}{_explain(error, text)}") from None


def plans(team: TeamFile, catalogue: Catalogue) -> Sequence[Plan]:
    """The team's plans, with every service name resolved. Raise SettingsError for a name the catalogue has not."""
    by_tool = [
        Plan(
            wanted=_resolve(wanted, catalogue, f'alternatives."{wanted}"', team),
            alternatives=tuple(_alternative(one, catalogue, f'alternatives."{wanted}"', team) for one in alternatives),
        )
        for wanted, alternatives in team.alternatives.items()
    ]
    by_use = [
        Plan(
            wanted=CAPABILITY + _known(capability, catalogue, f"capabilities.{capability}", team),
            alternatives=tuple(
                _alternative(one, catalogue, f"capabilities.{capability}", team) for one in alternatives
            ),
        )
        for capability, alternatives in team.capabilities.items()
    ]
    return (*by_tool, *by_use)


def playbooks(team: TeamFile, catalogue: Catalogue) -> tuple[Playbook, ...]:
    """The team's playbooks, with every name resolved. Raise SettingsError for a name the catalogue has not."""
    return tuple(stanza.playbook(_wanted(name, catalogue, team)) for name, stanza in team.playbooks.items())


def _wanted(name: str, catalogue: Catalogue, team: TeamFile) -> str:
    if name == ANY:
        return ANY
    if name.startswith(CAPABILITY):
        return CAPABILITY + _known(name.removeprefix(CAPABILITY), catalogue, f'playbooks."{name}"', team)
    return _resolve(name, catalogue, f'playbooks."{name}"', team)


def _alternative(raw: _Alternative, catalogue: Catalogue, table: str, team: TeamFile) -> Alternative:
    where = f"{table}, {raw.name}"
    return Alternative(
        name=raw.name,
        service=_resolve(raw.service, catalogue, f"{where}: service", team) if raw.service else "",
        url=str(raw.url) if raw.url else "",
        note=raw.note,
        owner=raw.owner,
        seats=raw.seats,
        data=raw.data,
        upstreams=tuple(_slug(name, catalogue) for name in raw.upstreams),
        tested=raw.tested,
    )


def _slug(name: str, catalogue: Catalogue) -> str:
    """What a tool is built on need not be a service that we watch; a service is known by its slug."""
    found = catalogue.find(name)
    return found.service.slug if found else name


def _known(capability: str, catalogue: Catalogue, where: str, team: TeamFile) -> str:
    known = {one for service in catalogue.services for one in service.capabilities}
    if capability not in known:
        near = difflib.get_close_matches(capability, sorted(known), n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known here: {', '.join(sorted(known))}."
        raise SettingsError(f"planb.toml{team.at(capability)}: {where}: no tool is for that; {hint}")
    return capability


def _resolve(name: str, catalogue: Catalogue, where: str, team: TeamFile) -> str:
    found = catalogue.find(name)
    if found is None:
        near = catalogue.suggest(name, 1)
        hint = f"did you mean {near[0]!r}?" if near else "`planb services` lists what there is."
        raise SettingsError(f"planb.toml{team.at(name)}: {where}: no service is called {name!r}; {hint}")
    return found.value


def _explain(error: ValidationError, text: str) -> str:
    first = error.errors(include_url=False)[0]
    path = [str(step) for step in first["loc"]]
    at = _at(line_of(path, text))
    if first["type"] == "list_type" and path[0] in _LISTS and len(path) < _IN_A_TABLE:
        return f"{at}: {'.'.join(path)}: a list of tables: write [[{_table(path)}]] with two brackets"
    if first["type"] != "extra_forbidden":
        return f"{at}: {'.'.join(path)}: {first['msg'].removeprefix('Value error, ')}"
    near = difflib.get_close_matches(path[-1], _keys_at(path), n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"known here: {', '.join(_keys_at(path))}."
    return f"{at}: {'.'.join(path)}: there is no such key; {hint}"


_LISTS = frozenset({"alternatives", "capabilities"})


def _table(path: Sequence[str]) -> str:
    return f'{path[0]}."{path[1]}"' if ":" in path[1] else f"{path[0]}.{path[1]}"


def _keys_at(path: Sequence[str]) -> Sequence[str]:
    """The keys that are known in the table that holds the last one of the path."""
    model: type[BaseModel] = TeamFile
    steps = iter(path[:-1])
    for step in steps:
        field = model.model_fields.get(step)
        inner = _model_in(field.annotation) if field else None
        if field and inner:
            model = inner
            if get_origin(field.annotation) in (dict, list):
                next(steps, None)
    return list(model.model_fields)


_IN_A_TABLE = 3


def _at(line: int | None) -> str:
    return f", line {line}" if line else ""


def _line_naming(name: str, text: str) -> int | None:
    """Where a value stands, or a table of that name."""
    spot = re.compile(rf"[\"'.]{re.escape(name)}[\"'\]]")
    return next((number for number, line in enumerate(text.splitlines(), 1) if spot.search(line)), None)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The table within `dict[str, list[Table]]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for one in get_args(annotation) if (found := _model_in(one))), None)


def schema() -> Mapping[str, Any]:
    """The JSON Schema of `planb.toml`."""
    return TeamFile.model_json_schema()
