"""Cells of places to official places: several a cell, département beside commune; a homonym is asked, never guessed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from alliage.intake.cleaning import Problem, split_strong
from alliage.vocabulary.place_reading import communes_of_code
from alliage.vocabulary.places import Place, gazetteer
from alliage.vocabulary.terms import terms

_SHOWN = 5
_DRESS = re.compile(r"^(?:territoire (?:de la |de l['’]\s?|du |des |de |d['’])|(?:le|la|les) |l['’])", re.IGNORECASE)
_COMMAS = re.compile(r"\s*,\s*(?![^()]*\))")


@dataclass
class PlacesFound:
    """Places in the order written; `scale` when a cell says « national » rather than a place.

    `around`: those that only say in which région, département or EPCI the others lie; of a former région, the départements.
    """

    places: list[Place] = field(default_factory=list)
    around: list[Place] = field(default_factory=list)
    former: list[Sequence[Place]] = field(default_factory=list)  # the places that a former région is together
    problems: list[tuple[str, Problem]] = field(default_factory=list)  # path of the column, problem
    scale: str | None = None
    formerly: list[str] = field(
        default_factory=list
    )  # paths of columns written with former codes or names: kept as written

    def add(self, place: Place) -> None:
        if place not in self.places:
            self.places.append(place)

    def as_values(self) -> list[dict[str, str]]:
        """The places as a draft holds them: one around another of the row is left out, it is known from that one."""
        places = [*self.places, *(p for p in self.around if p not in self.places)]
        inside = [above for p in places for above in gazetteer().ancestors(p) if above != p]
        for group in self.former:
            if any(p not in group and _within(p, group) for p in places):
                inside += [p for p in group if p not in self.places]
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
            elif parts := gazetteer().together(item):
                found.former.append(parts)
                around += [p for p in parts if p not in around]
            elif scale := terms("scales").find(item):
                found.scale = scale
            else:
                found.problems.append((path, _problem(item, options)))
    named = [(path, item) for path in ("places.commune", "places") for item in _items(cells.get(path, ()))]
    communes = _add_coded(found, _items(cells.get("places.code", ())), [n for p, n in named if p == "places.commune"])
    near = [p for item in _items(cells.get("places.postcode", ())) for p in gazetteer().postcode(_code(item))]
    for address in cells.get("places.address", ()):
        if match := re.search(r"\b(\d{5})\s+([^\d,;]+)", address):
            options = gazetteer().resolve(f"{match[1]} {match[2].strip()}")
            near += gazetteer().postcode(match[1])
            if len(options) == 1:
                found.add(options[0])
    if not (communes and len(communes) >= sum(path == "places.commune" for path, _ in named)):
        _add_named(found, named, around, near)
    else:
        _add_named(found, [n for n in named if n[0] == "places"], around, near)
    for path, written in cells.items():
        if any(gazetteer().formerly(item) for item in _items(written)):
            found.formerly.append(path)
    if not found.places and not named:
        _add_postcodes(found, cells.get("places.postcode", ()), around)
    return found


def _add_coded(found: PlacesFound, codes: list[str], names: list[str]) -> list[Place]:
    """The places of the codes. A code wins over the name beside it, unless the name is that of a commune which left the
    code's, or the code is the name's postcode; where the two say different places the report tells it."""
    beside = names if len(names) == len(codes) else [""] * len(codes)
    taken: list[Place] = []
    for item, name in zip(codes, beside, strict=True):
        code = _code(item)
        options = communes_of_code(gazetteer(), code) or gazetteer().epci_of_code(code)
        named = _options(name, "commune") if name else ()
        options = options or [p for p in gazetteer().postcode(code) if p in named]
        if len(options) != 1:
            found.problems.append(("places.code", _problem(item, options)))
            continue
        if named and not _within(options[0], named):
            others = [p for p in (*gazetteer().heirs(code), *gazetteer().postcode(code)) if p in named]
            if len(others) == 1:
                options = others
            else:
                found.problems.append(("places.code", _disagreement(item, options[0], name)))
        taken.append(options[0])
        found.add(options[0])
    return taken


def _disagreement(code: str, place: Place, name: str) -> Problem:
    label = gazetteer().label(place)
    return Problem(
        code,
        f"Ce code est celui d’un autre lieu, {label}\u00a0: le nom à côté dit «\u00a0{name}\u00a0».",
        f"{label} est gardé\u00a0; corrigez le code ou le nom.",
    )


def _add_named(found: PlacesFound, named: list[tuple[str, str]], around: list[Place], near: list[Place]) -> None:
    for path, item in named:
        options: Sequence[Place] = _options(item, "commune" if path == "places.commune" else "")
        for narrower in (near, around):
            if len(options) > 1:
                options = [p for p in options if _within(p, narrower)] or options
        if len(options) == 1:
            found.add(options[0])
        elif options and (parts := gazetteer().together(item)):
            for place in parts:
                found.add(place)
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
    if level in ("region", "departement") and re.fullmatch(r"\d{1,3}|2[ABab]", item.strip()):
        code = item.strip().upper().zfill(2)
        return [place] if (place := places.get(level, code)) else ()
    for said in dict.fromkeys((item, _DRESS.sub("", item))):
        if level and (same := places.named(said, level=level)):
            return same
        if options := places.resolve(said):
            return options
    return ()


@lru_cache(maxsize=50_000)
def _close(item: str) -> str:
    """« Peut-être : Figeac (Lot) ? » before what to do, when places have nearly that name."""
    near = ", ".join(s.label for s in gazetteer().near(item, 3))
    return f"Peut-être\u00a0: {near}\u00a0? " if near else ""


def _problem(item: str, options: Sequence[Place]) -> Problem:
    if not options:
        return Problem(
            item,
            "Ce lieu n’est pas connu.",
            f"{_close(item)}Écrivez un code INSEE, ou «\u00a0Commune (département)\u00a0»\u00a0; "
            "d’ici là le texte est gardé avec la fiche.",
        )
    several = ", ".join(gazetteer().label_for(p, item) for p in options[:_SHOWN])
    more = f"… ({len(options)} possibles)" if len(options) > _SHOWN else ""
    return Problem(item, "Plusieurs lieux portent ce nom ou ce code.", f"Dites lequel : {several}{more}.")
