from bot.domain.install import Install
from bot.domain.role import Role
from bot.domain.subscription import Platform
from tests.fakes import NOON


def test_what_each_role_does() -> None:
    assert [(role.works, role.listens) for role in Role] == [(True, True), (False, True), (True, False)]


def test_a_token_is_sealed_for_its_workspace() -> None:
    one = Install(
        platform=Platform.SLACK, workspace="T1", name="Home", bot="U0", sealed="x", installed_by="U1", installed_at=NOON
    )
    assert one.label == "slack:T1"
