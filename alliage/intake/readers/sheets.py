"""Block: what every reader of documents gives. Reads Markdown: headings, list items and tables with their lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from alliage.intake.readers.text_tables import encoding_of
from alliage.intake.tables import Line, clean_cell

# Bullets as documents print them, two of them as Word's symbol font encodes them.
_BULLETS = "✓✔☑✅•●▪◦‣▸►➢■□·\uf0b7\uf0a7\uf0fc"
_MARKS = re.compile(rf"^[\s{_BULLETS}–*_-]+|[\s*_]+$")
_ITEM = re.compile(rf"^\s*(?:[{_BULLETS}]\s*|[-–*]\s+)\w")
_TICKS = frozenset("✓✔☑✅")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Block:
    """One block in the order of the document. `kind`: heading, item, paragraph or table; `depth`: level of the heading
    or nesting of the item; `is_leaf`: an item without items below it; `ticked`: an item that bears a tick; `where`:
    « page 3 » or « paragraphe 12 » in a document that has them; `line`: 0 where lines mean nothing."""

    kind: str
    text: str
    line: int
    depth: int = 0
    is_leaf: bool = True
    ticked: bool = False
    rows: tuple[Line, ...] = ()
    where: str = ""


def read_blocks(path: Path) -> Iterator[Block]:
    """The blocks of a Markdown file; line 1 is the first."""
    text = path.read_text(encoding_of(path), errors="replace")
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(text)
    depth = 0
    rows: list[Line] | None = None
    cells: list[str] = []
    for at, token in enumerate(tokens):
        line = token.map[0] + 1 if token.map else 0
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                depth += 1
            case "bullet_list_close" | "ordered_list_close":
                depth -= 1
            case "table_open":
                rows = []
            case "tr_open":
                cells = []
            case "tr_close" if rows is not None:
                rows.append((line or _line_before(tokens, at), cells))
            case "table_close" if rows is not None:
                yield Block("table", "", rows[0][0] if rows else 0, rows=tuple(rows))
                rows = None
            case "inline":
                if rows is not None:
                    cells.append(clean_cell(_plain(token)))
                elif said := bare(_plain(token)):
                    opened = tokens[at - 1].type
                    if opened == "heading_open":
                        yield Block("heading", said, line, int(tokens[at - 1].tag[1:]))
                    elif depth:
                        ticked = _plain(token).lstrip()[:1] in _TICKS
                        yield Block("item", said, line, depth, _is_leaf(tokens, at), ticked)
                    else:
                        yield Block("paragraph", said, line)


def _line_before(tokens: list[Token], at: int) -> int:
    return next((m[0] + 1 for n in range(at - 1, -1, -1) if (m := tokens[n].map)), 0)


def _is_leaf(tokens: list[Token], at: int) -> bool:
    """Whether no list opens before this item closes."""
    level = tokens[at].level
    for following in range(at + 1, len(tokens)):
        token = tokens[following]
        if token.type == "list_item_close" and token.level < level:
            return True
        if token.type in ("bullet_list_open", "ordered_list_open"):
            return False
    return True


def _plain(token: Token) -> str:
    parts = []
    for child in token.children or ():
        if child.type in ("text", "code_inline"):
            parts.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
    return "".join(parts)


def bare(text: str) -> str:
    """The words of a line: ticks, bullets and stray emphasis marks taken off its ends."""
    return _SPACES.sub(" ", _MARKS.sub("", text)).strip()


def starts_like_an_item(text: str) -> bool:
    """Whether a line bears a bullet or a dash of its own, as lists typed by hand do."""
    return bool(_ITEM.match(text))


def block_of(kind: str, text: str, *, line: int = 0, where: str = "", depth: int = 0) -> Block | None:
    """A heading, an item or a paragraph from its printed text; None when only marks stand there."""
    said = bare(text)
    if not said:
        return None
    marks = text[: match.end()] if (match := _MARKS.match(text)) else ""
    return Block(kind, said, line, depth, ticked=kind == "item" and not _TICKS.isdisjoint(marks), where=where)


def with_leaves(blocks: Iterable[Block]) -> list[Block]:
    """The same blocks, `is_leaf` set: an item that a deeper one follows is none."""
    known = list(blocks)
    for at, (block, following) in enumerate(pairwise(list(known))):
        if block.kind == following.kind == "item" and following.depth > block.depth:
            known[at] = replace(block, is_leaf=False)
    return known
