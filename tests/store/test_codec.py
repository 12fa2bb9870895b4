from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.change import Change
from bot.domain.polling import Validator
from bot.domain.status import Snapshot
from bot.domain.subscription import Receipt
from bot.store.cache import Snapshots
from bot.store.codec import Validators, clean, decode, encode
from tests.store.made import delivery, snapshot

_TIMES = st.datetimes(timezones=st.just(UTC), min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30))  # noqa: DTZ001 - zone is given
st.register_type_strategy(datetime, _TIMES)


@settings(max_examples=50)
@given(st.from_type(Snapshot))
def test_any_snapshot_comes_back_exactly(value: Snapshot) -> None:
    assert decode(Snapshot, encode(Snapshot, value)) == value


@given(st.from_type(Change))
def test_any_change_comes_back_exactly(value: Change) -> None:
    assert decode(Change, encode(Change, value)) == value


@given(st.from_type(Receipt), st.dictionaries(st.text(), st.from_type(Validator)))
def test_any_receipt_and_validators_come_back_exactly(receipt: Receipt, validators: Validators) -> None:
    assert decode(Receipt, encode(Receipt, receipt)) == receipt
    assert decode(Validators, encode(Validators, validators)) == validators


def test_values_keep_their_classes() -> None:
    change = delivery("a").change
    assert repr(decode(Change, encode(Change, change))).replace("TzInfo(0)", "datetime.timezone.utc") == repr(change)


def test_half_characters_are_replaced() -> None:
    assert decode(Receipt, encode(Receipt, Receipt(message="a\ud800b", channel="c"))).message == "a\ufffdb"


def test_what_is_not_of_the_shape_is_refused_without_its_text() -> None:
    with pytest.raises(ValueError, match="Receipt") as error:
        decode(Receipt, '{"message": {"secret": 1}}')
    assert "secret" not in str(error.value)


@given(st.text(st.characters()))
def test_clean_text_can_be_stored(text: str) -> None:
    cleaned = clean(text)
    assert "\x00" not in cleaned
    cleaned.encode()
    assert cleaned == clean(cleaned)


def test_ordinary_text_is_left_alone() -> None:
    assert clean("déjà vu 🚧 \n\t") == "déjà vu 🚧 \n\t"


def test_the_cache_drops_what_was_not_used_for_longest() -> None:
    kept = Snapshots(2)
    for feed in "ab":
        kept.put(feed, 1, snapshot(feed))
    kept.get("a", 1)
    kept.put("c", 1, snapshot("c"))
    assert kept.get("b", 1) is None
    assert kept.get("a", 1) == snapshot("a")
    kept.put("a", 2, snapshot("a2"))
    assert kept.get("a", 1) is None
    assert kept.get("c", 1) == snapshot("c")
