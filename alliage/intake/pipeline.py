"""One file to one Batch: which reader, which columns, which drafts. The only door of this room for files."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Iterator, Mapping
from itertools import chain, islice
from pathlib import Path
from typing import Any  # a record is JSON

from alliage.intake.columns import ColumnGuess, guess_columns
from alliage.intake.drafting import columns_told, draft_of, drafts_of_rows
from alliage.intake.drafts import Batch, Draft, Issue, Refusal, Unreadable
from alliage.intake.example_lines import draft_of_line, lines_of
from alliage.intake.own_records import draft_of_record
from alliage.intake.readers import json_records, sheets, spreadsheets, text_tables
from alliage.intake.tables import LOOKED_AT, BrokenLine, Table, table_of

Mapped = Mapping[str, str] | None
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_LATER = "Enregistrez le tableau qu’il contient en XLSX ou en CSV, ou le texte en Markdown, puis importez ce fichier."
_FORMATS = "CSV, TSV, XLSX, XLS, ODS, JSON, JSONL ou Markdown"


def open_batch(path: Path, *, source: str, mapping: Mapped = None) -> Batch:
    """Opens a file as a batch of drafts, streamed where the format allows it.

    `mapping`: column → field path (see alliage/intake/columns.py), « » to leave a column out. Raises Unreadable when
    nothing of the file can be received.
    """
    if not path.is_file() or path.stat().st_size == 0:
        raise _unreadable(
            path, "Ce fichier est vide.", "Vérifiez que c’est le bon fichier, puis importez-le de nouveau."
        )
    batch = _READERS[_kind_of(path)](path, source, mapping)
    batch.checksum = _checksum(path)
    return batch


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unreadable(path: Path, cause: str, fix: str) -> Unreadable:
    return Unreadable(Issue(file=path.name, cause=cause, fix=fix))


def _kind_of(path: Path) -> str:
    """What the bytes are, whatever the name says; the name decides between texts."""
    with path.open("rb") as file:
        start = file.read(4096)
    suffix = path.suffix.lower()
    if start.startswith(b"%PDF"):
        return "later"
    if start.startswith(_OLE):
        return "spreadsheet"
    if start.startswith(b"PK"):
        try:
            names = zipfile.ZipFile(path).namelist()
        except (zipfile.BadZipFile, OSError):
            return "unknown"
        if any(n.startswith("word/") for n in names):
            return "later"
        return "spreadsheet" if any(n.startswith("xl/") or n == "content.xml" for n in names) else "unknown"
    if start.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html")) or suffix in (".html", ".htm"):
        return "later"
    if suffix in (".json", ".jsonl", ".ndjson"):
        return "json"
    if suffix in (".md", ".markdown"):
        return "markdown"
    if suffix in (".csv", ".tsv", ".tab", ".txt"):
        return "text table"
    return "unknown"


def _later(path: Path, source: str, mapping: Mapped) -> Batch:
    raise _unreadable(path, "Ce format (Word, PDF, page web) n’est pas encore lu.", _LATER)


def _unknown(path: Path, source: str, mapping: Mapped) -> Batch:
    raise _unreadable(path, "Ce format n’est pas reconnu.", f"Donnez un fichier {_FORMATS}.")


def _text_table(path: Path, source: str, mapping: Mapped) -> Batch:
    lines = text_tables.read_lines(path)
    return _batch_of_tables(path, source, mapping, iter([("", lines)]))


def _spreadsheet(path: Path, source: str, mapping: Mapped) -> Batch:
    try:
        return _batch_of_tables(path, source, mapping, spreadsheets.read_sheets(path))
    except spreadsheets.NotAWorkbook as error:
        cause = (
            "Ce classeur est protégé par un mot de passe." if "assword" in str(error) else "Ce classeur ne s’ouvre pas."
        )
        raise _unreadable(
            path, cause, "Ouvrez-le dans votre tableur, enregistrez-le de nouveau en XLSX, puis importez-le."
        ) from error


def _batch_of_tables(path: Path, source: str, mapping: Mapped, lines_by_sheet: Iterator[tuple[str, Any]]) -> Batch:
    """All sheets of a file. A sheet of which no column is understood is told, and its rows are not taken for alliances."""
    issues: list[Issue] = []
    parts: list[tuple[Table, ColumnGuess]] = []
    tables = [t for name, lines in lines_by_sheet if (t := table_of(name, lines, (mapping or {}).keys()))]
    for table in tables:
        guess = guess_columns(table.columns, table.sample, mapping)
        if _is_understood(guess):
            parts.append((table, guess))
        else:
            issues.append(
                Issue(
                    file=path.name,
                    sheet=table.sheet,
                    column=", ".join(table.columns)[:200],
                    cause="Aucune colonne ne dit le titre de l’alliance ni ses partenaires.",
                    fix="Nommez une colonne « titre », ou dites par --map ce que chaque colonne contient.",
                )
            )
    if not parts:
        raise (
            Unreadable(issues[0])
            if issues
            else _unreadable(
                path,
                "Ce tableau n’a aucune ligne.",
                "Vérifiez que c’est le bon fichier ; « alliage template » donne un modèle.",
            )
        )
    told, unmapped = columns_told({t.sheet: g for t, g in parts})
    items = chain.from_iterable(drafts_of_rows(t.rows, g, path.name, t.sheet) for t, g in parts)
    return Batch(source, path.name, "", items, told, unmapped, issues=issues)


def _is_understood(guess: ColumnGuess) -> bool:
    return any(path == "title" or path.startswith("partners") for path in guess.paths.values())


def _json(path: Path, source: str, mapping: Mapped) -> Batch:
    records = json_records.read_records(path)
    ahead = list(islice(records, LOOKED_AT))
    if not any(isinstance(r, dict) for _, r in ahead):
        raise _unreadable(
            path,
            "Ce fichier JSON ne contient aucune fiche lisible.",
            "Donnez une liste d’objets, {« results »: […]}, ou un objet par ligne.",
        )
    sample = [json_records.row_of(n, r).cells for n, r in ahead if isinstance(r, dict) and not json_records.is_ours(r)]
    columns = tuple(dict.fromkeys(c for cells in sample for c in cells))
    guess = guess_columns(columns, sample, mapping)
    if sample and not _is_understood(guess):
        raise _unreadable(
            path,
            "Aucune clé ne dit le titre de l’alliance ni ses partenaires.",
            "Nommez une clé « titre », ou dites par --map ce que chaque clé contient.",
        )

    def items() -> Iterator[Draft | Refusal]:
        for number, record in chain(ahead, records):
            if not isinstance(record, BrokenLine) and json_records.is_ours(record):
                yield draft_of_record(number, record, path.name)
                continue
            row = json_records.row_of(number, record)
            if row.cells or row.broken:
                late = [c for c in row.cells if c not in columns]
                known = ColumnGuess(guess.paths, (*guess.unmapped, *late), guess.left_out) if late else guess
                yield draft_of(row, known, path.name)

    return Batch(source, path.name, "", items(), guess.mapping, guess.unmapped)


def _markdown(path: Path, source: str, mapping: Mapped) -> Batch:
    blocks = list(sheets.read_blocks(path))
    lines = lines_of(blocks, source)
    parts: list[tuple[Table, ColumnGuess]] = []
    for number, block in enumerate((b for b in blocks if b.kind == "table"), 1):
        table = table_of(f"tableau {number}", block.rows, (mapping or {}).keys())
        if table is not None:
            guess = guess_columns(table.columns, table.sample, mapping)
            if _is_understood(guess):
                parts.append((table, guess))
    if not lines and not parts:
        raise _unreadable(
            path,
            "Ce document ne contient ni exemple sous une forme d’alliance, ni tableau d’alliances.",
            "Placez les exemples en liste sous le nom d’une forme (Mécénat…) ou d’une tendance (Mécénat collectif…).",
        )
    told, unmapped = columns_told({t.sheet: g for t, g in parts})
    drafts = (draft_of_line(block, line, details, path.name) for block, line, details in lines)
    rows = chain.from_iterable(drafts_of_rows(t.rows, g, path.name, t.sheet) for t, g in parts)
    return Batch(
        source, path.name, "", chain(drafts, rows), told, unmapped, tuple(line for _, line, _ in lines), total=None
    )


_READERS: dict[str, Callable[[Path, str, Mapped], Batch]] = {
    "text table": _text_table,
    "spreadsheet": _spreadsheet,
    "json": _json,
    "markdown": _markdown,
    "later": _later,
    "unknown": _unknown,
}
