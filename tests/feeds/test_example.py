"""The example of docs/formats.md is a format that works."""

import re
from pathlib import Path
from typing import Any

from bot.domain.status import Health
from bot.feeds.detect import detect
from bot.ports import Format

DOCS = (Path(__file__).parents[2] / "docs" / "formats.md").read_text(encoding="utf-8")


def example() -> tuple[Format, bytes]:
    code = re.findall(r"```python\n(.*?)```", DOCS, re.DOTALL)[0]
    sent = re.findall(r"```json\n(.*?)```", DOCS, re.DOTALL)[0]
    names: dict[str, Any] = {"__name__": "lighthouse"}
    exec(compile(code, "docs/formats.md", "exec"), names)  # noqa: S102 - our own page
    return names["FORMAT"], sent.encode()


def test_the_example_reads_its_document() -> None:
    format_, sent = example()
    documents = {"lights.json": sent}
    assert format_.recognise(documents)
    (light,) = format_.parse(documents, "https://lighthouse.example").components
    assert (light.id, light.name, light.health) == ("7", "Harbour", Health.DEGRADED)
    assert detect(documents) is None
