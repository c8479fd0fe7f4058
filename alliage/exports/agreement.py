"""A starter agreement: its outline filled with what is known, as a page shows it and as an editable DOCX. Not legal advice."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from docx.document import Document

from alliage.exports.word_pages import WIDTH, add_notice, add_points, add_table, new_pages, saved
from alliage.vocabulary.agreements import Agreement, Article, Check
from alliage.vocabulary.road_map import said_day

_BLANK = re.compile(r"\[([^\]]*)\]")
LEAST_ROWS = 2  # of a table of partners: the least that an alliance has


@dataclass(frozen=True, slots=True)
class Party:
    """A partner, and what it brings; either may be empty."""

    name: str
    brings: str = ""


@dataclass(frozen=True, slots=True)
class AgreementDraft:
    """An outline and what is known. `exchanged`: what would pass between the partners, in words; `notice`: that this is a
    model; `no_source`: what is said of a point to check that has no source; `dated`: when the model was written."""

    agreement: Agreement
    dated: dt.date
    notice: str
    no_source: str
    address: str
    need: str = ""
    place: str = ""
    parties: tuple[Party, ...] = ()
    exchanged: tuple[str, ...] = ()

    def pieces(self, text: str) -> tuple[tuple[str, str], ...]:
        """A text cut at its blanks, as (words, kind): « said », « known » (filled in), « blank » (the name of what is missing)."""
        known = {
            "besoin": self.need.rstrip(" .;,"),
            "lieu": self.place,
            "partenaires": ", ".join(p.name for p in self.parties if p.name),
        }
        found: list[tuple[str, str]] = []
        for at, part in enumerate(_BLANK.split(text)):
            if at % 2:
                found.append((known[part], "known") if known[part] else (part, "blank"))
            elif part:
                found.append((part, "said"))
        return tuple(found)

    def filled(self, text: str) -> str:
        """The text with its blanks filled, or left to fill by hand."""
        return "".join(f"………… ({words})" if kind == "blank" else words for words, kind in self.pieces(text))

    def told(self, check: Check) -> str:
        """A point to check, with its source and how old that is."""
        if check.source is None:
            return f"{check.text} ({self.no_source})"
        source = check.source
        return f"{check.text} (d’après {source.publisher}, «\u00a0{source.title}\u00a0», {source.says}\u00a0: {source.url})"

    @property
    def model(self) -> str:
        """« Modèle du 25 novembre 2026 »."""
        return f"Modèle du {said_day(self.dated)}"


def write_docx(draft: AgreementDraft) -> bytes:
    """The document, ready to open in LibreOffice or Word."""
    document = new_pages(draft.agreement.label)
    add_notice(document, f"{draft.model}. {draft.notice}")
    document.add_paragraph(draft.agreement.why)
    for number, article in enumerate(draft.agreement.articles, 1):
        document.add_heading(f"Article {number}. {article.title}", 1)
        document.add_paragraph(draft.filled(article.text))
        _table(document, draft, article)
        if article.checks:
            document.add_paragraph().add_run("À vérifier avant de signer").bold = True
            add_points(document, [draft.told(check) for check in article.checks], tick=True)
    document.add_heading("Signatures", 1)
    signed = document.add_paragraph("Fait à …………, le …………, en autant d’exemplaires que de signataires.")
    signed.paragraph_format.keep_with_next = True
    rows = [[p.name or "…", "", "\u00a0\n\u00a0"] for p in _rows(draft)]
    add_table(document, ["Pour", "Nom et qualité", "Signature"], rows, [5.0, 6.0, WIDTH - 11.0], together=True)
    add_notice(document, f"Ce modèle, à jour\u00a0: {draft.address}")
    return saved(document)


def _rows(draft: AgreementDraft) -> tuple[Party, ...]:
    missing = LEAST_ROWS - len(draft.parties)
    return (*draft.parties, *(Party("") for _ in range(missing)))


def _table(document: Document, draft: AgreementDraft, article: Article) -> None:
    if article.shows == "partners":
        rows = [[p.name or "…", "…", "…"] for p in _rows(draft)]
        add_table(document, ["Partenaire", "Statut, adresse, numéro", "Représenté par"], rows, [5.5, 6.5, WIDTH - 12.0])
    elif article.shows == "contributions":
        if draft.exchanged:
            told = "\u00a0; ".join(draft.exchanged)
            document.add_paragraph(f"D’après vos réponses\u00a0: {told}.")
        rows = [[p.name or "…", p.brings or "…", "…"] for p in _rows(draft)]
        add_table(document, ["Partenaire", "Ce qu’il apporte", "Quand"], rows, [5.0, 8.5, WIDTH - 13.5])
