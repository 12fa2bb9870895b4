from dataclasses import replace

from bot.domain.service import AddedPage, Feed, Part, Service, Upstream
from bot.store.store import SqlStore
from tests.store.made import NOON, OFFICE, follow

ACME = Service(
    slug="acme",
    name="Acme",
    page="https://status.acme.example",
    feeds=(Feed(id="page:1", url="https://status.acme.example", format="rss", page_id="7", trusted=False),),
    parts=(Part(slug="api", name="API", components=("API*",)),),
    upstreams=(Upstream(name="aws", source="https://acme.example"),),
)
PAGE = AddedPage(service=ACME, teams=frozenset({OFFICE.team}))
OTHERS = "discord:G9"


async def test_a_page_comes_back_as_it_was_added(store: SqlStore) -> None:
    await store.put_page(PAGE, NOON)
    assert await store.added_pages() == [PAGE]


async def test_a_page_that_two_teams_add_is_one_page(store: SqlStore) -> None:
    await store.put_page(PAGE, NOON)
    await store.put_page(replace(PAGE, teams=frozenset({OTHERS})), NOON)
    (page,) = await store.added_pages()
    assert page.teams == {OFFICE.team, OTHERS}


async def test_what_is_new_about_a_page_takes_the_place_of_what_was_known(store: SqlStore) -> None:
    await store.put_page(PAGE, NOON)
    moved = AddedPage(service=replace(ACME, name="Acme 2"), instead_of="rss https://status.acme.example")
    await store.put_page(moved, NOON)
    assert await store.added_pages() == [replace(moved, teams=PAGE.teams)]


async def test_a_page_leaves_with_its_last_team(store: SqlStore) -> None:
    await store.put_page(replace(PAGE, teams=frozenset({OFFICE.team, OTHERS})), NOON)
    assert await store.drop_page("acme", OTHERS)
    assert not await store.drop_page("acme", OTHERS)
    assert [page.teams for page in await store.added_pages()] == [frozenset({OFFICE.team})]
    assert await store.drop_page("acme", OFFICE.team)
    assert await store.added_pages() == []


async def test_a_page_that_a_channel_of_the_team_follows_is_kept(store: SqlStore) -> None:
    await store.put_page(PAGE, NOON)
    await store.subscribe(follow(), NOON)
    assert not await store.drop_page("acme", OFFICE.team)
    await store.unsubscribe(OFFICE, "acme")
    assert await store.drop_page("acme", OFFICE.team)


async def test_a_feed_that_moved_is_kept_whoever_leaves(store: SqlStore) -> None:
    await store.put_page(replace(PAGE, instead_of="rss https://old.example"), NOON)
    assert await store.drop_page("acme", OFFICE.team)
    assert [page.instead_of for page in await store.added_pages()] == ["rss https://old.example"]
