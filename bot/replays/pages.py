"""The documents of a replayed page at a moment, byte for byte what a poll of it would bring. Pure."""

import json
from datetime import datetime

from bot.replays import atlassian, incidentio
from bot.replays.history import history
from bot.replays.model import Replay

_SHAPES = {"statuspage": atlassian.documents, "incidentio": incidentio.documents}


def page_at(replay: Replay, service: str, moment: datetime) -> dict[str, bytes]:
    """Every document of a service's page, by the last part of its address. Changes exactly when the page spoke."""
    documents = _SHAPES[replay.pages[service].format](history(replay, service, moment))
    return {name: json.dumps(document, ensure_ascii=False).encode() for name, document in documents.items()}
