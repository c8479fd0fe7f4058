"""What a file is: by its bytes, whatever its name says; the name decides between texts. Nothing is parsed here."""

from __future__ import annotations

from pathlib import Path

from alliage.intake.drafts import Unreadable
from alliage.intake.readers.archives import names_in

READ = "CSV, TSV, XLSX, XLS, ODS, JSON, JSONL, Markdown, DOCX, PDF ou HTML"
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ZIP = b"PK\x03\x04"
_PAGES = (b"<!doctype html", b"<html", b"<head", b"<body", b"<table")
_BY_SUFFIX = {
    **dict.fromkeys((".json", ".jsonl", ".ndjson"), "json"),
    **dict.fromkeys((".md", ".markdown"), "markdown"),
    **dict.fromkeys((".csv", ".tsv", ".tab", ".txt"), "text table"),
    **dict.fromkeys((".html", ".htm", ".xhtml"), "web page"),
}
# What the streams of an Office file of before 2007 are called, in its own encoding.
_STREAMS = {name: name.encode("utf-16-le") for name in ("EncryptedPackage", "Workbook", "WordDocument", "PowerPoint")}
_CHUNK = 1 << 20


def format_of(path: Path) -> str:
    """One of: text table, spreadsheet, json, markdown, word, pdf, web page. Raises Unreadable for anything else."""
    with path.open("rb") as file:
        start = file.read(4096)
    suffix = path.suffix.lower()
    if start.startswith(b"%PDF") or (suffix == ".pdf" and b"%PDF-" in start[:1024]):
        return "pdf"
    if start.startswith(_OLE):
        return _in_an_office_file(path)
    if start.startswith(_ZIP):
        return _in_an_archive(path)
    shown = start.lstrip(b"\xef\xbb\xbf \t\r\n\0")[:4096].lower()
    if shown.startswith(_PAGES) or (shown.startswith(b"<?xml") and b"<html" in shown):
        return "web page"
    if suffix in _BY_SUFFIX:
        return _BY_SUFFIX[suffix]
    raise Unreadable.because(path, "Ce format n’est pas reconnu.", f"Donnez un fichier {READ}.")


def _in_an_archive(path: Path) -> str:
    names = names_in(path)
    if any(n.startswith("word/") for n in names):
        return "word"
    if any(n.startswith("xl/") for n in names):
        return "spreadsheet"
    if "content.xml" in names and "mimetype" in names:
        # The type of an OpenDocument file stands first, not compressed.
        with path.open("rb") as file:
            start = file.read(256)
        if b"opendocument.text" in start or b"opendocument.presentation" in start:
            raise Unreadable.because(
                path, "Ce format d’OpenDocument n’est pas lu.", "Enregistrez-le en DOCX ou en PDF, puis importez-le."
            )
        return "spreadsheet"
    if any(n.startswith("ppt/") for n in names):
        raise Unreadable.because(path, "Une présentation n’est pas lue.", "Enregistrez-la en PDF, puis importez-la.")
    raise Unreadable.because(
        path,
        "Ce fichier est une archive ZIP, quel que soit son nom.",
        f"Sortez-en les fichiers, puis importez ceux qui sont au format {READ}.",
    )


def _in_an_office_file(path: Path) -> str:
    found: set[str] = set()
    with path.open("rb") as file:
        before = b""
        while chunk := file.read(_CHUNK):
            found |= {name for name, coded in _STREAMS.items() if coded in before + chunk}
            before = chunk[-64:]
    if "EncryptedPackage" in found:
        raise Unreadable.because(
            path, "Ce fichier est protégé par un mot de passe.", "Enregistrez-le sans mot de passe, puis importez-le."
        )
    if "Workbook" not in found and "WordDocument" in found:
        raise Unreadable.because(
            path, "L’ancien format de Word (.doc) n’est pas lu.", "Enregistrez-le en DOCX, puis importez-le."
        )
    if "Workbook" not in found and "PowerPoint" in found:
        raise Unreadable.because(path, "Une présentation n’est pas lue.", "Enregistrez-la en PDF, puis importez-la.")
    return "spreadsheet"
