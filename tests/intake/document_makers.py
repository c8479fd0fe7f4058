"""Documents that tests make: the same sheet as DOCX, PDF and HTML."""

from __future__ import annotations

from pathlib import Path
from typing import Any

# kind, level, text; a table is a list of rows. The lines of the test sheet in tests/intake/test_documents.py.
OUTLINE: list[tuple[str, int, Any]] = [
    ("heading", 1, "Nos exemples"),
    ("paragraph", 0, "Un paragraphe d’ouverture qui dit d’où viennent ces exemples."),
    ("heading", 2, "Mécénat"),
    ("heading", 3, "Mécénat collectif"),
    ("item", 1, "Fonds des Trois Rivières (Ville de Lyon, Moulins réunis)"),
    ("item", 1, "Le Relais / Garage Martin"),
    ("heading", 2, "Coopération économique"),
    ("item", 1, "Joint Venture sociale"),
    ("item", 2, "L’Atelier (Ares & XPO Logistics)"),
    ("item", 3, "un détail sous l’exemple"),
    ("item", 2, "Handicap – Exemples : audits Le Clos / Les Ormes"),
    ("item", 1, "Consortium"),
    ("item", 2, "PTCE Archer (Romans-sur-Isère)"),
    ("heading", 2, "Contacts"),
    ("item", 1, "Une adresse"),
]
TABLE = [["Titre", "Partenaires", "Commune"], ["Le four du village", "Le Levain ; Commune de Figeac", "46102"]]
LINES = [
    ("mecenat", "mecenat-collectif", "Fonds des Trois Rivières (Ville de Lyon, Moulins réunis)"),
    ("mecenat", "mecenat-collectif", "Le Relais / Garage Martin"),
    ("cooperation-economique", "joint-venture-sociale", "L’Atelier (Ares & XPO Logistics)"),
    ("cooperation-economique", "joint-venture-sociale", "Handicap – Exemples : audits Le Clos / Les Ormes"),
    ("cooperation-economique", "consortium", "PTCE Archer (Romans-sur-Isère)"),
]


def docx_of(path: Path, outline: list[tuple[str, int, Any]] = OUTLINE, table: list[list[str]] | None = TABLE) -> Path:
    """The outline in Word’s own styles."""
    import docx

    document = docx.Document()
    for kind, level, text in outline:
        if kind == "heading":
            document.add_heading(text, level)
        else:
            style = ("List Bullet" + (f" {level}" if level > 1 else "")) if kind == "item" else None
            document.add_paragraph(text, style)
    if table:
        grid = document.add_table(len(table), len(table[0]))
        for row, cells in zip(grid.rows, table, strict=True):
            for cell, text in zip(row.cells, cells, strict=True):
                cell.text = text
    document.save(str(path))
    return path


def html_of(outline: list[tuple[str, int, Any]] = OUTLINE, table: list[list[str]] | None = TABLE) -> str:
    """The outline as a page, its lists nested as their levels say."""
    from html import escape

    parts = [
        "<!doctype html>\n<html lang=fr><head><meta charset=utf-8><title>Page</title><style>li{}</style></head><body>"
    ]
    depth = 0
    for kind, level, text in outline:
        wanted = level if kind == "item" else 0
        while depth > wanted:
            parts.append("</li></ul>")
            depth -= 1
        while depth < wanted:
            parts.append("<ul>")
            depth += 1
            if depth < wanted:
                parts.append("<li>")
        if kind == "heading":
            parts.append(f"<h{level}>{escape(text)}</h{level}>")
        else:
            parts.append(f"<{'li' if kind == 'item' else 'p'}>{escape(text)}")
    parts.append("</ul>" * depth)
    if table:
        rows = ["".join(f"<td>{escape(cell)}</td>" for cell in row) for row in table]
        parts.append("<table>" + "\n".join(f"<tr>{row}</tr>" for row in rows) + "</table>")
    return "\n".join([*parts, "</body></html>"])


def pdf_of(path: Path, outline: list[tuple[str, int, Any]] = OUTLINE, copies: int = 1, footer: str = "") -> Path:
    """The outline printed, `copies` times, each on a page of its own."""
    from fpdf import FPDF

    pdf = FPDF()
    pdf.set_font("Helvetica")
    for number in range(1, copies + 1):
        pdf.add_page()
        for kind, level, text in outline:
            bold, size = ("B", 20 - 3 * level) if kind == "heading" else ("", 11)
            pdf.set_font("Helvetica", bold, size)
            pdf.set_x(10 + (6 * level if kind == "item" else 0))
            said = text.replace("’", "'").replace("–", "-")
            pdf.multi_cell(0, 6, ("\x95 " if kind == "item" else "") + said, new_x="LMARGIN", new_y="NEXT")
        if footer:
            pdf.set_auto_page_break(False)
            pdf.set_y(-20)
            pdf.set_font("Helvetica", "", 11)
            pdf.cell(0, 6, f"{footer} {number} / {copies}")
            pdf.set_auto_page_break(True, 20)
    pdf.output(str(path))
    return path


def document(path: Path) -> Path:
    """The outline in the format that the file's suffix says."""
    match path.suffix:
        case ".docx":
            return docx_of(path)
        case ".pdf":
            return pdf_of(path)
    path.write_text(html_of(), "utf-8")
    return path
