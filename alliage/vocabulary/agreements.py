"""The texts that bind an alliance: outlines of articles, and what to check in each with its source. Models, not legal advice."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any  # rows of YAML

from alliage.vocabulary.loading import ContentError, line_of, read_yaml, require

FILE = "method/agreements.yaml"
# What an article may say by itself once it is known: written [besoin] in the content.
BLANKS = ("besoin", "lieu", "partenaires")
TABLES = ("partners", "contributions")
_BLANK = re.compile(r"\[([^\]]*)\]")


@dataclass(frozen=True, slots=True)
class Authority:
    """Where a point to check was read; `says`: how old it is, in words."""

    id: str
    title: str
    publisher: str
    url: str
    says: str


@dataclass(frozen=True, slots=True)
class Check:
    """A point to check before signing; without source, a lawyer is to be asked."""

    text: str
    source: Authority | None


@dataclass(frozen=True, slots=True)
class Article:
    """An article: what it settles, what to write (with blanks), the table that it shows if any, what to check."""

    title: str
    text: str
    shows: str
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class Agreement:
    """A type of text. `near`: ids of the texts next to it; `source`: where its use is told."""

    id: str
    label: str
    when: str
    why: str
    near: tuple[str, ...]
    articles: tuple[Article, ...]
    source: Authority | None

    @property
    def points(self) -> tuple[str, ...]:
        """What it settles, article by article."""
        return tuple(a.title for a in self.articles)


@dataclass(frozen=True, slots=True)
class Agreements:
    """All of them by id, with the date of the models and what is said of a point without source."""

    dated: dt.date
    no_source: str
    by_id: Mapping[str, Agreement]


def _article(row: Mapping[str, Any], sources: Mapping[str, Authority]) -> Article:
    text, shows = str(require(row, "text", FILE)), str(row.get("shows") or "")
    for blank in _BLANK.findall(text):
        if blank not in BLANKS:
            raise ContentError(FILE, f"[{blank}] n’est pas connu\u00a0: {', '.join(BLANKS)}", line_of(row))
    if shows and shows not in TABLES:
        raise ContentError(FILE, f"«\u00a0{shows}\u00a0» n’est pas un tableau\u00a0: {', '.join(TABLES)}", line_of(row))
    checks = []
    for check in row.get("check") or ():
        source = check.get("source")
        if source is not None and source not in sources:
            raise ContentError(
                FILE, f"la source «\u00a0{source}\u00a0» n’est pas dans «\u00a0sources\u00a0»", line_of(check)
            )
        checks.append(Check(str(require(check, "text", FILE)), sources[source] if source else None))
    return Article(str(require(row, "title", FILE)), text, shows, tuple(checks))


def _agreement(row: Mapping[str, Any], sources: Mapping[str, Authority]) -> Agreement:
    source = row.get("source")
    if source is not None and source not in sources:
        raise ContentError(FILE, f"la source «\u00a0{source}\u00a0» n’est pas dans «\u00a0sources\u00a0»", line_of(row))
    return Agreement(
        id=str(require(row, "id", FILE)),
        label=str(require(row, "label", FILE)),
        when=str(require(row, "when", FILE)),
        why=str(require(row, "why", FILE)),
        near=tuple(row.get("near") or ()),
        articles=tuple(_article(a, sources) for a in require(row, "articles", FILE)),
        source=sources[source] if source else None,
    )


@cache
def agreements() -> Agreements:
    """The texts of content/method/agreements.yaml. Raises ContentError with file and line."""
    tree = read_yaml(FILE)
    sources = {
        s["id"]: Authority(s["id"], *(str(require(s, n, FILE)) for n in ("title", "publisher", "url", "says")))
        for s in require(tree, "sources", FILE)
    }
    found: dict[str, Agreement] = {}
    lines: dict[str, int | None] = {}
    for row in require(tree, "agreements", FILE):
        agreement = _agreement(row, sources)
        if agreement.id in found:
            raise ContentError(FILE, f"l’identifiant «\u00a0{agreement.id}\u00a0» est donné deux fois", line_of(row))
        found[agreement.id], lines[agreement.id] = agreement, line_of(row)
    for agreement in found.values():
        if unknown := [n for n in agreement.near if n not in found]:
            raise ContentError(
                FILE,
                f"«\u00a0{agreement.id}\u00a0» renvoie à «\u00a0{unknown[0]}\u00a0», qui n’existe pas",
                lines[agreement.id],
            )
    dated = require(tree, "dated", FILE)
    if not isinstance(dated, dt.date):
        raise ContentError(FILE, "«\u00a0dated\u00a0» s’écrit AAAA-MM-JJ")
    return Agreements(dated, str(require(tree, "no_source", FILE)), found)
