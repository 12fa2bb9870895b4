"""Which format is it? For documents at hand; `probe.py` asks for them at an address."""

from pathlib import Path
from urllib.parse import urlsplit

from bot.feeds import FORMATS
from bot.ports import Documents, Format


def detect(documents: Documents) -> Format | None:
    """The most particular format that knows these documents."""
    return next((format_ for format_ in FORMATS.values() if format_.recognise(documents)), None)


def document_name(where: str) -> str:
    """How a document is called: the last part of its address or file name."""
    return urlsplit(where).path.rstrip("/").rpartition("/")[2] or "document"


def documents_at(path: Path) -> dict[str, bytes]:
    """One poll kept on disk: a file is one document, a folder holds several. Raise OSError."""
    if not path.is_dir():
        return {path.name: path.read_bytes()}
    files = (file for file in sorted(path.iterdir()) if file.is_file() and not file.name.startswith("."))
    return {file.name: file.read_bytes() for file in files}
