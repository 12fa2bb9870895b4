"""Many status pages on loopback, each on a host of its own: `python -m benchmarks.pages PORT HOSTS [COMPONENTS]`.

Bare asyncio, so that the pages are not what is measured. Control over the same port:
`/ctl/bump?id=N` adds an update to page N, `/ctl/stats` tells what was asked and when each change was first served,
`/ctl/posted` is where the fake chat counts arrivals.
"""

import asyncio
import hashlib
import json
import sys
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

COMPONENTS = 110  # about 60 KB a page
WORDS = "We see more errors than usual for a part of the requests and look into it. " * 2


class Page:
    """One page in Statuspage's shape."""

    def __init__(self, number: int, components: int = COMPONENTS) -> None:
        self.number = number
        self.components = components
        self.updates: list[dict[str, Any]] = []
        self.bumped: list[float] = []
        self.served: list[float] = []
        self.cache: dict[str, tuple[bytes, bytes]] = {}

    def bump(self) -> None:
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        number = len(self.updates)
        told = {"id": f"u{number}", "status": "investigating", "body": WORDS, "created_at": at, "display_at": at}
        self.updates.insert(0, told)
        self.bumped.append(time.monotonic())
        self.cache.clear()

    def document(self, name: str) -> tuple[bytes, bytes]:
        if name not in self.cache:
            body = json.dumps(self._say(name)).encode()
            self.cache[name] = body, b'W/"' + hashlib.sha256(body).hexdigest()[:24].encode() + b'"'
        return self.cache[name]

    def _say(self, name: str) -> dict[str, Any]:
        page = {"id": f"page{self.number:08}", "name": f"Page {self.number}", "url": "https://status.example"}
        incident = {
            "id": "i1",
            "name": "More errors than usual",
            "status": "investigating",
            "impact": "major",
            "created_at": "2026-01-01T00:00:00Z",
            "updated_at": "2026-01-01T00:00:00Z",
            "incident_updates": self.updates,
            "components": [],
        }
        incidents = [incident] if self.updates else []
        if name == "incidents.json":
            return {"page": page, "incidents": incidents}
        parts = [
            {
                "id": f"c{self.number}x{n}",
                "name": f"Part {n} (Europe)",
                "status": "operational",
                "description": WORDS,
                "created_at": "2023-01-05T10:11:12.131Z",
                "updated_at": "2026-01-01T10:11:12.131Z",
                "position": n,
                "showcase": True,
                "group_id": None,
                "group": False,
                "only_show_if_degraded": False,
            }
            for n in range(self.components)
        ]
        return {
            "page": page,
            "status": {"indicator": "major" if incidents else "none", "description": ""},
            "components": parts,
            "incidents": incidents,
            "scheduled_maintenances": [],
        }


class Farm:
    """All pages, and what was asked of them."""

    def __init__(self, components: int) -> None:
        self.components = components
        self.pages: dict[int, Page] = {}
        self.asked = {"200": 0, "304": 0}
        self.posted: list[float] = []

    def answer(self, method: str, target: str, head: bytes) -> bytes:
        split = urlsplit(target)
        if split.path.startswith("/ctl/"):
            return self._control(split.path, parse_qs(split.query))
        if method == "POST":
            self.posted.append(time.monotonic())
            return _reply(b'{"ok":true,"channel":"C1","ts":"1.1","message":{"ts":"1.1"}}')
        number, name = split.path.removeprefix("/p/").split("/", 1)
        page = self.page(int(number))
        document = name.rsplit("/", 1)[1]
        if document not in {"summary.json", "incidents.json"}:
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        body, tag = page.document(document)
        if b"if-none-match: " + tag.lower() in head.lower():
            self.asked["304"] += 1
            return b"HTTP/1.1 304 Not Modified\r\nETag: " + tag + b"\r\n\r\n"
        self.asked["200"] += 1
        if document == "summary.json" and len(page.served) < len(page.bumped):
            page.served.append(time.monotonic())
        return _reply(body, b"ETag: " + tag + b"\r\n")

    def page(self, number: int) -> Page:
        return self.pages.setdefault(number, Page(number, self.components))

    def _control(self, path: str, query: dict[str, list[str]]) -> bytes:
        if path == "/ctl/bump":
            self.page(int(query["id"][0])).bump()
        if path == "/ctl/reset":
            self.asked = {"200": 0, "304": 0}
            self.posted.clear()
            for page in self.pages.values():
                page.bumped.clear()
                page.served.clear()
        served = sorted(moment for page in self.pages.values() for moment in page.served)
        return _reply(json.dumps({"asked": self.asked, "served": served, "posted": self.posted}).encode())


def _reply(body: bytes, more: bytes = b"") -> bytes:
    return (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n%sContent-Length: %d\r\n\r\n" % (more, len(body)) + body
    )


class Connection(asyncio.Protocol):
    """HTTP/1.1, as much of it as our clients speak."""

    def __init__(self, farm: Farm) -> None:
        self.farm = farm
        self.buffer = b""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end]
            sizes = [line[15:] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
            size = int(sizes[0]) if sizes else 0
            if len(self.buffer) < end + 4 + size:
                return
            self.buffer = self.buffer[end + 4 + size :]
            method, target, _ = head.decode("latin-1").split(" ", 2)
            self.transport.write(self.farm.answer(method, target, head))


async def main(port: int, hosts: int, components: int) -> None:
    farm = Farm(components)
    names = [f"127.0.0.{number}" for number in range(1, hosts + 1)]
    server = await asyncio.get_running_loop().create_server(lambda: Connection(farm), names, port, backlog=1024)
    print("serving", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else COMPONENTS))
