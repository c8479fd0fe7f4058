"""Markdown as blocks for the page-setter: headings, paragraphs, lists, quotes, tables; runs of text with their marks."""

from __future__ import annotations

from functools import cache
from typing import Any  # blocks are JSON

from markdown_it import MarkdownIt
from markdown_it.token import Token

Run = dict[str, Any]  # {"text", "bold", "italic", "url"}
Block = dict[str, Any]  # {"kind": heading | paragraph | list | quote | table, …}


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def runs_of(token: Token) -> list[Run]:
    """The text of an inline token, cut where its marks change."""
    found: list[Run] = []
    bold = italic = 0
    url = ""
    for child in token.children or ():
        if child.type in ("text", "code_inline"):
            found.append({"text": child.content, "bold": bold > 0, "italic": italic > 0, "url": url})
        elif child.type in ("softbreak", "hardbreak"):
            found.append({"text": " ", "bold": False, "italic": False, "url": url})
        elif child.type.startswith("strong_"):
            bold += child.nesting
        elif child.type.startswith("em_"):
            italic += child.nesting
        elif child.type == "link_open":
            url = str(child.attrGet("href") or "")
        elif child.type == "link_close":
            url = ""
    return [run for run in found if run["text"]]


def blocks_of(text: str) -> list[Block]:
    """The blocks of a text. A heading has `level` (2, 3…) and `runs`; a list `ordered` and `items`; a table `head` and
    `rows` of cells; paragraphs and quotes `runs`. Lists inside lists are flattened."""
    tokens = _parser().parse(text)
    found: list[Block] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        end = _end_of(tokens, at)
        inside = tokens[at + 1 : end]
        if token.type == "heading_open":
            found.append({"kind": "heading", "level": int(token.tag[1]), "runs": _all_runs(inside)})
        elif token.type == "paragraph_open":
            found.append({"kind": "paragraph", "runs": _all_runs(inside)})
        elif token.type in ("bullet_list_open", "ordered_list_open"):
            found.append({"kind": "list", "ordered": token.type.startswith("ordered"), "items": _items(inside)})
        elif token.type == "blockquote_open":
            found.append({"kind": "quote", "runs": _all_runs(inside)})
        elif token.type == "table_open":
            rows = _rows(inside)
            found.append({"kind": "table", "head": rows[0], "rows": rows[1:]})
        elif token.type in ("fence", "code_block"):
            found.append({"kind": "paragraph", "runs": [_plain(token.content)]})
        at = end + 1
    return found


def _plain(text: str) -> Run:
    return {"text": text, "bold": False, "italic": False, "url": ""}


def _end_of(tokens: list[Token], at: int) -> int:
    """Where what opens at that token closes; the token itself when it opens nothing."""
    depth = 0
    for number in range(at, len(tokens)):
        depth += tokens[number].nesting
        if depth <= 0:
            return number
    return len(tokens) - 1


def _all_runs(tokens: list[Token]) -> list[Run]:
    found: list[Run] = []
    for token in tokens:
        if token.type == "inline":
            found += [_plain(" "), *runs_of(token)] if found else runs_of(token)
    return found


def _items(tokens: list[Token]) -> list[list[Run]]:
    return [runs_of(token) for token in tokens if token.type == "inline"]


def _rows(tokens: list[Token]) -> list[list[list[Run]]]:
    rows: list[list[list[Run]]] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline" and rows:
            rows[-1].append(runs_of(token))
    return rows
