"""A first road map as an editable DOCX: what a group takes away from « Faire pareil chez nous »."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any  # python-docx hands out untyped tables

from docx import Document
from docx.document import Document as DocxDocument
from docx.shared import Cm, Pt, RGBColor

from alliage.vocabulary.agreements import Agreement
from alliage.vocabulary.starting import Helper
from alliage.vocabulary.typology import Step


@dataclass(frozen=True, slots=True)
class RoleLine:
    """A part to fill: who played it there, who could here."""

    id: str
    label: str
    hint: str
    there: str
    here: str


@dataclass(frozen=True, slots=True)
class PartnerLine:
    """Who was around the table in the example: name, nature in words, the part told by the sources."""

    name: str
    kind: str
    role: str


@dataclass(frozen=True, slots=True)
class RoadMap:
    """Everything that the page and the document show."""

    title: str
    address: str
    need: str
    place: str
    form: str
    trend: str
    ended: str
    around_the_table: tuple[PartnerLine, ...]
    taught: tuple[tuple[str, str], ...]
    roles: tuple[RoleLine, ...]
    steps: tuple[Step, ...]
    agreement: Agreement
    local_authority: str
    engages: str
    before_you_start: tuple[str, ...]
    who_can_help: tuple[Helper, ...]
    model_notice: str
    sources: tuple[tuple[str, str], ...]

    @property
    def form_label(self) -> str:
        return f"{self.form}, {self.trend.lower()}" if self.trend else self.form


def _table(document: DocxDocument, header: list[str], rows: list[list[str]], widths: list[float]) -> None:
    table: Any = document.add_table(rows=1, cols=len(header))
    table.style = "Light Grid Accent 1"
    for cell, text in zip(table.rows[0].cells, header, strict=True):
        cell.text = text
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Cm(width)


def write_docx(road_map: RoadMap) -> bytes:
    """The document, ready to open in LibreOffice or Word."""
    document = Document()
    document.core_properties.title = f"Feuille de route : {road_map.title}"
    document.core_properties.author = "Alliage"
    document.core_properties.language = "fr-FR"
    style: Any = document.styles["Normal"]
    style.font.name, style.font.size = "Calibri", Pt(11)
    for section in document.sections:
        section.left_margin = section.right_margin = Cm(2)
        section.top_margin = section.bottom_margin = Cm(1.8)
    where = f" — {road_map.place}" if road_map.place else ""
    document.add_heading(f"Faire pareil chez nous{where}", 0)
    said = document.add_paragraph("D’après : ")
    said.add_run(road_map.title).bold = True
    document.add_paragraph(road_map.address)
    if road_map.need:
        document.add_paragraph(f"Le besoin auquel elle répondait : {road_map.need}")
    document.add_paragraph(f"La forme d’alliance : {road_map.form_label}.")

    if road_map.ended:
        document.add_paragraph().add_run(road_map.ended).bold = True

    document.add_heading("Avant de commencer", 1)
    for question in road_map.before_you_start:
        document.add_paragraph(question, style="List Bullet")

    if road_map.around_the_table:
        document.add_heading("Là-bas, autour de la table", 1)
        for partner in road_map.around_the_table:
            line = document.add_paragraph(style="List Bullet")
            line.add_run(partner.name).bold = True
            line.add_run(f" ({partner.kind})" if partner.kind else "")
            line.add_run(f" : {partner.role}" if partner.role else "")
    if road_map.taught:
        document.add_heading("Ce que cet exemple nous apprend", 1)
        for title, text in road_map.taught:
            line = document.add_paragraph(style="List Bullet")
            line.add_run(title).bold = True
            line.add_run(f" : {text}")
    document.add_heading("Les rôles à remplir", 1)
    _table(
        document,
        ["Rôle", "Là-bas", "Chez nous"],
        [[f"{r.label}\n{r.hint}", r.there or "non dit par les sources", r.here or "…"] for r in road_map.roles],
        [6.2, 5.4, 5.4],
    )
    document.add_heading("Les trois premiers pas", 1)
    _table(
        document,
        ["Quoi", "Qui", "Quand", "Fait ?"],
        [[f"{s.title}\n{s.text}", s.who, s.when, "☐"] for s in road_map.steps],
        [9.0, 3.5, 3.0, 1.5],
    )
    document.add_heading("Ce que cela engage", 1)
    document.add_paragraph(road_map.engages)
    document.add_paragraph(f"Le rôle de la collectivité : {road_map.local_authority}")

    document.add_heading(f"Le texte qui vous lie : {road_map.agreement.label}", 1)
    document.add_paragraph(road_map.agreement.why)
    for point in road_map.agreement.points:
        document.add_paragraph(f"☐  {point}")
    notice = document.add_paragraph()
    run = notice.add_run(road_map.model_notice)
    run.italic, run.font.color.rgb = True, RGBColor(0x5A, 0x64, 0x72)

    document.add_heading("Qui peut vous aider", 1)
    for helper in road_map.who_can_help:
        text = f"{helper.name} : {helper.purpose}" + (f" ({helper.url})" if helper.url else "")
        document.add_paragraph(text, style="List Bullet")
    if road_map.sources:
        document.add_heading("Sources de l’exemple", 1)
        for title, url in road_map.sources:
            document.add_paragraph(f"{title} — {url}" if title != url else url, style="List Bullet")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
