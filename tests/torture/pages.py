"""Status pages in Statuspage's shape, whose incidents go on round after round."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from tests.torture.record import words

_PHASES = ("investigating", "identified", "monitoring")


class Pages:
    """`count` pages. Incident K is on page K modulo their number. `clock` gives Unix seconds.

    Each lists its newest `listed` incidents, as Statuspage does with fifty.
    """

    def __init__(self, count: int, clock: Callable[[], float]) -> None:
        self.count = count
        self.clock = clock
        self.listed = 50
        self.last: dict[int, int] = {}
        self.polls: dict[int, list[float]] = {number: [] for number in range(count)}
        self.polled: Callable[[int], None] = lambda _: None
        self._incidents: dict[int, dict[str, Any]] = {}
        self._cache: dict[tuple[int, str], tuple[bytes, str]] = {}

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/p/{page}/api/v2/{document}", self._answer)]

    def say(self, incident: int, *, final: bool = False) -> None:
        """One more update of an incident, which begins with its first."""
        number = self.last[incident] = self.last.get(incident, 0) + 1
        at = self._now()
        phase = "resolved" if final else _PHASES[number % len(_PHASES)]
        told = self._incidents.setdefault(incident, _begun(incident, at))
        told |= {"status": phase, "updated_at": at, "resolved_at": at if final else None}
        update = {"id": f"k{incident}u{number}", "status": phase, "body": words(incident, number)}
        told["incident_updates"].insert(0, {**update, "created_at": at, "display_at": at})
        for name in ("summary.json", "incidents.json"):
            self._cache.pop((incident % self.count, name), None)

    def _now(self) -> str:
        return datetime.fromtimestamp(self.clock(), UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    async def _answer(self, request: web.Request) -> web.Response:
        number, name = int(request.match_info["page"]), request.match_info["document"]
        if name == "summary.json":
            self.polls[number].append(self.clock())
            self.polled(number)
        found = self._cache.get((number, name)) or self._document(number, name)
        if found is None:
            return web.Response(status=404)
        body, tag = found
        if request.headers.get("If-None-Match") == tag:
            return web.Response(status=304, headers={"ETag": tag})
        return web.Response(body=body, content_type="application/json", headers={"ETag": tag})

    def _document(self, number: int, name: str) -> tuple[bytes, str] | None:
        ours = [told for key, told in sorted(self._incidents.items(), reverse=True) if key % self.count == number]
        page = {"id": f"page{number:08}", "name": f"Page {number}", "url": "https://status.example"}
        # So that the first document changes also when an incident came and went between two polls.
        page["updated_at"] = max((told["updated_at"] for told in ours), default="2026-01-01T00:00:00.000Z")
        running = [told for told in ours if told["status"] != "resolved"]
        summary = {
            "page": page,
            "status": {"indicator": "major" if running else "none", "description": ""},
            "components": [{"id": "c1", "name": "Everything", "status": "operational"}],
            "incidents": running,
            "scheduled_maintenances": [],
        }
        documents = {"summary.json": summary, "incidents.json": {"page": page, "incidents": ours[: self.listed]}}
        if name not in documents:
            return None
        body = json.dumps(documents[name]).encode()
        made = body, f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        self._cache[number, name] = made
        return made


def _begun(incident: int, at: str) -> dict[str, Any]:
    return {
        "id": f"inc{incident}",
        "name": f"Trouble number {incident}",
        "impact": "major",
        "created_at": at,
        "started_at": at,
        "shortlink": f"https://stspg.example/inc{incident}",
        "components": [],
        "incident_updates": [],
    }
