"""A road map as an editable DOCX: what a group takes to its first meeting."""

from __future__ import annotations

from docx.document import Document

from alliage.exports.road_map import Example, RoadMap
from alliage.exports.word_pages import LANDSCAPE_WIDTH, add_notice, add_points, add_table, add_told, new_pages, saved
from alliage.vocabulary.agreements import Agreement
from alliage.vocabulary.road_map import road_map_words


def write_docx(road_map: RoadMap) -> bytes:
    """The document, ready to open in LibreOffice or Word."""
    document = new_pages(road_map.title, landscape=True)
    if road_map.example:
        document.add_paragraph("D’après\u00a0: ").add_run(road_map.example.title).bold = True
        document.add_paragraph(road_map.example.address)
    for label, text in (("Le besoin", road_map.need), ("Le lieu", road_map.place), ("La forme", road_map.form_label)):
        if text:
            document.add_paragraph().add_run(f"{label}\u00a0: {text}")
    if road_map.example and road_map.example.ended:
        document.add_paragraph().add_run(road_map.example.ended).bold = True
    if road_map.before_you_start:
        document.add_heading("Avant de commencer", 1)
        add_points(document, road_map.before_you_start)
    if road_map.example:
        _example(document, road_map.example)
    for part in (_roles, _steps) if road_map.example else (_steps, _roles):
        part(document, road_map)
    if road_map.reasons:
        document.add_heading("Pourquoi cette forme", 1)
        add_points(document, road_map.reasons)
    if road_map.engages or road_map.local_authority:
        document.add_heading("Ce que cela engage", 1)
        document.add_paragraph(road_map.engages)
        document.add_paragraph(f"Le rôle de la collectivité\u00a0: {road_map.local_authority}")
    if road_map.agreement:
        _agreement(document, road_map.agreement, road_map.model_notice)
    if road_map.who_can_help:
        document.add_heading("Qui peut vous aider", 1)
        for helper in road_map.who_can_help:
            add_told(document, helper.name, f"\u00a0: {helper.purpose}" + (f" ({helper.url})" if helper.url else ""))
    if road_map.example and road_map.example.sources:
        document.add_heading("Sources de l’exemple", 1)
        add_points(document, [f"{title} — {url}" if title != url else url for title, url in road_map.example.sources])
    return saved(document)


def _steps(document: Document, road_map: RoadMap) -> None:
    words = road_map_words()
    document.add_heading("Les pas à faire", 1)
    share = LANDSCAPE_WIDTH / sum(c.width for c in words.columns)
    rows = []
    for step in road_map.steps:
        state = words.states[step.state]
        rows.append([step.what, step.who or "…", step.when_said or "…", step.why, f"{state.mark} {state.label}"])
    # A few empty lines: a meeting adds steps by hand.
    rows += [["\u00a0\n", "", "", "", words.states["a-faire"].mark]] * 3
    add_table(document, [c.label for c in words.columns], rows, [c.width * share for c in words.columns])


def _roles(document: Document, road_map: RoadMap) -> None:
    if not road_map.roles:
        return
    document.add_heading("Les rôles à remplir", 1)
    if road_map.example:
        rows = [[f"{r.label}\n{r.hint}", r.there or "non dit par les sources", r.here or "…"] for r in road_map.roles]
        add_table(document, ["Rôle", "Là-bas", "Chez nous"], rows, [10.1, 7.8, 7.8])
    else:
        rows = [[f"{r.label}\n{r.hint}", r.here or "…"] for r in road_map.roles]
        add_table(document, ["Rôle", "Chez nous"], rows, [13.0, 12.7])


def _example(document: Document, example: Example) -> None:
    if example.around_the_table:
        document.add_heading("Là-bas, autour de la table", 1)
        for partner in example.around_the_table:
            kind = f" ({partner.kind})" if partner.kind else ""
            add_told(document, partner.name, kind + (f"\u00a0: {partner.role}" if partner.role else ""))
    if example.taught:
        document.add_heading("Ce que cet exemple nous apprend", 1)
        for title, text in example.taught:
            add_told(document, title, f"\u00a0: {text}")


def _agreement(document: Document, agreement: Agreement, notice: str) -> None:
    document.add_heading(f"Le texte qui vous lie\u00a0: {agreement.label}", 1)
    document.add_paragraph(agreement.why)
    add_points(document, agreement.points, tick=True)
    add_notice(document, notice)
