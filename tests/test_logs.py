"""Every line in a process of its own would be slow: the real formatter writes, and everything is put back after."""

import json
import logging
from collections.abc import Callable, Iterator

import pytest
import structlog

from bot import logs
from tests.quiet import logs_put_back

SECRET = "swordfish-1234"
HOSTILE = (
    "a\n2026-11-20 [info] forged line",
    "a\r\nlevel=info event=forged",
    "a\x1b[2K\x1b[1Aforged",
    "a\x85b\u2028c\u2029d\x0be\x0cf\x1cg\x1dh\x1ei",
    "a\x00b\x08\x7f\x9b",
    "a\u202eb\u2066c\u200f",
    "a\udcffb",
    '"} {"event": "forged"',
)
HOWS = ("json", "logfmt", "console")


@pytest.fixture
def out(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[], str]]:
    with logs_put_back():
        yield lambda: capsys.readouterr().err


def set_up(how: str, **more: object) -> structlog.stdlib.BoundLogger:
    logs.set_up(level="debug", how=how, stamped=False, secrets=(SECRET,), **more)  # type: ignore[arg-type] # by name
    return structlog.stdlib.get_logger("bot.test")


def fail(log: structlog.stdlib.BoundLogger | logging.Logger, text: str) -> None:
    try:
        raise ValueError(text)  # noqa: TRY301 - the point is that somebody logs it
    except ValueError:
        log.exception("failed")


def lines(out: Callable[[], str]) -> list[str]:
    return out().removesuffix("\n").splitlines()  # splits at all that any reader may split at


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("text", HOSTILE)
def test_text_from_outside_can_never_make_a_second_line(out: Callable[[], str], how: str, text: str) -> None:
    log = set_up(how)
    log.warning(text)
    log.warning("an event", feed=text)
    log.warning("an event", several=[text], named={text: text})
    logging.getLogger("a.library").warning("it says %s", text)

    written = lines(out)

    assert len(written) == 4
    assert not set("".join(written)) & set("\x00\x08\x1b\x7f\x9b\u202e\u2066\u200f\udcff")
    if how == "json":
        assert [json.loads(line)["level"] for line in written] == ["warning"] * 4


@pytest.mark.parametrize("how", ["json", "logfmt"])
@pytest.mark.parametrize("text", HOSTILE)
def test_an_exception_is_one_line_where_machines_read(out: Callable[[], str], how: str, text: str) -> None:
    log = set_up(how)
    fail(log, text)
    fail(logging.getLogger("a.library"), text)

    written = lines(out)
    assert len(written) == 2
    assert all("Traceback" in line for line in written)


@pytest.mark.parametrize("text", HOSTILE)
def test_every_line_of_a_traceback_stands_behind_a_bar_where_people_read(out: Callable[[], str], text: str) -> None:
    log = set_up("console")
    fail(log, text)

    first, *rest = lines(out)

    assert "failed" in first
    assert any("Traceback" in line for line in rest)
    assert all(line.startswith("  | ") for line in rest)


@pytest.mark.parametrize("how", HOWS)
def test_no_secret_is_written_wherever_it_is(out: Callable[[], str], how: str) -> None:
    log = set_up(how)
    token = "V6PUqoYb3Faq-_D3Dnbmm8WFizzYO_5LYdukZTjc15I"
    log.error("an event", plain=SECRET, inside=[{"deep": ("x", SECRET)}], url=f"https://x.example/hooks/{token}")
    log.error(SECRET, error=ValueError(SECRET))
    logging.getLogger("a.library").error("%s at postgresql://u:hunter2@db/x", SECRET)
    fail(log, SECRET)

    written = out()
    assert not [secret for secret in (SECRET, token, "hunter2") if secret in written]
    assert written.count("***") >= 6


def test_every_error_is_reported_with_its_exception(out: Callable[[], str]) -> None:
    told: list[tuple[str, str, BaseException | None]] = []
    log = set_up("json", report=lambda *one: told.append(one))
    error = ValueError("x")
    log.info("fine")
    log.warning("hm", error="e")
    log.error("bad")
    logging.getLogger("a.library").error("bad %s", "too", exc_info=error)
    try:
        raise error
    except ValueError:
        log.exception("worse")

    assert told == [("bot.test", "bad", None), ("a.library", "bad too", error), ("bot.test", "worse", error)]
    assert len(lines(out)) == 5
