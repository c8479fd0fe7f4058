"""Cells of places to official places: several a cell, département beside commune; a homonym is asked, never guessed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from alliage.intake.cleaning import Problem, split_strong
from alliage.vocabulary.places import Place, gazetteer
from alliage.vocabulary.terms import terms

_SHOWN = 5
_DRESS = re.compile(
    r"^(?:(?:la |le )?(?:ville|mairie|commune|d[ée]partement|r[ée]gion|agglom[ée]ration|territoire)"
    r"(?: (?:de la|de l['’ ]|du|des|de|d['’])\s*| )|(?:le|la|les) |l['’])",
    re.IGNORECASE,
)
_ARRONDISSEMENT = re.compile(
    r"^(Paris|Lyon|Marseille)\s+(?:\d{1,2}\s*(?:er|e|è|ème|eme)?|[IVX]+e?)\b.*$", re.IGNORECASE
)
_COMMAS = re.compile(r"\s*,\s*(?![^()]*\))")


@dataclass
class PlacesFound:
    """Places in the order written; `scale` when a cell says « national » rather than a place.

    `around`: those that only say in which région, département or EPCI the others lie.
    """

    places: list[Place] = field(default_factory=list)
    around: list[Place] = field(default_factory=list)
    problems: list[tuple[str, Problem]] = field(default_factory=list)  # path of the column, problem
    scale: str | None = None

    def add(self, place: Place) -> None:
        if place not in self.places:
            self.places.append(place)

    def as_values(self) -> list[dict[str, str]]:
        """The places as a draft holds them: one around another of the row is left out, it is known from that one."""
        places = [*self.places, *(p for p in self.around if p not in self.places)]
        inside = [above for p in places for above in gazetteer().ancestors(p) if above != p]
        return [
            {"level": p.level, "code": p.code, "name": p.name} for p in places if p in self.places or p not in inside
        ]


def places_of_row(cells: Mapping[str, Sequence[str]]) -> PlacesFound:
    """The places of one row from its place columns: `cells` by path (`places`, `places.commune`…).

    A code wins over a name; a département or a postcode beside a commune says which of its homonyms is meant.
    """
    found = PlacesFound()
    around = found.around
    for path in ("places.region", "places.departement", "places.epci"):
        for item in _items(cells.get(path, ())):
            level = path.removeprefix("places.")
            options: Sequence[Place] = [p for p in _options(item, level) if p.level == level] or _options(item)
            if len(options) == 1:
                around.append(options[0])
            elif scale := terms("scales").find(item):
                found.scale = scale
            else:
                found.problems.append((path, _problem(item, options)))
    coded = [
        (item, place)
        for item in _items(cells.get("places.code", ()))
        for place in [gazetteer().get("commune", _code(item)) or gazetteer().get("epci", _code(item))]
    ]
    found.problems += [("places.code", _problem(item, [])) for item, place in coded if place is None]
    communes = [place for _, place in coded if place]
    for place in communes:
        found.add(place)
    near = [p for item in _items(cells.get("places.postcode", ())) for p in gazetteer().postcode(_code(item))]
    for address in cells.get("places.address", ()):
        if match := re.search(r"\b(\d{5})\s+([^\d,;]+)", address):
            options = gazetteer().resolve(f"{match[1]} {match[2].strip()}")
            near += gazetteer().postcode(match[1])
            if len(options) == 1:
                found.add(options[0])
    named = [(path, item) for path in ("places.commune", "places") for item in _items(cells.get(path, ()))]
    if not (communes and len(communes) >= sum(path == "places.commune" for path, _ in named)):
        _add_named(found, named, around, near)
    else:
        _add_named(found, [n for n in named if n[0] == "places"], around, near)
    if not found.places and not named:
        _add_postcodes(found, cells.get("places.postcode", ()), around)
    return found


def _add_named(found: PlacesFound, named: list[tuple[str, str]], around: list[Place], near: list[Place]) -> None:
    for path, item in named:
        options: Sequence[Place] = _options(item, "commune" if path == "places.commune" else "")
        for narrower in (near, around):
            if len(options) > 1:
                options = [p for p in options if _within(p, narrower)] or options
        if len(options) == 1:
            found.add(options[0])
        elif scale := terms("scales").find(item):
            found.scale = scale
        else:
            found.problems.append((path, _problem(item, options)))


def _add_postcodes(found: PlacesFound, cells: Sequence[str], around: list[Place]) -> None:
    for item in _items(cells):
        options = [p for p in gazetteer().postcode(_code(item)) if not around or _within(p, around)]
        if len(options) == 1:
            found.add(options[0])
        else:
            found.problems.append(("places.postcode", _problem(item, options)))


def _within(place: Place, hosts: Sequence[Place]) -> bool:
    return any(h in gazetteer().ancestors(place) for h in hosts)


def _code(item: str) -> str:
    """A code as official files write it: a spreadsheet drops the zero of « 01004 »."""
    bare = re.sub(r"\s", "", item).upper()
    return bare.zfill(5) if re.fullmatch(r"\d{4}", bare) else bare


def _items(cells: Sequence[str]) -> list[str]:
    """The places written in these cells: a cell understood whole is one place."""
    items: list[str] = []
    for cell in cells:
        for strong in split_strong(cell):
            for item in [strong] if _options(strong) else _COMMAS.split(strong):
                whole = not item.strip() or _options(item)
                items += [item] if whole else re.split(r"\s*/\s*|\s+(?:et|&|\+)\s+|\s+-\s+", item)
    return [i.strip() for i in items if i.strip()]


@lru_cache(maxsize=50_000)
def _options(item: str, level: str = "") -> Sequence[Place]:
    """What an item may be; a level prefers the places of that level."""
    places = gazetteer()
    for said in (item, _ARRONDISSEMENT.sub(r"\1", item), _DRESS.sub("", item)):
        if level and (same := places.named(said, level=level)):
            return same
        if level == "departement" and re.fullmatch(r"\d", said.strip()):
            said = f"0{said.strip()}"
        if options := places.resolve(said):
            return options
    return ()


def _problem(item: str, options: Sequence[Place]) -> Problem:
    if not options:
        return Problem(
            item,
            "Ce lieu n’est pas connu.",
            "Écrivez un code INSEE, ou « Commune (département) » ; d’ici là le texte est gardé avec la fiche.",
        )
    several = ", ".join(gazetteer().label(p) for p in options[:_SHOWN])
    more = f"… ({len(options)} possibles)" if len(options) > _SHOWN else ""
    return Problem(item, "Plusieurs lieux portent ce nom ou ce code.", f"Dites lequel : {several}{more}.")
