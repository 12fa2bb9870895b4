"""The pages over real HTTP."""

import json
from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.catalogue import load_catalogue
from bot.replays import page_at, replay
from bot.replays.server import ReplayServer

SLOW = 3600.0


@pytest.fixture
async def server() -> AsyncIterator[ReplayServer]:
    async with ReplayServer(replay("2024-12"), beat=SLOW) as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def address(server: ReplayServer, document: str, service: str = "openai") -> str:
    return f"{server.feed(service).url}/api/v2/{document}"


async def test_it_serves_the_page_of_the_moment(server: ReplayServer, http: aiohttp.ClientSession) -> None:
    async with http.get(address(server, "summary.json")) as answer:
        body = await answer.read()

    assert answer.status == 200
    assert answer.content_type == "application/json"
    assert body == page_at(server.replay, "openai", server.moment())["summary.json"]


async def test_a_page_that_did_not_change_is_answered_with_304(
    server: ReplayServer, http: aiohttp.ClientSession
) -> None:
    async with http.get(address(server, "summary.json")) as first:
        etag = first.headers["ETag"]
    async with http.get(address(server, "summary.json"), headers={"If-None-Match": etag}) as second:
        body = await second.read()

    assert (second.status, body) == (304, b"")
    async with http.get(address(server, "summary.json"), headers={"If-None-Match": '"another"'}) as third:
        assert third.status == 200


@pytest.mark.parametrize(("service", "document"), [("openai", "secrets.json"), ("nobody", "summary.json")])
async def test_what_the_page_does_not_have_is_not_found(
    server: ReplayServer, http: aiohttp.ClientSession, service: str, document: str
) -> None:
    base = server.feed("openai").url.removesuffix("/openai")

    async with http.get(f"{base}/{service}/api/v2/{document}") as answer:
        assert answer.status == 404


async def test_the_story_moves_on_and_ends_resolved(http: aiohttp.ClientSession) -> None:
    etags, seconds, story = set(), 100.0, replay("2025-09")
    async with ReplayServer(story, beat=10, seconds=lambda: seconds) as server:
        while not server.over:
            async with http.get(address(server, "incidents.json")) as answer:
                etags.add(answer.headers["ETag"])
                body = await answer.read()
            seconds += 5
        told, until_next = server.told(), server.until_next()

    assert len(etags) == len(story.events) + 1
    assert json.loads(body)["incidents"][0]["status"] == "resolved"
    assert told == story.course
    assert until_next is None


async def test_nothing_is_told_before_it_happens(server: ReplayServer) -> None:
    until = server.until_next()

    assert server.told() == ()
    assert not server.over
    assert until is not None
    assert SLOW - 30 < until <= SLOW
    assert server.now() < server.replay.asides[0].at


async def test_the_catalogue_reads_the_replayed_pages_and_keeps_the_rest(server: ReplayServer) -> None:
    known = load_catalogue()

    catalogue = server.catalogue(known)

    chatgpt, azure = catalogue.find("chatgpt"), catalogue.get("azure")
    assert chatgpt is not None
    assert chatgpt.service.feeds == (server.feed("openai"),)
    assert chatgpt.service.feeds[0].format == "statuspage"
    assert azure is not None
    assert azure.feeds[0].url.startswith("http://127.0.0.1:")
    assert catalogue.get("claude") == known.get("claude")


async def test_stopping_closes_the_port_and_may_be_done_twice(http: aiohttp.ClientSession) -> None:
    server = ReplayServer(replay("2025-09"))
    await server.stop()
    await server.start()
    url = address(server, "status.json")
    await server.stop()
    await server.stop()

    with pytest.raises(aiohttp.ClientConnectionError):
        await http.get(url)
