from bot.store.store import SqlStore


async def test_notes_are_found_by_how_their_names_begin(store: SqlStore) -> None:
    for name in ("hook:a", "hook:b", "hook", "hookxc", "h%:d"):
        await store.set_note(name, name.upper())

    assert await store.notes("hook:") == {"a": "HOOK:A", "b": "HOOK:B"}
    assert await store.notes("h%") == {":d": "H%:D"}


async def test_a_dropped_note_is_gone(store: SqlStore) -> None:
    await store.set_note("one", "1")
    await store.set_note("two", "2")
    await store.drop_note("one")
    await store.drop_note("never there")

    assert await store.note("one") is None
    assert await store.note("two") == "2"
