"""Tokens at rest."""

import base64

import pytest

from bot.domain.errors import SealBroken, SettingsError
from bot.vault import Vault, new_key

# Always the same: the names of tests are made of them.
OLD, NEW = (base64.urlsafe_b64encode(bytes([number] * 32)).decode() for number in (1, 2))
HOME, AWAY = "slack:T1", "slack:T2"


def test_what_is_sealed_opens_again_and_shows_nothing_of_itself() -> None:
    vault = Vault([OLD])
    sealed = vault.seal("xoxb-secret", HOME)

    assert vault.open(sealed, HOME) == "xoxb-secret"
    assert "xoxb" not in sealed
    assert b"xoxb" not in base64.urlsafe_b64decode(sealed.rpartition(".")[2])


def test_the_same_secret_never_looks_the_same() -> None:
    assert len({Vault([OLD]).seal("xoxb-secret", HOME) for _ in range(100)}) == 100


def test_a_token_that_was_moved_to_another_workspace_does_not_open() -> None:
    vault = Vault([OLD])

    with pytest.raises(SealBroken, match="of slack:T2 was changed, or belongs to another workspace"):
        vault.open(vault.seal("xoxb-secret", HOME), AWAY)


def test_no_changed_letter_goes_unnoticed() -> None:
    vault = Vault([OLD])
    head, _, text = vault.seal("xoxb-secret", HOME).rpartition(".")
    raw = base64.urlsafe_b64decode(text)
    for place in range(len(raw)):
        changed = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        with pytest.raises(SealBroken):
            vault.open(f"{head}.{base64.urlsafe_b64encode(changed).decode()}", HOME)


@pytest.mark.parametrize("junk", ["", "1", "1.", "x.y.z", "2.aaaaaaaa.AAAA", "1.\u00e9.\u00e9"])
def test_junk_is_no_secret_of_ours(junk: str) -> None:
    with pytest.raises(SealBroken):
        Vault([OLD]).open(junk, HOME)


@pytest.mark.parametrize("text", ["", "AAAA", "\u00e9", "A", "A" * 400])
def test_junk_under_the_name_of_a_key_does_not_open(text: str) -> None:
    vault = Vault([OLD])
    head = vault.seal("xoxb-secret", HOME).rpartition(".")[0]

    with pytest.raises(SealBroken):
        vault.open(f"{head}.{text}", HOME)


def test_the_first_key_seals_and_all_open() -> None:
    before, both, after = Vault([OLD]), Vault([NEW, OLD]), Vault([NEW])
    old, new = before.seal("xoxb-old", HOME), both.seal("xoxb-new", HOME)

    assert both.open(old, HOME) == "xoxb-old"
    assert after.open(new, HOME) == "xoxb-new"
    assert [both.is_current(old), both.is_current(new)] == [False, True]


def test_a_lost_key_is_named_and_so_is_the_workspace_but_no_secret_is() -> None:
    sealed = Vault([OLD]).seal("xoxb-secret", HOME)

    with pytest.raises(SealBroken, match=r"^the token of slack:T1 is sealed with a key .*'[0-9a-f]{8}'$") as raised:
        Vault([NEW]).open(sealed, HOME)

    assert OLD not in str(raised.value)


def test_every_new_key_is_another_and_good() -> None:
    assert len({new_key() for _ in range(100)}) == 100
    assert Vault([new_key()]).seal("xoxb-secret", HOME)


def test_a_key_may_be_written_without_its_padding() -> None:
    assert Vault([OLD.rstrip("=")]).open(Vault([OLD]).seal("a", HOME), HOME) == "a"


@pytest.mark.parametrize("wrong", ["", "short", OLD[:-4], OLD + OLD, "\u00e9" * 43, "!" * 43])
def test_a_wrong_key_is_one_line_that_does_not_repeat_it(wrong: str) -> None:
    with pytest.raises(SettingsError, match=r"^PLANB_KEYS: each key is 32 bytes") as raised:
        Vault([NEW, wrong])

    assert not wrong or wrong not in str(raised.value)


def test_without_any_key_nothing_can_be_sealed() -> None:
    with pytest.raises(SettingsError, match="planb new-key"):
        Vault([])
