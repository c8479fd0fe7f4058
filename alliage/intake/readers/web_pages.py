"""HTML: headings, lists, paragraphs and tables of a page with their lines; what a page does not show is not read."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any  # lxml has no types

from lxml import etree

from alliage.intake.drafts import Unreadable
from alliage.intake.readers.sheets import Block, block_of, with_leaves
from alliage.intake.readers.text_tables import encoding_of
from alliage.intake.tables import Line, clean_cell

_HIDDEN = frozenset(
    [
        "head",
        "script",
        "style",
        "template",
        "noscript",
        "nav",
        "svg",
        "iframe",
        "object",
        "select",
        "button",
        "textarea",
    ]
)
_INLINE = frozenset(
    [
        *(
            "a",
            "abbr",
            "acronym",
            "b",
            "bdi",
            "bdo",
            "big",
            "cite",
            "code",
            "del",
            "dfn",
            "em",
            "font",
            "i",
            "img",
            "ins",
        ),
        *(
            "kbd",
            "label",
            "mark",
            "q",
            "s",
            "samp",
            "small",
            "span",
            "strike",
            "strong",
            "sub",
            "sup",
            "time",
            "tt",
            "u",
        ),
        *("var", "wbr"),
    ]
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f]+")
# The widest cell that the standard of HTML allows.
_MOST_COLUMNS = 1_000


def read_blocks(path: Path) -> list[Block]:
    """The blocks of a page; `line` is that of the file. Raises Unreadable when it is nested beyond reading."""
    content = path.read_bytes()
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(_as_utf8(content, path), parser)
    except etree.XMLSyntaxError:
        root = None
    if any(entry.type_name == "ERR_NO_MEMORY" for entry in parser.error_log):
        raise MemoryError
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise Unreadable.because(
            path,
            "Cette page imbrique des milliers d’éléments les uns dans les autres : elle ne peut pas être lue entière.",
            "Copiez ce qu’elle montre dans un document ou un tableur, puis importez ce fichier.",
        )
    return [] if root is None else with_leaves(_Page().blocks_of(root))


def _as_utf8(content: bytes, path: Path) -> bytes:
    """The page in UTF-8: its own bytes if they are, else as its mark or its header says, else Windows."""
    encoding = encoding_of(path)
    if encoding == "cp1252" and (match := _CHARSET.search(content[:4096])):
        try:
            codecs.lookup(declared := match[1].decode("ascii"))
            encoding = "cp1252" if declared.lower() in ("utf-8", "utf8", "iso-8859-1", "latin1") else declared
        except LookupError:
            pass
    try:
        return content.decode(encoding, "replace").encode("utf-8", "replace")
    except (LookupError, UnicodeError):
        return content.decode("cp1252", "replace").encode("utf-8", "replace")


@dataclass
class _Table:
    """A table being read: its rows, and the cells that come down from the rows above."""

    rows: list[Line] = field(default_factory=list)
    cells: list[str] | None = None
    line: int = 0
    down: dict[int, tuple[int, str]] = field(default_factory=dict)

    def place(self, text: str, columns: int, lines: int) -> None:
        """Puts a cell at the next free column."""
        if self.cells is None:
            self.cells = []
        self._come_down()
        at = len(self.cells)
        self.cells += [text, *[""] * (columns - 1)]
        if lines > 1:
            self.down[at] = lines - 1, text

    def close_row(self) -> None:
        """Ends the row that is being read, if any."""
        if self.cells is not None:
            self._come_down()
            self.rows.append((self.line, self.cells))
        self.cells = None

    def _come_down(self) -> None:
        assert self.cells is not None  # noqa: S101 - for the type checker: both callers have a row
        while held := self.down.pop(len(self.cells), None):
            left, text = held
            if left > 1:
                self.down[len(self.cells)] = left - 1, text
            self.cells.append(text)


class _Page:
    """A walk through the elements of a page, without recursion: pages of the wild are deep."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.line = 0
        self.heading = 0
        self.depth = 0
        self.item_told: list[bool] = []
        self.table: _Table | None = None
        self.table_element: Any = None

    def blocks_of(self, root: Any) -> Iterator[Block]:
        """The blocks in the order of the page."""
        walk = etree.iterwalk(root, events=("start", "end"))
        for event, element in walk:
            if not isinstance(element.tag, str):
                continue
            if event == "start":
                if element.tag in _HIDDEN or element.get("hidden") is not None:
                    walk.skip_subtree()
                    continue
                yield from self._open(element)
                self._add(element.text, element.sourceline)
            else:
                if element.tag not in _HIDDEN and element.get("hidden") is None:
                    yield from self._close(element)
                self._add(element.tail, element.sourceline)
        yield from self._flush()

    def _add(self, text: str | None, line: int | None) -> None:
        if text:
            if not self.line and text.strip():
                self.line = line or 0
            self.parts.append(_SPACES.sub(" ", text))

    def _flush(self) -> Iterator[Block]:
        text = clean_cell("".join(self.parts))
        line, self.parts, self.line = self.line, [], 0
        if not text:
            return
        if self.heading:
            kind, depth = "heading", self.heading
        elif self.depth:
            # A second paragraph of an item is told below it.
            kind, depth = "item", self.depth + bool(self.item_told and self.item_told[-1])
            if self.item_told:
                self.item_told[-1] = True
        else:
            kind, depth = "paragraph", 0
        if block := block_of(kind, text, line=line, depth=depth):
            yield block

    def _open(self, element: Any) -> Iterator[Block]:
        tag = element.tag
        if self.table is not None:
            self._open_in_table(element)
            return
        if tag in _INLINE:
            return
        if tag == "br":
            self.parts.append(" ")
            return
        yield from self._flush()
        if tag in _HEADINGS:
            self.heading = _HEADINGS[tag]
        elif tag in ("ul", "ol"):
            self.depth += 1
        elif tag == "li":
            self.item_told.append(False)
        elif tag == "table" and not _frames_a_text(element):
            self.table, self.table_element = _Table(), element

    def _open_in_table(self, element: Any) -> None:
        table = self.table
        assert table is not None  # noqa: S101 - for the type checker
        if element.tag == "tr":
            table.close_row()
            table.cells, table.line = [], element.sourceline or 0
        elif element.tag in ("td", "th"):
            self.parts = []
        elif element.tag not in _INLINE:
            self.parts.append("\n")

    def _close(self, element: Any) -> Iterator[Block]:
        tag = element.tag
        if self.table is not None:
            if tag in ("td", "th"):
                lines = [line.strip() for line in "".join(self.parts).split("\n")]
                text = clean_cell("\n".join(line for line in lines if line))
                self.table.place(text, _count(element, "colspan"), _count(element, "rowspan"))
                self.parts = []
            elif tag == "tr":
                self.table.close_row()
            elif element is self.table_element:
                self.table.close_row()
                yield Block("table", "", element.sourceline or 0, rows=tuple(self.table.rows))
                self.table, self.parts = None, []
            return
        if tag in _INLINE or tag == "br":
            return
        yield from self._flush()
        if tag in _HEADINGS:
            self.heading = 0
        elif tag in ("ul", "ol"):
            self.depth = max(0, self.depth - 1)
        elif tag == "li" and self.item_told:
            self.item_told.pop()


def _count(element: Any, name: str) -> int:
    value = (element.get(name) or "").strip()
    return max(1, min(int(value), _MOST_COLUMNS)) if value.isdecimal() and len(value) < 9 else 1


def _frames_a_text(table: Any) -> bool:
    """Whether a table only lays a text out: it says so, holds headings or tables, or has one row or one column."""
    if table.get("role") in ("presentation", "none"):
        return True
    rows = columns = 0
    for element in table.iterdescendants("table", "tr", *_HEADINGS):
        if element.tag != "tr":
            return True
        rows += 1
        columns = max(columns, sum(1 for _ in element.iterchildren("td", "th")))
    return rows < 2 or columns < 2
