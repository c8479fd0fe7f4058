"""A4 pages for Word and LibreOffice: one look, French text, real headings, tables whose first row is a header."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any  # python-docx hands out untyped elements

from docx import Document
from docx.document import Document as DocxDocument
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

ACCENT, SOFT = RGBColor(0x1F, 0x4F, 0x8A), RGBColor(0x5A, 0x64, 0x72)
WIDTH = 17.0  # centimetres between the margins; 25.7 on a landscape page
LANDSCAPE_WIDTH = 25.7


def new_pages(title: str, *, landscape: bool = False) -> DocxDocument:
    """An empty document with its properties, margins and styles; `title` is its first heading."""
    document = Document()
    properties = document.core_properties
    properties.title, properties.author, properties.language, properties.comments = title, "Alliage", "fr-FR", ""
    for name in ("Normal", "Title", "Heading 1", "Heading 2"):
        _dress(document.styles[name], name)
    for section in document.sections:
        section.page_width, section.page_height = (Cm(29.7), Cm(21)) if landscape else (Cm(21), Cm(29.7))
        section.left_margin = section.right_margin = Cm(2)
        section.top_margin = section.bottom_margin = Cm(1.8)
    document.add_heading(title, 0)
    return document


def _dress(style: Any, name: str) -> None:
    sizes = {"Normal": 11, "Title": 22, "Heading 1": 14, "Heading 2": 12}
    style.font.name, style.font.size = "Calibri", Pt(sizes[name])
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for attribute in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(attribute), None)  # a theme's font would win over the one named here
    if name == "Normal":
        language = OxmlElement("w:lang")
        language.set(qn("w:val"), "fr-FR")
        style.element.get_or_add_rPr().append(language)
    else:
        style.font.color.rgb = ACCENT
        style.paragraph_format.space_before = Pt(0 if name == "Title" else 14)
        style.paragraph_format.space_after = Pt(5)
        style.paragraph_format.keep_with_next = True


def add_table(
    document: DocxDocument,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    widths: Sequence[float],
    *,
    together: bool = False,
) -> None:
    """A table: its first row is repeated at the top of each page, no row is cut by the end of one. Widths in
    centimetres; `together` keeps a short table on one page."""
    table: Any = document.add_table(rows=1, cols=len(header))
    table.style, table.autofit = "Table Grid", False
    for cell, text in zip(table.rows[0].cells, header, strict=True):
        run = cell.paragraphs[0].add_run(text)
        run.bold = True
        shade = OxmlElement("w:shd")
        for name, value in (("w:val", "clear"), ("w:color", "auto"), ("w:fill", "E8EEF6")):
            shade.set(qn(name), value)
        cell._tc.get_or_add_tcPr().append(shade)
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            _fill(cell, text)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)  # LibreOffice reads the grid, Word the cells
    for number, row in enumerate(table.rows):
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if number == 0:
            properties.append(OxmlElement("w:tblHeader"))
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Cm(width)
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
                paragraph.paragraph_format.keep_with_next = together and number < len(table.rows) - 1
    after = document.add_paragraph().paragraph_format
    after.space_after, after.line_spacing = Pt(0), Pt(8)


def _fill(cell: Any, text: str) -> None:
    """The text of a cell: its first line in bold when others follow, each line a paragraph."""
    lines = text.split("\n")
    cell.paragraphs[0].add_run(lines[0]).bold = len(lines) > 1
    for line in lines[1:]:
        cell.add_paragraph(line)


def add_points(document: DocxDocument, points: Sequence[str], *, tick: bool = False) -> None:
    """A list; with a box before each point to tick on paper when `tick`."""
    for point in points:
        line = document.add_paragraph(f"☐  {point}" if tick else point, style=None if tick else "List Bullet")
        line.paragraph_format.space_after = Pt(3)
        if tick:
            line.paragraph_format.left_indent, line.paragraph_format.first_line_indent = Cm(0.8), Cm(-0.6)


def add_told(document: DocxDocument, title: str, text: str) -> None:
    """A point whose title is in bold."""
    line = document.add_paragraph(style="List Bullet")
    line.paragraph_format.space_after = Pt(3)
    line.add_run(title).bold = True
    line.add_run(text)


def add_notice(document: DocxDocument, text: str) -> None:
    """A sentence of caution, in italics."""
    run = document.add_paragraph().add_run(text)
    run.italic, run.font.color.rgb = True, SOFT


def saved(document: DocxDocument) -> bytes:
    """The file."""
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
