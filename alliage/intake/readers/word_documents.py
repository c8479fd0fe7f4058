"""DOCX: headings, lists, paragraphs and tables in their order, each with the number of its paragraph."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any  # lxml has no types

import docx
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn
from lxml import etree

from alliage.intake.drafts import Unreadable
from alliage.intake.readers.sheets import Block, block_of, starts_like_an_item, with_leaves
from alliage.intake.tables import Line, clean_cell

_P, _TABLE, _CONTENT = qn("w:p"), qn("w:tbl"), qn("w:sdtContent")
_TEXTS = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_BOX = qn("w:txbxContent")
# What a paragraph holds without showing it, or shows elsewhere.
_APART = frozenset([_FALLBACK, _BOX, qn("w:del"), qn("w:moveFrom"), qn("w:pPr"), qn("w:rPr")])
_LIST_STYLE = re.compile(r"^list (?:bullet|number) ([2-5])$")
_NOT_A_LIST = "0"


@dataclass
class _Document:
    """What is known while a document is walked."""

    styles: Mapping[str, tuple[int | None, int | None]]
    paragraphs: int = 0
    blocks: list[Block] = field(default_factory=list)


def read_blocks(path: Path) -> list[Block]:
    """The blocks of a DOCX file; `where` is « paragraphe 12 », empty ones not counted. Raises Unreadable."""
    try:
        opened = docx.Document(_without_pictures(path))
        walked = _Document(_levels_of_styles(opened.styles.element))
        _walk(opened.element.body, walked)
    except etree.XMLSyntaxError as error:
        # libxml2 tells a lack of memory as an error of syntax.
        if any(entry.type_name == "ERR_NO_MEMORY" for entry in error.error_log):
            raise MemoryError from error
        raise _damaged(path) from error
    except (OpcError, KeyError, ValueError, AttributeError, etree.LxmlError, zipfile.BadZipFile) as error:
        raise _damaged(path) from error
    return with_leaves(walked.blocks)


def _damaged(path: Path) -> Unreadable:
    fix = "Ouvrez-le dans votre traitement de texte, enregistrez-le en DOCX, puis importez-le."
    return Unreadable.because(path, "Ce document ne s’ouvre pas.", fix)


def _without_pictures(path: Path) -> io.BytesIO:
    """The same document, its pictures and fonts emptied: only words are read, and a photo album fits in memory."""
    slim = io.BytesIO()
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(slim, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as kept:
        for name in dict.fromkeys(whole.namelist()):
            kept.writestr(name, whole.read(name) if name.endswith((".xml", ".rels")) else b"")
    slim.seek(0)
    return slim


def _levels_of_styles(styles: Any) -> dict[str, tuple[int | None, int | None]]:
    """For each style: the level of its heading (0 for the document's title), and the depth of its list."""
    own: dict[str, tuple[int | None, int | None, str]] = {}
    for style in styles.iterchildren(qn("w:style")):
        name = (_value(style, "w:name") or "").lower()
        properties = style.find(qn("w:pPr"))
        heading, depth = _levels_in(properties)
        if name == "title":
            heading = 0
        elif name.startswith("heading ") and name[8:].isdigit():
            heading = int(name[8:])
        elif match := _LIST_STYLE.match(name):
            depth = int(match[1])  # Word numbers its list styles, each the first level of its own list
        own[style.get(qn("w:styleId")) or ""] = heading, depth, _value(style, "w:basedOn") or ""
    found = {}
    for name in own:
        heading = depth = None
        above: str = name
        for _ in range(20):
            if above not in own:
                break
            its_heading, its_depth, above = own[above]
            heading = its_heading if heading is None else heading
            depth = its_depth if depth is None else depth
        found[name] = heading, depth
    return found


def _levels_in(properties: Any) -> tuple[int | None, int | None]:
    if properties is None:
        return None, None
    outline = _value(properties, "w:outlineLvl")
    heading = int(outline) + 1 if outline and outline.isdigit() and int(outline) < 9 else None
    numbering = properties.find(qn("w:numPr"))
    if numbering is None:
        return heading, None
    if _value(numbering, "w:numId") == _NOT_A_LIST:
        return heading, 0
    level = _value(numbering, "w:ilvl") or "0"
    return heading, int(level) + 1 if level.isdigit() else 1


def _value(element: Any, name: str) -> str | None:
    child = element.find(qn(name))
    return None if child is None else child.get(qn("w:val"))


def _walk(container: Any, walked: _Document) -> None:
    """The blocks of a body, a cell or a text box. Word itself nests tables no deeper than the XML reader allows."""
    for element in _content(container):
        if element.tag == _P:
            _take_paragraph(element, walked)
        else:
            _take_table(element, walked)


def _content(container: Any) -> Iterator[Any]:
    """Paragraphs and tables, those of content controls included, but for an automatic table of contents."""
    for element in container.iterchildren():
        if element.tag in (_P, _TABLE):
            yield element
        elif element.tag == qn("w:sdt"):
            gallery = element.find(f".//{qn('w:sdtPr')}//{qn('w:docPartGallery')}")
            content = element.find(_CONTENT)
            if content is not None and (gallery is None or gallery.get(qn("w:val")) != "Table of Contents"):
                yield from _content(content)
        elif element.tag in (qn("w:ins"), qn("w:customXml"), qn("w:moveTo"), qn("w:smartTag")):
            yield from _content(element)


def _take_paragraph(paragraph: Any, walked: _Document) -> None:
    text = _text(paragraph)
    if text.strip():
        walked.paragraphs += 1
        where = f"paragraphe {walked.paragraphs}"
        properties = paragraph.find(qn("w:pPr"))
        style = (_value(properties, "w:pStyle") if properties is not None else None) or ""
        heading, depth = _levels_in(properties)
        heading = walked.styles.get(style, (None, None))[0] if heading is None else heading
        depth = walked.styles.get(style, (None, None))[1] if depth is None else depth
        if heading is not None:
            kind, level = "heading", heading
        elif depth or starts_like_an_item(text):
            kind, level = "item", depth or 1
        else:
            kind, level = "paragraph", 0
        if block := block_of(kind, text, where=where, depth=level):
            walked.blocks.append(block)
    for box in paragraph.iter(_BOX):
        if not any(above.tag == _FALLBACK for above in box.iterancestors()):
            _walk(box, walked)


def _text(paragraph: Any) -> str:
    """The words that a paragraph shows: tracked insertions are in, deletions are out, boxes have their own."""
    parts = []
    walk = etree.iterwalk(paragraph, events=("start",))
    for _, element in walk:
        if element.tag in _APART:
            walk.skip_subtree()
        elif element.tag == qn("w:t"):
            parts.append(element.text or "")
        elif element.tag in _TEXTS:
            parts.append(_TEXTS[element.tag])
    return "".join(parts)


def _take_table(table: Any, walked: _Document) -> None:
    """A table of one row or one column frames a text: its cells are read as text. Tables inside come after."""
    rows = list(table.iter(qn("w:tr")))
    rows = [row for row in rows if next(row.iterancestors(_TABLE)) is table]
    cells = [[cell for cell in row.iter(qn("w:tc")) if next(cell.iterancestors(_TABLE)) is table] for row in rows]
    if len(rows) < 2 or max((len(row) for row in cells), default=0) < 2:
        for row in cells:
            for cell in row:
                _walk(cell, walked)
        return
    walked.blocks.append(Block("table", "", 0, rows=tuple(_lines(rows, cells))))
    for row in cells:
        for cell in row:
            for element in _content(cell):
                if element.tag == _TABLE:
                    _take_table(element, walked)


def _lines(rows: list[Any], cells: list[list[Any]]) -> Iterator[Line]:
    """The rows of a table; a cell merged over several rows holds on each, one merged over columns in the first."""
    above: dict[int, str] = {}
    for number, (row, its_cells) in enumerate(zip(rows, cells, strict=True), 1):
        before = row.find(f"{qn('w:trPr')}/{qn('w:gridBefore')}")
        line = [""] * _count(before)
        for cell in its_cells:
            properties = cell.find(qn("w:tcPr"))
            merge = properties.find(qn("w:vMerge")) if properties is not None else None
            span = properties.find(qn("w:gridSpan")) if properties is not None else None
            if merge is not None and merge.get(qn("w:val")) != "restart":
                text = above.get(len(line), "")
            else:
                shown = [_text(p) for p in _content(cell) if p.tag == _P]
                text = clean_cell("\n".join(t for t in shown if t.strip()))
            above[len(line)] = text
            line += [text, *[""] * (max(1, _count(span)) - 1)]
        yield number, line


def _count(element: Any) -> int:
    """A number of columns, never more than Word allows."""
    value = element.get(qn("w:val")) if element is not None else None
    return min(int(value), 63) if value and value.isdigit() else 0
