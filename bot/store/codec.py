"""Dataclasses to JSON text and back, exactly."""

import json
from functools import cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from bot.domain.polling import Validator

T = TypeVar("T")

Validators = dict[str, Validator]
Names = tuple[str, ...]


@cache
def _adapter(shape: Any) -> TypeAdapter[Any]:
    return TypeAdapter(shape)


def encode(shape: type[T], value: T) -> str:
    """JSON text of a value. Half characters (lone surrogates), which no database takes, become U+FFFD."""
    adapter = _adapter(cast("Any", shape))
    try:
        return adapter.dump_json(value).decode()
    except PydanticSerializationError:
        return clean(json.dumps(adapter.dump_python(value, mode="json"), ensure_ascii=False))


def decode(shape: type[T], text: str) -> T:
    """The value that was encoded. Raise ValueError, without the text in it, where it is not of that shape."""
    try:
        return cast("T", _adapter(cast("Any", shape)).validate_json(text))
    except ValidationError as error:
        raise ValueError(f"what is stored is no {shape}: {error.error_count()} things differ") from None


def read(shape: type[T], text: str) -> T | None:
    """The value that was encoded; None where another version of us wrote what this one does not know."""
    try:
        return decode(shape, text)
    except ValueError:
        return None


def clean(text: str) -> str:
    """Text that both databases can hold: Postgres takes no NUL, neither takes lone surrogates."""
    text = text.replace("\x00", "\ufffd")
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
