"""The tools of content/tools.yaml: guides, funds, networks, courses, templates. Which fit whom is for `rules.tools`."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any  # rows of YAML
from urllib.parse import urlsplit

from alliage.vocabulary.loading import ROOT, ContentError, line_of, read_yaml, require
from alliage.vocabulary.method import bank
from alliage.vocabulary.profiles import profiles
from alliage.vocabulary.terms import Term, terms
from alliage.vocabulary.words import is_slug

FILE = "tools.yaml"
EVERYONE = "tous"
LINKS = ("ok", "dead", "unknown")
COSTS = ("gratuit", "payant")
# M.E.D.O.C.: the five doors of the site.
LETTERS = {"M": "Méthodes", "E": "Exemples", "D": "Données", "O": "Outils", "C": "Compétences"}
MATURITY = (1, 5)
_KEYS = {
    "id", "name", "summary", "kind", "medoc", "stages", "actors", "modes", "maturity", "duration", "cost", "cost_note",
    "licence", "owner", "url", "link", "link_note", "see", "last_checked", "read", "source", "used_by", "used_note",
}  # fmt: skip
_READ = re.compile(r"\d{4}-\d{2}(-\d{2})?")


@dataclass(frozen=True, slots=True)
class ToolSource:
    """Who attests what a card says; no `url` when it has none of its own."""

    name: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Tool:
    """A card. An empty text or tuple, and None, mean that no source tells. `cost` is one of COSTS; `maturity` goes from 1
    to 5; `read` is the month or day our sources were read; `used_by` are ids of alliances, `see` a better card."""

    id: str
    name: str
    summary: str
    kind: str
    medoc: str
    stages: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    maturity: tuple[int, int] | None = None
    duration: str = ""
    cost: str = ""
    cost_note: str = ""
    licence: str = ""
    owner: str = ""
    url: str = ""
    link: str = "unknown"
    link_note: str = ""
    last_checked: dt.date | None = None
    read: str = ""
    sources: tuple[ToolSource, ...] = ()
    used_by: tuple[str, ...] = ()
    used_note: str = ""
    see: str = ""

    @property
    def for_everyone(self) -> bool:
        """Whether every profile may use it."""
        return len(self.actors) == len(profiles())

    @property
    def site(self) -> str:
        """The host of its address, to show where a link goes."""
        return (urlsplit(self.url).hostname or "").removeprefix("www.")


@dataclass(frozen=True, slots=True)
class Tools:
    """All cards, by id, in the order of the file, and the kinds they are of."""

    kinds: Mapping[str, Term]
    by_id: Mapping[str, Tool]

    def __iter__(self) -> Any:
        return iter(self.by_id.values())

    def __len__(self) -> int:
        return len(self.by_id)


def is_web_address(text: str) -> bool:
    """Whether a text is a whole http(s) address, without space and without a name or password in it."""
    try:
        parts = urlsplit(text)
        whole = parts.scheme in ("http", "https") and bool(parts.hostname)
        return whole and "@" not in parts.netloc and not re.search(r"[\s\x00-\x1f\\<>\"]", text)
    except ValueError:
        return False


def _values(row: Mapping[str, Any], name: str, known: Mapping[str, Any]) -> tuple[str, ...]:
    """A list of known values; « tous » stands for every one of them."""
    given = row.get(name) or []
    if given == EVERYONE:
        return tuple(known)
    if not isinstance(given, list):
        raise ContentError(FILE, f"« {name} » attend une liste [a, b] ou « {EVERYONE} »", line_of(row))
    for value in given:
        if value not in known:
            possible = ", ".join(known)
            raise ContentError(FILE, f"« {value} » n’est pas une valeur de « {name} » : {possible}", line_of(row))
    return tuple(v for v in known if v in given)


def _one_of(row: Mapping[str, Any], name: str, known: tuple[str, ...], default: str) -> str:
    value = str(row.get(name) or default)
    if value and value not in known:
        raise ContentError(FILE, f"« {value} » n’est pas une valeur de « {name} » : {', '.join(known)}", line_of(row))
    return value


def _address(row: Mapping[str, Any], name: str = "url") -> str:
    address = str(row.get(name) or "")
    if address and not is_web_address(address):
        raise ContentError(FILE, f"« {address} » n’est pas une adresse http(s)", line_of(row))
    return address


def _maturity(row: Mapping[str, Any]) -> tuple[int, int] | None:
    given = row.get("maturity")
    if given is None:
        return None
    low, high = (given.get("min"), given.get("max")) if isinstance(given, Mapping) else (None, None)
    least, most = MATURITY
    if not isinstance(low, int) or not isinstance(high, int) or not least <= low <= high <= most:
        raise ContentError(FILE, f"« maturity » attend {{min: 1, max: 5}}, de {least} à {most}", line_of(row))
    return low, high


def _sources(row: Mapping[str, Any]) -> tuple[ToolSource, ...]:
    given = require(row, "source", FILE)
    if not isinstance(given, list):
        raise ContentError(FILE, "« source » attend une liste de {name, url}", line_of(row))
    return tuple(ToolSource(str(require(s, "name", FILE)), _address(s)) for s in given)


def _used_by(row: Mapping[str, Any]) -> tuple[str, ...]:
    ids = tuple(str(i) for i in row.get("used_by") or ())
    for id in ids:
        if not is_slug(id) or not ROOT.joinpath("alliances", f"{id}.yaml").is_file():
            raise ContentError(FILE, f"l’alliance « {id} » n’est pas dans le socle", line_of(row))
    return ids


def _tool(row: Mapping[str, Any], kinds: Mapping[str, Term], read: str) -> Tool:
    if strange := sorted(set(row) - _KEYS):
        raise ContentError(FILE, f"clé inconnue : {', '.join(strange)}", line_of(row))
    id, checked = str(require(row, "id", FILE)), row.get("last_checked")
    if not is_slug(id):
        raise ContentError(FILE, f"« {id} » ne peut pas être une adresse : lettres, chiffres et tirets", line_of(row))
    if checked is not None and type(checked) is not dt.date:
        raise ContentError(FILE, "« last_checked » attend un jour : année-mois-jour", line_of(row))
    read = str(row.get("read") or read)
    if not _READ.fullmatch(read):
        raise ContentError(FILE, "« read » attend un mois ou un jour : année-mois ou année-mois-jour", line_of(row))
    link = _one_of(row, "link", LINKS, "unknown")
    if link == "dead" and not row.get("link_note"):
        raise ContentError(FILE, "un lien mort dit pourquoi, avec « link_note »", line_of(row))
    return Tool(
        id=id,
        name=str(require(row, "name", FILE)),
        summary=str(require(row, "summary", FILE)),
        kind=_one_of(row, "kind", tuple(kinds), require(row, "kind", FILE)),
        medoc=_one_of(row, "medoc", tuple(LETTERS), require(row, "medoc", FILE)),
        stages=_values(row, "stages", {s.id: s for s in bank().stages}),
        actors=_values(row, "actors", profiles()),
        modes=_values(row, "modes", terms("modes")),
        maturity=_maturity(row),
        duration=str(row.get("duration") or ""),
        cost=_one_of(row, "cost", COSTS, ""),
        cost_note=str(row.get("cost_note") or ""),
        licence=str(row.get("licence") or ""),
        owner=str(row.get("owner") or ""),
        url=_address(row),
        link=link,
        link_note=str(row.get("link_note") or ""),
        last_checked=checked,
        read=read,
        sources=_sources(row),
        used_by=_used_by(row),
        used_note=str(row.get("used_note") or ""),
        see=str(row.get("see") or ""),
    )


@cache
def tools() -> Tools:
    """The cards of content/tools.yaml. Raises ContentError with file and line."""
    return read_tools(read_yaml(FILE))


def read_tools(tree: Any) -> Tools:
    """The cards of a tree of YAML as `read_yaml` gives it. Raises ContentError."""
    kinds: dict[str, Term] = {}
    for row in require(tree, "kinds", FILE):
        id = str(require(row, "id", FILE))
        kinds[id] = Term(id, str(require(row, "label", FILE)), str(require(row, "plain", FILE)))
    found: dict[str, Tool] = {}
    for row in require(tree, "tools", FILE):
        tool = _tool(row, kinds, str(tree.get("read") or ""))
        if tool.id in found:
            raise ContentError(FILE, f"l’identifiant « {tool.id} » est donné deux fois", line_of(row))
        found[tool.id] = tool
    for row in tree["tools"]:
        if row.get("see") and row["see"] not in found:
            raise ContentError(FILE, f"« see » nomme « {row['see']} », qui n’est pas un outil", line_of(row))
    return Tools(kinds, found)
