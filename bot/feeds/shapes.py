"""What every JSON format needs to read a stranger's document.

Nothing in it is trusted, and one strange value must not hide a whole page. A format describes its own shape with
these types; every key is optional.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated, TypeVar

import pydantic_core
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from bot.domain.errors import NotTheFormat
from bot.feeds.ids import bounded_id
from bot.feeds.moments import utc
from bot.feeds.plaintext import line
from bot.ports import Documents

_BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
# Milliseconds since 1970 have been above this since 1973; seconds stay below it until the year 5138.
_MILLISECONDS_FROM = 100_000_000_000


def word_of(value: object) -> str:
    """A text or a number as text; anything else reads as nothing."""
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def objects(value: object) -> list[object]:
    """The objects of a list; what is no list has none, what is no object is left out."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else []


def mapped(value: object) -> Mapping[str, object]:
    """The objects of a mapping whose keys are ids."""
    return {key: one for key, one in value.items() if isinstance(one, dict)} if isinstance(value, dict) else {}


def epoch(value: object) -> datetime | None:
    """Seconds or milliseconds since 1970, as a number or as text. None for anything else."""
    try:
        number = float(word_of(value))
        return datetime.fromtimestamp(number / 1000 if abs(number) >= _MILLISECONDS_FROM else number, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _yes(value: object) -> bool:
    return value is True


Text = Annotated[str, BeforeValidator(word_of)]
"""As it was sent: for words that are looked up, and for texts that `plain` cleans later."""
Line = Annotated[str, BeforeValidator(lambda value: line(word_of(value)))]
"""Plain, on one line: for names and titles."""
Id = Annotated[str, BeforeValidator(lambda value: bounded_id(line(word_of(value))))]
"""Short enough for a key; numbers and texts alike."""
Time = Annotated[datetime | None, BeforeValidator(utc)]
"""ISO 8601 with any offset, as aware UTC. Without an offset UTC is meant."""
Epoch = Annotated[datetime | None, BeforeValidator(epoch)]
"""Seconds or milliseconds since 1970."""
Whole = Annotated[int | None, BeforeValidator(_whole)]
"""A whole number, else None."""
Flag = Annotated[bool, BeforeValidator(_yes)]
"""True for `true` alone."""
Lines = Annotated[list[Line], BeforeValidator(_listed)]
"""A list of names."""
Ids = Annotated[list[Id], BeforeValidator(_listed)]
"""A list of ids."""
Objects = BeforeValidator(objects)
"""For lists of shapes: `Annotated[list[Row], Objects] = []`."""
Mapped = BeforeValidator(mapped)
"""For mappings from ids to shapes: `Annotated[dict[str, Row], Mapped] = {}`."""


class Shape(BaseModel):
    """One object of theirs. Give every field a default: a missing key, a null and a strange value read as nothing."""

    model_config = ConfigDict(extra="ignore")


_AnyShape = TypeVar("_AnyShape", bound=BaseModel)
_Value = TypeVar("_Value")


def json_of(raw: bytes, name: str) -> object:
    """The JSON value of a document called `name`, in UTF-8 or in UTF-16 with its mark. Raise NotTheFormat."""
    encoding = next((known for mark, known in _BYTE_ORDER_MARKS.items() if raw.startswith(mark)), "utf-8")
    try:
        # Surrogates that stand alone, NaN and Infinity are no JSON; too deep a nesting is refused by the parser.
        return pydantic_core.from_json(raw.decode(encoding), allow_inf_nan=False)
    except ValueError as error:
        raise NotTheFormat(f"{name} is not JSON: {line(str(error))[:80]}") from None


def values_of(documents: Documents) -> dict[str, object]:
    """The JSON values of all documents by name. Raise NotTheFormat if one is not JSON or if there is none."""
    if not documents:
        raise NotTheFormat("there is no document")
    return {name: json_of(raw, name) for name, raw in documents.items()}


def shaped(kind: type[_AnyShape], value: object, name: str) -> _AnyShape:
    """`value` of the document `name` as one of their objects. Raise NotTheFormat."""
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(str(step) for step in wrong["loc"]) or "the document"
        raise NotTheFormat(f"{name}: {place}: {line(wrong['msg'])}") from None


def looked_up(table: Mapping[str, _Value], word: str, otherwise: _Value) -> tuple[_Value, str]:
    """What a provider's word means to us, and the word itself where we do not know it (then `otherwise`)."""
    known = table.get(word.strip().lower())
    return (known, "") if known is not None else (otherwise, line(word))


def all_are(documents: Documents, belongs: Callable[[object], bool]) -> bool:
    """Whether all documents are JSON of which `belongs` is true. Never raises."""
    try:
        return all(belongs(value) for value in values_of(documents).values())
    except NotTheFormat:
        return False


def demanded(documents: Documents, belongs: Callable[[object], bool], what: str) -> dict[str, object]:
    """The JSON values by name. Raise NotTheFormat unless `belongs` is true of all; `what` it should have been."""
    values = values_of(documents)
    for name, value in values.items():
        if not belongs(value):
            raise NotTheFormat(f"{name} is not {what}")
    return values


def has(value: object, *keys: str) -> bool:
    """Whether it is an object with all these keys."""
    return isinstance(value, dict) and all(key in value for key in keys)
