"""faults: what is wrong in a file that a person wrote, in one line: where, which key, what to write instead."""

import difflib
import re
import tomllib
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.core.toml_lines import line_of

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "missing": "it is missing",
        "string_type": 'write a text in quotes: "..."',
        "string_too_short": "it is empty",
        "string_too_long": "it is too long: at most {max_length} characters",
        "too_long": "there are too many: at most {max_length}",
        "too_short": "there is none",
        "bool_type": "write true or false",
        "bool_parsing": "write true or false",
        "int_type": "write a whole number",
        "int_parsing": "write a whole number",
        "int_from_float": "write a whole number",
        "greater_than_equal": "write a number from {ge} on",
        "less_than_equal": "write a number up to {le}",
        "url_type": "write a whole address: https://...",
        "url_parsing": "write a whole address: https://...",
        "url_scheme": "write a whole address: https://...",
        "list_type": 'write a list: ["...", "..."]',
        "tuple_type": 'write a list: ["...", "..."]',
        "dict_type": "this is a table: write [{place}] on a line of its own and the keys below",
        "model_type": "this is a table: write name = value within it",
        "date_type": "write a day: 2026-11-02",
        "date_parsing": "write a day: 2026-11-02",
        "date_from_datetime_parsing": "write a day: 2026-11-02",
        "date_from_datetime_inexact": "write a day: 2026-11-02",
    }
)
"""What to do about each kind of error: https://docs.pydantic.dev/latest/errors/validation_errors/."""
_LOOKS = (
    (re.compile("[“”„‘’«»]"), 'write straight quotes: "..."'),
    (re.compile(r"""^\s*\[+[^\]"']*:"""), 'a name with a colon stands in quotes: [[alternatives."openai:chatgpt"]]'),
    (re.compile(r"^\s*\[\[[^\]]*\](?!\])"), "it begins with [[ and ends with ]]"),
    (re.compile(r"""^\s*[\w"'.-]+\s*:"""), "write key = value, without a colon"),
    (re.compile(r"""^\s*[\w"'.-]+\s*=\s*[^\W\d_]"""), 'a text stands in quotes: key = "..."'),
    (re.compile(r"""^\s*[\w"'.-]+\s*=\s*"[^"]*$"""), "close the quotes"),
    (re.compile(r"""^\s*[\w"'.-]+\s*=\s*$"""), "say what it is, behind the ="),
)
"""What people write in place of TOML, and what they meant: the first that fits."""


def at(line: int | None) -> str:
    """`, line 3`; nothing where nobody knows."""
    return f", line {line}" if line else ""


def syntax(error: tomllib.TOMLDecodeError, text: str) -> str:
    """`, line 3: this is not TOML: ...; write straight quotes`."""
    said, _, place = str(error).removesuffix(")").rpartition(" (at ")
    found = re.fullmatch(r"line (\d+), column (\d+)", place)
    number = int(found[1]) if found else len(text.splitlines())
    line = next(iter(text.splitlines()[number - 1 : number]), "")
    hint = next((f"; {hint}" for look, hint in _LOOKS if look.search(line.partition("#")[0])), "")
    return f"{at(number)}: this is not TOML: {said}{hint}"


def explain(error: ValidationError, model: type[BaseModel], text: str) -> str:
    """`, line 3: alternatives.github.0.urll: there is no such key; did you mean 'url'?`, for a file of that shape."""
    path, what = fault(error, model)
    return f"{at(line_of(path, text))}: {'.'.join(path)}: {what}"


def fault(error: ValidationError, model: type[BaseModel]) -> tuple[list[str], str]:
    """The keys that lead to it, and what to do. Of several the mistyped key: it may be why another one is missing."""
    first = min(error.errors(include_url=False), key=lambda one: one["type"] != "extra_forbidden")
    path = [str(step) for step in first["loc"]]
    return path, _what(first, model, path)


def _what(error: ErrorDetails, model: type[BaseModel], path: Sequence[str]) -> str:
    kind, told = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        keys = _keys_at(path, model)
        return "there is no such key" + (alike(path[-1], keys) or f"; known here: {', '.join(keys)}.")
    if kind == "list_type" and isinstance(error["input"], Mapping):
        return f"a list of tables: write [[{_table(path)}]] with two brackets"
    if kind == "enum":
        known = re.findall("'([^']+)'", str(told["expected"]))
        return f"write one of {', '.join(known)}{alike(str(error['input']), known)}"
    said = KINDS.get(kind)
    return said.format(place=_table(path), **told) if said else error["msg"].removeprefix("Value error, ")


def alike(typed: str, known: Sequence[str], *, least: float = 0.6) -> str:
    """`; did you mean 'url'?`, or nothing where none is as alike as `least` (difflib's 0 to 1)."""
    near = difflib.get_close_matches(typed.casefold(), known, n=1, cutoff=least)
    return f"; did you mean {near[0]!r}?" if near else ""


def _table(path: Sequence[str]) -> str:
    return ".".join(f'"{step}"' if re.search(r"[^\w-]", step) else step for step in path if not step.isdigit())


def _keys_at(path: Sequence[str], model: type[BaseModel]) -> Sequence[str]:
    """The keys that are known in the table that holds the last one of the path."""
    steps = iter(path[:-1])
    for step in steps:
        field = model.model_fields.get(step)
        inner = _model_in(field.annotation) if field else None
        if field and inner:
            model = inner
            if get_origin(field.annotation) in (dict, list, tuple):
                next(steps, None)
    return list(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The table within `dict[str, list[Table]]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for one in get_args(annotation) if (found := _model_in(one))), None)
