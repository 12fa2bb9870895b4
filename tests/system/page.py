"""A status page in Statuspage's shape on loopback, which says what a test lets it say."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

AT = "2026-11-20T10:{minute:02}:00.000Z"


class Page:
    """`incidents` newest first, as all pages have them. `html` and `status` make it misbehave."""

    def __init__(self) -> None:
        self.url = ""
        self.incidents: list[dict[str, Any]] = []
        self.health = "operational"
        self.html = False
        self.status = 200
        self.asked = 0
        self.served_at: float | None = None

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["Page"]:
        app = web.Application()
        app.router.add_get("/api/v2/{document}", self._answer)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield self
        finally:
            await runner.cleanup()

    def say(self, phase: str, text: str, *, minute: int = 0) -> None:
        """The one incident of this page, from its first update to its last."""
        at = AT.format(minute=minute)
        if not self.incidents:
            self.incidents.append(
                {
                    "id": "inc1",
                    "name": "Answers do not appear",
                    "impact": "major",
                    "created_at": at,
                    "started_at": at,
                    "shortlink": "https://stspg.example/inc1",
                    "components": [{"id": "c1", "name": "Conversations"}],
                    "incident_updates": [],
                }
            )
        told = self.incidents[0]
        told |= {"status": phase, "updated_at": at, "resolved_at": at if phase == "resolved" else None}
        update = {"id": f"u{minute}", "status": phase, "body": text, "created_at": at, "display_at": at}
        told["incident_updates"].insert(0, update)
        self.health = "operational" if phase == "resolved" else "major_outage"
        self.served_at = None

    def _documents(self) -> dict[str, Any]:
        page = {"id": "abcdefghijkl", "name": "OpenAI", "url": self.url, "updated_at": AT.format(minute=0)}
        running = [one for one in self.incidents if one["status"] != "resolved"]
        return {
            "summary.json": {
                "page": page,
                "status": {"indicator": "major" if running else "none", "description": ""},
                "components": [{"id": "c1", "name": "Conversations", "status": self.health}],
                "incidents": running,
                "scheduled_maintenances": [],
            },
            "incidents.json": {"page": page, "incidents": self.incidents},
        }

    async def _answer(self, request: web.Request) -> web.Response:
        self.asked += 1
        name = request.match_info["document"]
        if self.html:
            return web.Response(text="<!doctype html><html>hello</html>", content_type="text/html")
        documents = self._documents()
        if self.status != 200 or name not in documents:
            return web.Response(status=self.status if self.status != 200 else 404)
        body = json.dumps(documents[name]).encode()
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if request.headers.get("If-None-Match") == tag:
            return web.Response(status=304, headers={"ETag": tag})
        if name == "summary.json" and self.served_at is None:
            self.served_at = asyncio.get_running_loop().time()
        return web.Response(body=body, content_type="application/json", headers={"ETag": tag})
