"""Every fixture is read and compared with its .expected.json; junk and strange values are refused, never a crash."""

import contextlib
import copy
import importlib
import json
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.errors import NotTheFormat
from bot.domain.status import Freshness
from bot.feeds import FORMATS, formats
from bot.feeds.describe import describe
from bot.feeds.detect import detect, documents_at
from bot.ports import Format
from tests.feeds.cases import BASE, CASES, case_name, expected_of

# These serve Statuspage's own documents, at other addresses: a file alone cannot tell.
SAME_SHAPE = {"openstatus": "statuspage", "statuspage-status": "statuspage"}
every_case = pytest.mark.parametrize("path", CASES, ids=case_name)
every_format = pytest.mark.parametrize("name", list(FORMATS))


@every_case
def test_it_reads_the_fixture_as_expected(path: Path, pytestconfig: pytest.Config) -> None:
    format_ = FORMATS[path.parent.name]
    snapshot = format_.parse(documents_at(path), BASE)
    described = describe(snapshot, format_.name, Freshness.FRESH)
    got = json.dumps(described, indent=2, ensure_ascii=False) + "\n"
    if pytestconfig.getoption("--accept", default=False):
        expected_of(path).write_text(got, encoding="utf-8")
    assert got == expected_of(path).read_text(encoding="utf-8")


@every_case
def test_it_finds_the_format_of_the_fixture(path: Path) -> None:
    found = detect(documents_at(path))
    assert found is not None
    assert found.name == SAME_SHAPE.get(path.parent.name, path.parent.name)
    assert FORMATS[path.parent.name].recognise(documents_at(path))


@every_case
def test_ids_are_unique_inside_their_owner(path: Path) -> None:
    snapshot = FORMATS[path.parent.name].parse(documents_at(path), BASE)
    for ids in (
        [component.id for component in snapshot.components],
        [incident.id for incident in snapshot.incidents],
        *([update.id for update in incident.updates] for incident in snapshot.incidents),
    ):
        assert all(ids)
        assert len(ids) == len(set(ids))


@every_case
def test_reading_twice_gives_the_same(path: Path) -> None:
    format_ = FORMATS[path.parent.name]
    assert format_.parse(documents_at(path), BASE) == format_.parse(documents_at(path), BASE)


def test_every_format_has_fixtures_and_every_fixture_a_format() -> None:
    assert {path.parent.name for path in CASES} == set(FORMATS)


def test_every_module_with_a_format_is_listed() -> None:
    modules = [
        importlib.import_module(f"bot.feeds.formats.{info.name}") for info in pkgutil.iter_modules(formats.__path__)
    ]
    found: list[Format] = [module.FORMAT for module in modules if hasattr(module, "FORMAT")]
    assert {format_.name: format_ for format_ in found} == FORMATS


@every_format
def test_a_format_knows_its_documents(name: str) -> None:
    format_ = FORMATS[name]
    assert format_.documents[0].required
    assert len({document.name for document in format_.documents}) == len(format_.documents)
    paths = {document.name: document.path.partition("?")[0] for document in format_.documents if document.path}
    assert all(path.endswith((name, "{last}")) for name, path in paths.items())


@every_format
def test_no_document_at_all_is_refused(name: str) -> None:
    assert not FORMATS[name].recognise({})
    with pytest.raises(NotTheFormat):
        FORMATS[name].parse({}, BASE)


@every_format
@settings(max_examples=20, deadline=None)
@given(junk=st.binary(max_size=200))
def test_junk_is_not_the_format(name: str, junk: bytes) -> None:
    format_ = FORMATS[name]
    assert not format_.recognise({"junk": junk})
    with pytest.raises(NotTheFormat):
        format_.parse({"junk": junk}, BASE)


@every_case
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_one_broken_stretch_of_bytes_is_read_or_refused(path: Path, data: st.DataObject) -> None:
    format_ = FORMATS[path.parent.name]
    documents = documents_at(path)
    name = data.draw(st.sampled_from(sorted(documents)))
    raw = documents[name]
    at = data.draw(st.integers(0, len(raw)))
    patch = data.draw(st.sampled_from([b"", b"\x00", b"<", b">", b"&", b"&lt;p&gt;", b"\xff\xfe", b"]]>", b'"', b"{"]))
    upto = data.draw(st.integers(at, min(len(raw), at + 30)))
    documents[name] = raw[:at] + patch + raw[upto:]
    format_.recognise(documents)
    with contextlib.suppress(NotTheFormat):
        format_.parse(documents, BASE)


def _json_documents(path: Path) -> dict[str, Any]:
    """Those of a case that are JSON and have anything in them that could be strange."""
    found = {}
    for name, raw in documents_at(path).items():
        with contextlib.suppress(ValueError):
            found[name] = json.loads(raw)
    return {name: content for name, content in found.items() if content}


JSON_CASES = [path for path in CASES if _json_documents(path)]
STRANGE: list[Any] = [
    "new-word",
    "",
    None,
    7,
    -1.5,
    10**30,
    True,
    [],
    {},
    ["x"],
    {"x": 1},
    "\ud800",
    "9999-12-31T23:59:59-14:00",
]


@pytest.mark.parametrize("path", JSON_CASES, ids=case_name)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_one_strange_value_is_read_or_refused(path: Path, data: st.DataObject) -> None:
    """Providers add words and drop fields without notice: no other exception may escape."""
    format_ = FORMATS[path.parent.name]
    documents = documents_at(path)
    contents = _json_documents(path)
    name = data.draw(st.sampled_from(sorted(contents)))
    content = copy.deepcopy(contents[name])
    owner, key = data.draw(st.sampled_from(list(_spots(content))))
    owner[key] = data.draw(st.sampled_from(STRANGE))
    documents[name] = json.dumps(content).encode()
    format_.recognise(documents)
    with contextlib.suppress(NotTheFormat):
        snapshot = format_.parse(documents, BASE)
        json.dumps(describe(snapshot, format_.name, Freshness.FRESH), ensure_ascii=False).encode()


def _spots(node: Any) -> Iterator[tuple[Any, Any]]:
    for key, value in list(node.items() if isinstance(node, dict) else enumerate(node)):
        yield node, key
        if isinstance(value, dict | list):
            yield from _spots(value)
