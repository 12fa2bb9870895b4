"""Finding the format of documents at hand, and of a pasted address."""

from pathlib import Path

import pytest

from bot.feeds.detect import detect, document_name, documents_at
from tests.feeds.cases import HERE

STATUSPAGE = (HERE / "statuspage" / "status_only.json").read_bytes()
INCIDENTIO = (HERE / "incidentio" / "nothing_but_null.json").read_bytes()
ATOM = (HERE / "rss" / "statuspage_atom.xml").read_bytes()
PAGE = b"<!doctype html><html><head>%s</head><body>Hello</body></html>"


@pytest.mark.parametrize(
    ("documents", "name"),
    [
        ({"a": STATUSPAGE}, "statuspage"),
        ({"a": INCIDENTIO}, "incidentio"),
        ({"a": ATOM}, "rss"),
        ({"a": PAGE}, None),
        ({"a": STATUSPAGE, "b": PAGE}, None),
        ({}, None),
    ],
)
def test_it_knows_a_format_by_its_documents(documents: dict[str, bytes], name: str | None) -> None:
    found = detect(documents)
    assert (found.name if found else None) == name


@pytest.mark.parametrize(
    ("where", "name"),
    [
        ("https://x.example/api/v2/summary.json?a=/b", "summary.json"),
        ("https://x.example/history.atom/", "history.atom"),
        ("https://x.example", "document"),
        ("polls/03/incidents.json", "incidents.json"),
    ],
)
def test_a_document_is_called_by_the_last_part_of_its_address(where: str, name: str) -> None:
    assert document_name(where) == name


def test_a_file_is_one_document_and_a_folder_several(tmp_path: Path) -> None:
    (tmp_path / "b.json").write_bytes(b"{}")
    (tmp_path / "a.json").write_bytes(b"[]")
    (tmp_path / ".hidden").write_bytes(b"")
    (tmp_path / "deeper").mkdir()
    assert documents_at(tmp_path) == {"a.json": b"[]", "b.json": b"{}"}
    assert documents_at(tmp_path / "b.json") == {"b.json": b"{}"}
    with pytest.raises(FileNotFoundError):
        documents_at(tmp_path / "c.json")
