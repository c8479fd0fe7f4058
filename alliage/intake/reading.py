"""One file to one Batch, in this very process: which reader, which columns, which drafts. Untrusted files come through
alliage/intake/pipeline.py, which runs this in a child."""

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
from alliage.intake.formats import format_of
from alliage.intake.own_records import draft_of_record
from alliage.intake.readers import json_records, sheets, spreadsheets, text_tables
from alliage.intake.readers.archives import check_archive
from alliage.intake.readers.sheets import Block
from alliage.intake.tables import LOOKED_AT, BrokenLine, Table, table_of

Mapped = Mapping[str, str] | None
TABLES_TOLD = 20  # not understood, one by one; the others are counted
_NOT_A_TABLE = "Aucune colonne ne dit le titre de l’alliance ni ses partenaires."


def read_batch(path: Path, *, source: str, mapping: Mapped = None) -> Batch:
    """Opens a file as a batch of drafts, streamed where the format allows it.

    `mapping`: column → field path (see alliage/intake/columns.py), « » to leave a column out. Raises Unreadable when
    nothing of the file can be received.
    """
    if not path.is_file():
        cause = "Ce fichier n’existe pas." if not path.exists() else "Ce n’est pas un fichier."
        raise Unreadable.because(path, cause, "Donnez le chemin d’un fichier, par exemple un tableau en CSV ou XLSX.")
    if path.stat().st_size == 0:
        raise Unreadable.because(
            path, "Ce fichier est vide.", "Vérifiez que c’est le bon fichier, puis importez-le de nouveau."
        )
    batch = _READERS[format_of(path)](path, source, mapping)
    with path.open("rb") as file:
        batch.checksum = hashlib.file_digest(file, "sha256").hexdigest()
    return batch


def _text_table(path: Path, source: str, mapping: Mapped) -> Batch:
    lines = text_tables.read_lines(path)
    return _batch_of_tables(path, source, mapping, iter([("", lines)]))


def _spreadsheet(path: Path, source: str, mapping: Mapped) -> Batch:
    if zipfile.is_zipfile(path):
        check_archive(path)
    try:
        return _batch_of_tables(path, source, mapping, spreadsheets.read_sheets(path))
    except spreadsheets.NotAWorkbook as error:
        cause = (
            "Ce classeur est protégé par un mot de passe." if "assword" in str(error) else "Ce classeur ne s’ouvre pas."
        )
        raise Unreadable.because(
            path, cause, "Ouvrez-le dans votre tableur, enregistrez-le de nouveau en XLSX, puis importez-le."
        ) from error


def _batch_of_tables(path: Path, source: str, mapping: Mapped, lines_by_sheet: Iterator[tuple[str, Any]]) -> Batch:
    """All sheets of a file. A sheet of which no column is understood is told, and its rows are not taken for alliances."""
    tables = (t for name, lines in lines_by_sheet if (t := table_of(name, lines, (mapping or {}).keys())))
    parts, issues = _understood(tables, path, mapping)
    if not parts:
        raise (
            Unreadable(issues[0])
            if issues
            else Unreadable.because(
                path,
                "Ce tableau n’a aucune ligne.",
                "Vérifiez que c’est le bon fichier ; « alliage template » donne un modèle.",
            )
        )
    told, unmapped = columns_told({t.sheet: g for t, g in parts})
    items = chain.from_iterable(drafts_of_rows(t.rows, g, path.name, t.sheet) for t, g in parts)
    return Batch(source, path.name, "", items, told, unmapped, issues=issues)


def _understood(
    tables: Iterator[Table], path: Path, mapping: Mapped
) -> tuple[list[tuple[Table, ColumnGuess]], list[Issue]]:
    """The tables that hold alliances, and a remark for each of the others."""
    parts: list[tuple[Table, ColumnGuess]] = []
    issues: list[Issue] = []
    untold = 0
    for table in tables:
        guess = guess_columns(table.columns, table.sample, mapping)
        if _is_understood(guess):
            parts.append((table, guess))
        elif len(issues) == TABLES_TOLD:
            untold += 1
        else:
            issues.append(
                Issue(
                    file=path.name,
                    sheet=table.sheet,
                    column=", ".join(table.columns)[:200],
                    cause=_NOT_A_TABLE,
                    fix="Nommez une colonne « titre », ou dites par --map ce que chaque colonne contient.",
                )
            )
    if untold:
        cause = f"{untold} autres tableaux ne sont pas compris non plus."
        issues.append(Issue(file=path.name, cause=cause, fix="Gardez dans le fichier les tableaux d’alliances."))
    return parts, issues


def _is_understood(guess: ColumnGuess) -> bool:
    return any(path == "title" or path.startswith("partners") for path in guess.paths.values())


def _json(path: Path, source: str, mapping: Mapped) -> Batch:
    records = json_records.read_records(path)
    ahead = list(islice(records, LOOKED_AT))
    if not any(isinstance(r, dict) for _, r in ahead):
        raise Unreadable.because(
            path,
            "Ce fichier JSON ne contient aucune fiche lisible.",
            "Donnez une liste d’objets, {« results »: […]}, ou un objet par ligne.",
        )
    sample = [json_records.row_of(n, r).cells for n, r in ahead if isinstance(r, dict) and not json_records.is_ours(r)]
    columns = tuple(dict.fromkeys(c for cells in sample for c in cells))
    guess = guess_columns(columns, sample, mapping)
    if sample and not _is_understood(guess):
        raise Unreadable.because(
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
    return _batch_of_blocks(path, source, mapping, list(sheets.read_blocks(path)))


# A child starts for each file: the libraries of the other documents are not loaded for it.


def _word(path: Path, source: str, mapping: Mapped) -> Batch:
    from alliage.intake.readers import word_documents

    check_archive(path)
    return _kept_as_drafts(_batch_of_blocks(path, source, mapping, word_documents.read_blocks(path)))


def _web_page(path: Path, source: str, mapping: Mapped) -> Batch:
    from alliage.intake.readers import web_pages

    return _kept_as_drafts(_batch_of_blocks(path, source, mapping, web_pages.read_blocks(path)))


def _pdf(path: Path, source: str, mapping: Mapped) -> Batch:
    from alliage.intake.readers import pdf_pages

    blocks, issues = pdf_pages.read_blocks(path)
    batch = _kept_as_drafts(_batch_of_blocks(path, source, mapping, blocks))
    batch.issues = [*issues, *batch.issues]
    return batch


def _kept_as_drafts(batch: Batch) -> Batch:
    """What a layout seems to say is proposed to a person, never published as such."""
    batch.drafts_only = Issue(
        file=batch.file,
        cause="Ce qui vient d’un document (Word, PDF, page web) reste à l’état de brouillon.",
        fix="Relisez ces fiches, puis publiez-les une à une dans l’éditeur.",
    )
    return batch


def _batch_of_blocks(path: Path, source: str, mapping: Mapped, blocks: list[Block]) -> Batch:
    """The example lines of a document, then the rows of its tables."""
    lines = lines_of(blocks, source)
    printed = enumerate((b for b in blocks if b.kind == "table"), 1)
    tables = (t for n, b in printed if (t := table_of(f"tableau {n}", b.rows, (mapping or {}).keys())))
    parts, issues = _understood(tables, path, mapping)
    if not lines and not parts:
        raise Unreadable.because(
            path,
            "Ce document ne contient ni exemple sous une forme d’alliance, ni tableau d’alliances.",
            "Placez les exemples en liste sous le nom d’une forme (Mécénat…) ou d’une tendance (Mécénat collectif…).",
        )
    told, unmapped = columns_told({t.sheet: g for t, g in parts})
    drafts = (draft_of_line(block, line, details, path.name) for block, line, details in lines)
    rows = chain.from_iterable(drafts_of_rows(t.rows, g, path.name, t.sheet) for t, g in parts)
    told_lines = tuple(line for _, line, _ in lines)
    return Batch(source, path.name, "", chain(drafts, rows), told, unmapped, told_lines, issues)


_READERS: dict[str, Callable[[Path, str, Mapped], Batch]] = {
    "text table": _text_table,
    "spreadsheet": _spreadsheet,
    "json": _json,
    "markdown": _markdown,
    "word": _word,
    "pdf": _pdf,
    "web page": _web_page,
}
