"""The kit sheets of content/sheets/*.md: front matter, text in Markdown, and the live parts that the site fills in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources.abc import Traversable
from typing import Any  # front matter is YAML

import yaml

from alliage.vocabulary.founding_sheet import founding_sheet
from alliage.vocabulary.loading import ROOT, ContentError
from alliage.vocabulary.tools import is_web_address
from alliage.vocabulary.words import is_slug

FOLDER = "sheets"
# A line « [[name]] » alone: what the site puts there. « [[chiffres: a, b]] » takes figures of the founding sheet.
LIVE = ("matrice", "trois-cas", "etapes", "outils", "premiers-outils", "chiffres")
_LIVE_LINE = re.compile(r"^\[\[([^\[\]:]+)(?::([^\[\]]*))?\]\]\s*$")
_KEYS = frozenset({"order", "title", "summary", "audience", "minutes", "sources"})


@dataclass(frozen=True, slots=True)
class SheetSource:
    """Who says what the sheet says; `url` is an address of the web, or a page of this site."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a sheet: Markdown, or the live part `live` with its `values` (ids of figures)."""

    text: str = ""
    live: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of the kit; `minutes` to read it, `audience` says for whom."""

    id: str
    order: int
    title: str
    summary: str
    audience: str
    minutes: int
    sources: tuple[SheetSource, ...]
    blocks: tuple[Block, ...]


def read_sheet(id: str, text: str) -> Sheet:
    """The sheet written in that text. Raises ContentError with file and line."""
    file = f"{FOLDER}/{id}.md"
    if not is_slug(id):
        raise ContentError(file, "le nom du fichier ne peut pas être une adresse : lettres, chiffres et tirets")
    lines = text.splitlines()
    if not lines or lines[0].strip() != "---" or "---" not in [line.strip() for line in lines[1:]]:
        raise ContentError(file, "un en-tête entre deux lignes « --- » est attendu", 1)
    end = next(n for n, line in enumerate(lines[1:], 1) if line.strip() == "---")
    try:
        head = yaml.safe_load("\n".join(lines[1:end]))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise ContentError(file, error.problem or "en-tête illisible", mark.line + 2 if mark else 1) from error
    if not isinstance(head, dict):
        raise ContentError(file, "l’en-tête attend des lignes « clé: valeur »", 1)
    if strange := sorted(str(k) for k in set(head) - _KEYS):
        raise ContentError(file, f"clé inconnue dans l’en-tête : {', '.join(strange)}", 1)
    for name in _KEYS:
        if head.get(name) in (None, "", []):
            raise ContentError(file, f"« {name} » manque dans l’en-tête", 1)
    for name in ("order", "minutes"):
        if type(head[name]) is not int or head[name] < 1:
            raise ContentError(file, f"« {name} » attend un nombre entier, à partir de 1", 1)
    return Sheet(
        id=id,
        order=head["order"],
        title=str(head["title"]),
        summary=str(head["summary"]),
        audience=str(head["audience"]),
        minutes=head["minutes"],
        sources=tuple(_source(row, file) for row in head["sources"]),
        blocks=tuple(_blocks(lines[end + 1 :], end + 2, file)),
    )


def _source(row: Any, file: str) -> SheetSource:
    if not isinstance(row, Mapping) or not row.get("name") or not row.get("url"):
        raise ContentError(file, "une source s’écrit {name: …, url: …}", 1)
    url = str(row["url"])
    if not is_web_address(url) and not re.fullmatch(r"/[\w./-]*", url):
        raise ContentError(file, f"« {url} » n’est ni une adresse http(s) ni une page du site", 1)
    return SheetSource(str(row["name"]), url)


def _blocks(lines: list[str], first: int, file: str) -> list[Block]:
    found: list[Block] = []
    told: list[str] = []

    def close() -> None:
        if "\n".join(told).strip():
            found.append(Block(text="\n".join(told).strip()))
        told.clear()

    for number, line in enumerate(lines, first):
        match = _LIVE_LINE.match(line)
        if match is None:
            told.append(line)
            continue
        name, values = match[1].strip(), tuple(v.strip() for v in (match[2] or "").split(",") if v.strip())
        if name not in LIVE:
            raise ContentError(file, f"« {name} » n’est pas une partie vivante : {', '.join(LIVE)}", number)
        if bool(values) != (name == "chiffres"):
            raise ContentError(
                file, "« chiffres » s’écrit avec ses identifiants, et lui seul : [[chiffres: a, b]]", number
            )
        known = {row.id for row in founding_sheet().figures}
        if unknown := [v for v in values if v not in known]:
            raise ContentError(file, f"« {unknown[0]} » n’est pas un chiffre de la fiche d’origine", number)
        close()
        found.append(Block(live=name, values=values))
    close()
    if not found:
        raise ContentError(file, "la fiche est vide", first)
    return found


@cache
def sheets() -> Mapping[str, Sheet]:
    """The sheets by id, in their order. Raises ContentError."""
    return read_sheets(ROOT.joinpath(FOLDER))


def read_sheets(folder: Traversable) -> Mapping[str, Sheet]:
    """The sheets of a folder by id, in their order. Raises ContentError, for two sheets at one place too."""
    found: dict[int, Sheet] = {}
    for item in sorted(folder.iterdir(), key=lambda i: i.name):
        if not item.name.endswith(".md"):
            continue
        sheet = read_sheet(item.name.removesuffix(".md"), item.read_text("utf-8"))
        if other := found.get(sheet.order):
            raise ContentError(f"{FOLDER}/{item.name}", f"« {other.id} » a déjà la place {sheet.order}", 1)
        found[sheet.order] = sheet
    return {found[order].id: found[order] for order in sorted(found)}
