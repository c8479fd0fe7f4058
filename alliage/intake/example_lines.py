"""The list items of a document to example lines: mode → trend → line → partners, with the passage they came from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any  # a draft's values are JSON

from alliage.intake.cleaning_partners import merged, partner_of, split_names
from alliage.intake.drafts import Draft, ExampleLine, Provenance
from alliage.intake.readers.sheets import Block
from alliage.vocabulary.organisations import organisations
from alliage.vocabulary.places import gazetteer
from alliage.vocabulary.terms import terms
from alliage.vocabulary.typology import typology
from alliage.vocabulary.words import key

_PARENTHESIS = re.compile(r"^(?P<head>.*?)\s*\((?P<inside>[^()]*)\)\s*$")
_THEME = re.compile(r"^(?P<tag>[^:–—]{2,60}?)\s*[–—-]\s*exemples?\s*:\s*(?P<names>.+)$", re.IGNORECASE)
_ABOUT = re.compile(r"^(?P<name>.+?)\s+sur\s+(?P<subject>(?:le|la|les|l['’]).+)$")
_FOR_INSTANCE = re.compile(r"^(?:ex\.?|exemples?|par exemple)\s*[-:–]?\s+", re.IGNORECASE)
_JOINED = re.compile(r"\s/\s?|/\s|\w/\w|\s&\s|\s\+\s")
_LEADING_WORDS = re.compile(r"^(?:[a-zà-ÿ][\wà-ÿ'’-]*\s+)+(?=[A-ZÀ-Ý])")
# A line that starts so names one body, even when nothing joins it to another.
_BODIES = ("federation", "fondation", "fonds", "association", "groupe", "reseau", "ville", "metropole", "region")


@dataclass(frozen=True, slots=True)
class Passage:
    """Where in the document's outline a line stands, and the items below it."""

    mode: str | None
    trend: str | None
    path: str
    details: list[str]


def outlined(blocks: Iterable[Block]) -> Iterator[tuple[Block, Passage]]:
    """Each item that stands under a form of alliance, with its place in the outline.

    A heading, a paragraph or an item that bears the name of a mode or of a trend opens it; the next heading of the same
    or a higher level closes it. A trend tells its mode, whatever heading it was printed under. Items below a line are
    its details; but a ticked one is a line of its own: scanning indents neighbours below each other.
    """
    headings: list[tuple[int, str]] = []
    mode: tuple[int, str] | None = None
    trend: tuple[int, str] | None = None
    trend_holds_items = False
    line: tuple[int, list[str]] | None = None  # the last line's level and details
    for block in blocks:
        level = block.depth if block.kind == "heading" else 100 + block.depth
        if block.kind == "table":
            continue
        if block.kind == "item" and line and level > line[0] and not block.ticked:
            line[1].append(block.text)
            continue
        line = None
        if block.kind == "heading":
            headings = [h for h in headings if h[0] < level]
            mode = mode if mode and mode[0] < level else None
            trend = trend if trend and trend[0] < level else None
            headings.append((level, block.text))
        elif block.kind == "item" and trend and (level < trend[0] or (level == trend[0] and trend_holds_items)):
            trend = None
        if found := typology().find_mode(block.text):
            mode, trend = (level, found), None
        elif found := typology().find_trend(block.text):
            trend, trend_holds_items = (level, found), not block.is_leaf
        elif block.kind == "item" and (mode or trend) and not block.text.endswith(":"):
            own = typology().trend(trend[1]) if trend else None
            path = " › ".join([*(text for _, text in headings), *([own.label] if own else []), block.text])
            line = (level, [])
            yield block, Passage(own.mode if own else mode[1] if mode else None, own.id if own else None, path, line[1])


def lines_of(blocks: Iterable[Block], document: str) -> list[tuple[Block, ExampleLine, list[str]]]:
    """The example lines of a document, numbered from 1 in its order, as printed, each with its block and details."""
    found = []
    for number, (block, passage) in enumerate(outlined(blocks), 1):
        tag, _ = names_of(block.text)
        line = ExampleLine(
            document=document,
            number=number,
            text=block.text,
            mode=passage.mode,
            trend=passage.trend,
            tag=tag,
            passage=passage.path,
        )
        found.append((block, line, passage.details))
    return found


def draft_of_line(block: Block, line: ExampleLine, details: list[str], file: str) -> Draft:
    """One line as an alliance to look at: its printed text is the title, so that no name is lost."""
    tag, names = names_of(line.text)
    values: dict[str, Any] = {"title": line.text[:300], "mode": line.mode}
    if line.trend:
        values["trend"] = line.trend
    if details:
        values["action"] = "\n".join(details)
    if tag:
        values["keywords"] = [tag]
    if partners := merged(p for name in names if (p := partner_of(name))):
        values["partners"] = partners
    if place := _place_in(line.text):
        values["places"] = [place]
    where = Provenance(file=file, sheet=block.where, line=block.line or None, passage=line.passage)
    return Draft(values, where, example_line=line.number)


def names_of(text: str) -> tuple[str, list[str]]:
    """The theme that a line tells, if any, and the partners that it names.

    « Thème (A / B) », « Nom (A & B) », « Nom (thème) », « Thème – Exemples : A / B », « A / B », « A sur le sujet ».
    """
    if match := _THEME.match(text):
        return match["tag"], [_LEADING_WORDS.sub("", n) for n in split_names(match["names"])]
    if match := _PARENTHESIS.match(text):
        head, inside = match["head"], _FOR_INSTANCE.sub("", match["inside"].strip())
        if gazetteer().resolve(inside):
            return "", _names_in(head)
        if inside[:1].islower() and not _JOINED.search(inside):
            return inside, _names_in(head) or [head]
        return head, split_names(inside)
    if match := _ABOUT.match(text):
        return match["subject"], split_names(match["name"])
    return "", _names_in(text)


def _names_in(text: str) -> list[str]:
    """The partners of a line without parenthesis: those that are joined, or one known body."""
    names = split_names(text)
    if len(names) > 1 or _JOINED.search(text):
        return names
    known = {key(n) for o in organisations().values() for n in (o.name, *o.also)}
    return [text] if key(text) in known or key(text).split(" ")[0] in _BODIES else []


def _place_in(text: str) -> dict[str, str] | None:
    """« PTCE Archer (Romans-sur-Isère) »: the place that a parenthesis names, when it names only one."""
    match = _PARENTHESIS.match(text)
    options = gazetteer().resolve(match["inside"]) if match else []
    if len(options) != 1 or terms("domains").find(options[0].name):
        return None
    return {"level": options[0].level, "code": options[0].code, "name": options[0].name}
