from dataclasses import replace

from bot.domain.service import AddedPage, Feed, Service
from bot.domain.status import Impact
from bot.domain.subscription import Action, MaintenanceWish, Platform, Target
from bot.store.store import SqlStore
from tests.store.made import LOUNGE, MINUTE, NOON, OFFICE, SHOWN, claim_all, delivery, follow

TWIN = Target(platform=Platform.DISCORD, workspace=OFFICE.workspace, channel=OFFICE.channel)
"""Two platforms may give a workspace the same id."""


async def test_a_subscription_comes_back_as_it_was_made(store: SqlStore) -> None:
    wish = replace(
        follow(),
        parts=("API / Chat", "é"),
        min_impact=Impact.MAJOR,
        maintenance=MaintenanceWish.START,
        language="fr",
    )
    assert await store.subscribe(wish, NOON)
    assert await store.subscriptions("acme") == [wish]
    assert await store.subscriptions_of(OFFICE) == [wish]


async def test_following_again_changes_the_filters(store: SqlStore) -> None:
    assert await store.subscribe(follow(), NOON)
    changed = replace(follow(), min_impact=Impact.CRITICAL, owner="U2")
    assert not await store.subscribe(changed, NOON + MINUTE)
    assert await store.subscriptions("acme") == [changed]


async def test_a_channel_lists_its_services_in_order(store: SqlStore) -> None:
    for service in ("slack", "acme", "github"):
        await store.subscribe(follow(service), NOON)
    await store.subscribe(follow("acme", LOUNGE), NOON)
    assert [one.service for one in await store.subscriptions_of(OFFICE)] == ["acme", "github", "slack"]
    assert [one.target for one in await store.subscriptions("acme")] == [OFFICE, LOUNGE]
    assert await store.subscribed_services() == {"acme", "github", "slack"}


async def test_nothing_is_told_after_unsubscribing(store: SqlStore) -> None:
    await store.subscribe(follow(), NOON)
    assert await store.unsubscribe(OFFICE, "acme")
    assert not await store.unsubscribe(OFFICE, "acme")
    assert await store.subscriptions("acme") == []
    assert await store.subscribed_services() == frozenset()


async def test_disabling_names_every_owner_once_and_only_the_first_time(store: SqlStore) -> None:
    for service, owner in (("a", "U2"), ("b", "U1"), ("c", "U2"), ("d", "")):
        await store.subscribe(follow(service, owner=owner), NOON)
    await store.subscribe(follow("a", LOUNGE, owner="U9"), NOON)
    assert await store.disable(OFFICE, "is_archived", NOON) == ["U1", "U2"]
    assert await store.disable(OFFICE, "is_archived", NOON) == []
    assert await store.subscriptions_of(OFFICE) == []
    assert await store.subscribed_services() == {"a"}
    assert [one.target for one in await store.subscriptions("a")] == [LOUNGE]


async def test_subscribing_again_enables_again(store: SqlStore) -> None:
    await store.subscribe(follow(), NOON)
    await store.disable(OFFICE, "not_in_channel", NOON)
    assert await store.subscribe(follow(), NOON)
    assert await store.subscriptions("acme") == [follow()]


async def test_unsubscribing_what_was_disabled_says_that_it_was_not_followed(store: SqlStore) -> None:
    await store.subscribe(follow(), NOON)
    await store.disable(OFFICE, "not_in_channel", NOON)
    assert not await store.unsubscribe(OFFICE, "acme")


async def test_a_note_is_remembered_and_replaced(store: SqlStore, other: SqlStore) -> None:
    assert await store.note("identified") is None
    await store.set_note("identified", "1")
    await store.set_note("identified", "2")
    assert await other.note("identified") == "2"


def page(slug: str, *teams: Target, instead_of: str = "") -> AddedPage:
    feed = Feed(id=slug, url=f"https://{slug}.example", format="rss")
    service = Service(slug=slug, name=slug, page=feed.url, feeds=(feed,))
    return AddedPage(service=service, teams=frozenset(target.team for target in teams), instead_of=instead_of)


async def test_a_workspace_that_throws_us_out_is_forgotten_and_no_other(store: SqlStore) -> None:
    hall = replace(OFFICE, channel="C2")
    for target in (OFFICE, hall, LOUNGE, TWIN):
        await store.subscribe(follow("acme", target), NOON)
    await store.disable(hall, "is_archived", NOON)
    assert await store.forget_workspace(Platform.SLACK, OFFICE.workspace, NOON) == 2
    assert [one.target for one in await store.subscriptions("acme")] == [LOUNGE, TWIN]
    assert await store.subscribe(follow("acme", hall), NOON)
    assert await store.forget_workspace(Platform.SLACK, "T9", NOON) == 0


async def test_what_a_forgotten_workspace_was_promised_is_not_sent(store: SqlStore) -> None:
    promised = [delivery("a"), delivery("b", Action.TELL, about="i2"), delivery("c", to=TWIN), delivery("d", to=LOUNGE)]
    await store.promise(promised, NOON)
    first, *_ = await store.claim_due(Platform.SLACK, NOON, MINUTE, 1)
    await store.forget_workspace(Platform.SLACK, OFFICE.workspace, NOON)
    await store.sent(first, SHOWN, NOON)
    later = await claim_all(store, NOON + MINUTE, MINUTE, 10)
    assert [one.delivery.key for one in later] == ["c", "d"]


async def test_pages_leave_with_the_last_workspace_that_added_them(store: SqlStore) -> None:
    for added in (page("mine", OFFICE), page("ours", OFFICE, TWIN), page("moved", OFFICE, instead_of="rss x")):
        await store.put_page(added, NOON)
    await store.forget_workspace(Platform.SLACK, OFFICE.workspace, NOON)
    left = await store.added_pages()
    assert [(one.service.slug, one.teams) for one in left] == [
        ("moved", frozenset()),
        ("ours", frozenset({TWIN.team})),
    ]


async def test_a_team_s_subscriptions_are_counted_over_all_its_channels_and_over_no_other_team(store: SqlStore) -> None:
    elsewhere = replace(OFFICE, workspace="another")
    for target in (OFFICE, replace(OFFICE, channel="more"), elsewhere):
        await store.subscribe(replace(follow(), target=target), NOON)
    await store.disable(replace(OFFICE, channel="more"), "gone", NOON)
    counts = [await store.subscriptions_in(team) for team in (OFFICE.team, elsewhere.team, "slack:nobody")]
    assert counts == [1, 1, 0]
