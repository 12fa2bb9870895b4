from dataclasses import replace
from datetime import timedelta

from bot.core.catalogue import Catalogue
from bot.domain.service import AddedPage, Feed
from bot.library import REFRESH, Library, place
from bot.store.store import SqlStore
from tests.fakes import NOON
from tests.made import LAMP, TORCH

MINE, YOURS = "slack:T1", "slack:T2"
ADDED = replace(TORCH, slug="candle", name="Candle", feeds=(Feed(id="page:1", url="https://c.example", format="rss"),))
PAGE = AddedPage(service=ADDED, teams=frozenset({MINE}))
ELSEWHERE = Feed(id="lamp", url="https://new.lamp.example", format="instatus")


async def stocked(store: SqlStore, *pages: AddedPage) -> Library:
    for page in pages:
        await store.put_page(page, NOON)
    library = Library(Catalogue((LAMP, TORCH)), store)
    await library.refresh(NOON)
    return library


async def test_a_team_sees_its_pages_and_no_others(memory: SqlStore) -> None:
    library = await stocked(memory, PAGE)
    assert library.of(MINE).find("candle")
    assert library.of(YOURS).find("candle") is None
    assert library.everything.get("candle") == ADDED
    assert library.added_by(MINE) == [ADDED]
    assert library.added_by(YOURS) == []


async def test_what_another_process_added_is_known_a_little_later(memory: SqlStore) -> None:
    library = await stocked(memory)
    await memory.put_page(PAGE, NOON)
    await library.refresh(NOON + REFRESH - timedelta(seconds=1))
    assert library.everything.get("candle") is None
    before = library.everything
    await library.refresh(NOON + REFRESH)
    assert library.everything.get("candle")
    assert before is not library.everything


async def test_what_did_not_change_is_not_indexed_again(memory: SqlStore) -> None:
    library = await stocked(memory, PAGE)
    before = library.everything, library.of(MINE)
    await library.refresh(NOON, at_once=True)
    assert (library.everything, library.of(MINE)) == before
    assert library.everything is before[0]


async def test_an_added_page_never_hides_an_entry_of_ours(memory: SqlStore) -> None:
    library = await stocked(memory, replace(PAGE, service=replace(ADDED, slug="lamp")))
    assert library.of(MINE).get("lamp") == LAMP


async def test_a_feed_that_moved_stands_in_for_the_place_it_had(memory: SqlStore) -> None:
    library = Library(Catalogue((LAMP, TORCH)), memory)
    moved = library.moved(LAMP, ELSEWHERE)
    assert moved.instead_of == "statuspage https://status.lamp.example" == place(LAMP.feeds[0])
    await memory.put_page(moved, NOON)
    await library.refresh(NOON, at_once=True)
    assert library.of(YOURS).get("lamp") == replace(LAMP, feeds=(ELSEWHERE,))
    assert library.everything.get("lamp") == replace(LAMP, feeds=(ELSEWHERE,))


async def test_an_entry_that_was_mended_since_is_read_where_it_says(memory: SqlStore) -> None:
    await memory.put_page(Library(Catalogue((LAMP,))).moved(LAMP, ELSEWHERE), NOON)
    mended = replace(LAMP, feeds=(replace(LAMP.feeds[0], url="https://mended.example"),))
    library = Library(Catalogue((mended,)), memory)
    await library.refresh(NOON)
    assert library.everything.get("lamp") == mended


async def test_a_library_without_a_store_has_the_catalogue_alone() -> None:
    library = Library(Catalogue((LAMP,)))
    await library.refresh(NOON, at_once=True)
    assert library.of(MINE).services == (LAMP,)
    assert library.moved(ADDED, ELSEWHERE).instead_of == ""
