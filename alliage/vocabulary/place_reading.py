"""What a person may mean by a place in words: codes, postcodes, names, former names, arrondissements, CEDEX.

One answer is sure, several are to be asked about, none is unknown: nothing is guessed in silence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from alliage.vocabulary.place import Place
from alliage.vocabulary.place_names import PlaceNames
from alliage.vocabulary.place_words import (
    arrondissement_of,
    article_before,
    epci_said,
    level_said,
    place_key,
    without_article,
)

# A larger place wins over communes of its name when it has so many times their people: « Landes » is the département,
# « Vienne » is asked.
FAR_LARGER = 500
YEARS = range(1900, 2100)  # « 2019 » in a cell is a year before it is a code that lost its zero
_COMMUNE_CODE = re.compile(r"\d{5}|2[AB]\d{3}")
_DEPARTEMENT_CODE = re.compile(r"\d{2,3}|2[AB]")
_AROUND = re.compile(r"(?P<name>.+?)\s*[(,]\s*(?P<around>[^(),]+?)\s*\)?")
_POSTCODE_FIRST = re.compile(r"(?:F-)?(?P<code>\d{5})\s*[-–,]?\s+(?P<name>\D.+)", re.IGNORECASE)
_POSTCODE_LAST = re.compile(
    r"(?P<name>\D.*?)\s*[-–,(]?\s*(?P<code>\d{5})\)?(?P<rest>\s+cedex(?:\s+\d{1,2})?)?", re.IGNORECASE
)
_NUMBER_FIRST = re.compile(r"\(?(?P<code>\d{2,3}|2[AB])\)?\s*[-–:/.]?\s*(?P<name>\D.+)", re.IGNORECASE)
_NUMBER_LAST = re.compile(r"(?P<name>\D.*?)\s*[-–(/]?\s*(?P<code>\d{2,3}|2[AB])\)?", re.IGNORECASE)
_TODAY = re.compile(
    r"^.+, aujourd[’']hui "
)  # our own suggestions: « Octeville, aujourd’hui Cherbourg-en-Cotentin (Manche) »
_COUNTRY = "france"
_PARIS = "75056"  # the commune and the département are one
_LEVELS_AROUND = {"departement": "departement", "region": "region", "commune": "commune", "ville": "commune"}


class Known(Protocol):
    """The places among which a text is read: `places.Gazetteer`."""

    @property
    def names(self) -> PlaceNames: ...
    def token(self, token: str, /) -> Place | None: ...
    def get(self, level: str, code: str, /) -> Place | None: ...
    def postcode(self, postcode: str, /) -> list[Place]: ...
    def epci_of_code(self, code: str, /) -> list[Place]: ...
    def members(self, place: Place, level: str, /) -> Sequence[Place]: ...
    def label(self, place: Place, /) -> str: ...
    def misspelt(self, name_key: str, /) -> Sequence[Place]: ...


def read_place(places: Known, text: str) -> list[Place]:
    """The places that the text may mean, the most peopled first."""
    text = " ".join(_TODAY.sub("", text).split()).strip(" .;,")
    if not text:
        return []
    if (token := places.token(text)) is not None:
        return [token]
    if (coded := _code(places, text)) is not None:
        return coded
    found = place_key(text)
    numbered = any(sign.isdigit() for sign in text)
    readings: tuple[Callable[[], Sequence[Place]], ...] = (
        lambda: named(places, found),
        lambda: _with_postcode(places, text) if numbered else (),
        lambda: _with_departement(places, text) if numbered else (),
        lambda: _around(places, text) if "(" in text or "," in text else (),
        lambda: named(places, place_key(article_before(text))),
        lambda: named(places, arrondissement_of(found), "commune"),
        lambda: _of_level_said(places, found),
        lambda: _epci(places, found),
        lambda: _island(places, without_article(found)),
    )
    for reading in readings:
        if answer := reading():
            return _as_labelled(places, text, list(answer))
    return []


def _as_labelled(places: Known, text: str, found: list[Place]) -> list[Place]:
    """A label that we showed means its place, though the name alone may mean others."""
    said = [p for p in found if len(found) > 1 and "(" in text and place_key(places.label(p)) == place_key(text)]
    return said if len(said) == 1 else found


def _code(places: Known, text: str) -> list[Place] | None:
    """The places of a code or a postcode; None when the text is not one."""
    bare = text.replace(" ", "").upper()
    if not bare[0].isdigit():
        return None
    if re.fullmatch(r"\d{4}", bare):
        return [] if int(bare) in YEARS else _code(places, f"0{bare}")
    if _COMMUNE_CODE.fullmatch(bare):
        by_post = places.postcode(bare)
        return [*(p for p in communes_of_code(places, bare) if p not in by_post), *by_post]
    if re.fullmatch(r"\d{9}", bare):
        return places.epci_of_code(bare)
    if _DEPARTEMENT_CODE.fullmatch(bare) and (departement := places.get("departement", bare)):
        return [departement]
    return None


def communes_of_code(places: Known, code: str) -> list[Place]:
    """The commune of a code; none when it left that département in 1968 and the code is a postcode today (75011)."""
    commune = places.get("commune", code)
    if not commune or (commune.departement not in departements_of_postcode(code) and places.postcode(code)):
        return []
    return [commune]


def named(places: Known, name_key: str, level: str = "") -> list[Place]:
    """The places of that name, present or former; of one level when it is said."""
    if not name_key:
        return []
    whole = places.names.wholes.get(name_key)
    found = [n.place for n in places.names.exact(name_key)]
    found = [p for p in (*(whole.places if whole else ()), *found) if not level or p.level == level]
    if level:
        return _by_people(found)
    return list(whole.places) if whole and len(found) == len(whole.places) else chosen(places, found)


def _by_people(found: Iterable[Place]) -> list[Place]:
    return sorted(dict.fromkeys(found), key=lambda p: -(p.population or 0))


def chosen(places: Known, found: Sequence[Place]) -> list[Place]:
    """Of places of one name, those that it may mean.

    A commune wins over the EPCI of its name. Of two levels that are the same ground one is kept: Paris the commune,
    Guadeloupe the région. A larger place wins over communes only when it has FAR_LARGER times their people.
    """
    if len(found) == 1:
        return list(found)
    regions, departements, communes, epci = (
        [p for p in found if p.level == level] for level in ("region", "departement", "commune", "epci")
    )
    sole = [
        c for c in communes if list(places.members(places.get("departement", c.departement) or c, "commune")) == [c]
    ]
    departements = [d for d in departements if d.code not in {c.departement for c in sole}]
    regions = [r for r in regions if r.code not in {c.region for c in sole} or len(places.members(r, "commune")) > 1]
    departements = [d for d in departements if d.region not in {r.code for r in regions}]
    larger = [*regions, *departements]
    if not larger:
        return _by_people(communes or epci)
    people, rivals = sum(p.population or 0 for p in larger), sum(c.population or 0 for c in communes)
    return _by_people(larger if people >= FAR_LARGER * rivals else [*larger, *communes])


def _with_postcode(places: Known, text: str) -> list[Place]:
    """« 69429 LYON CEDEX 03 », « Lyon 69003 »: the name among the communes of the postcode; else all that may be meant."""
    match = _POSTCODE_FIRST.fullmatch(text) or _POSTCODE_LAST.fullmatch(text)
    if not match:
        return []
    code, found = match["code"], place_key(match["name"])
    at_postcode = places.postcode(code)
    own = places.get("commune", code)
    near = [p for p in (*at_postcode, *([own] if own else ())) if any(n.place is p for n in places.names.exact(found))]
    if near:
        return _by_people(near)
    communes = named(places, found, "commune") or named(places, arrondissement_of(found), "commune")
    if any(p in at_postcode for p in communes):
        return [p for p in communes if p in at_postcode]
    # A CEDEX has its own postcode: the département says which homonym. A name from elsewhere is asked about.
    here = [p for p in communes if p.departement in departements_of_postcode(code)]
    if at_postcode:
        # « 33000 Toulouze »: a name that is nearly one from elsewhere is no street of Bordeaux.
        return _by_people([*at_postcode, *(here or communes or places.misspelt(found))])
    return here or (_by_people(communes) if len(communes) > 1 else [])


def departements_of_postcode(postcode: str) -> tuple[str, ...]:
    """The départements in which a postcode or a code of commune lies by its first signs."""
    if postcode.startswith(("20", "2A", "2B")):
        return ("2A", "2B")
    return (postcode[:3],) if postcode.startswith(("97", "98")) else (postcode[:2],)


def around_said(places: Known, text: str) -> tuple[str, list[tuple[str, str]]]:
    """A text without what it tells of where: « Figeca (46) » → « Figeca » and the levels and codes of the places around."""
    name, _, around = text.replace(",", "(", 1).partition("(")
    hosts = [h for h in _hosts(places, around.strip(" )")) if around]
    for code in re.findall(r"\b(?:\d{2,3}|\d{5}|2[AB]\d{0,3})\b", name, re.IGNORECASE):
        hosts += [("departement", c) for c in departements_of_postcode(code.upper()) if places.get("departement", c)]
        name = name.replace(code, " ")
    return name, hosts


def _with_departement(places: Known, text: str) -> list[Place]:
    """« 69 - Rhône », « Rhône (69) », « Lyon 69 », « Lyon (69) »."""
    match = _NUMBER_FIRST.fullmatch(text) or _NUMBER_LAST.fullmatch(text)
    departement = places.get("departement", match["code"].upper()) if match else None
    if not match or not departement:
        return []
    found = place_key(match["name"])
    if found in (place_key(departement.name), "departement"):
        return [departement]
    if (city := arrondissement_of(place_key(text))) and not text.endswith(")"):
        found = city
    said = [n.place for n in places.names.exact(found)] or _epci(places, found)
    return _by_people([p for p in said if p.departement == departement.code and p.level != "departement"])


def _around(places: Known, text: str) -> list[Place]:
    """« Saint-Étienne, Loire », « Lyon (Auvergne-Rhône-Alpes) », « Lyon, France »."""
    match = _AROUND.fullmatch(text)
    if match and (level := _LEVELS_AROUND.get(around := place_key(match["around"]))):
        return named(places, place_key(match["name"]), level)
    if match and around == "collectivite d outre mer":
        names = places.names.exact(place_key(match["name"]))
        return chosen(places, [n.place for n in names if n.place.departement == n.place.region and n.place.overseas])
    if not match:
        return []
    if around == _COUNTRY:
        return read_place(places, match["name"])
    hosts = _hosts(places, match["around"])
    name_key = place_key(match["name"])
    inside = [n.place for n in places.names.exact(name_key)] or (read_place(places, match["name"]) if hosts else [])
    inside = [p for p in inside if any(getattr(p, level) == code for level, code in hosts)]
    communes = [p for p in inside if p.level == "commune"]
    return _by_people(communes or inside)


def _hosts(places: Known, around: str) -> list[tuple[str, str]]:
    """The places around that a parenthesis names, as levels and codes."""
    found = read_place(places, around)
    paris = [("departement", p.departement) for p in found if p.level == "commune" and p.code == _PARIS]
    return [(p.level, p.code) for p in found if p.level != "commune"] + paris


def _of_level_said(places: Known, found: str) -> list[Place]:
    """« Département de la Loire », « Ville de Vienne »: that level only."""
    level, name = level_said(found)
    if not level:
        return []
    whole = places.names.wholes.get(name)
    if level == "region" and whole and whole.together:
        return list(whole.places)
    return named(places, name, level)


def _island(places: Known, name_key: str) -> list[Place]:
    """« Île de Ré »: the EPCI whose communes are those of the island. Of others the core is too little to be sure."""
    return _by_people(places.names.cores.get(name_key, ())) if name_key.startswith("ile ") else []


def _epci(places: Known, found: str) -> list[Place]:
    """« Communauté de communes du Pays de Gex »: of that kind when there is one, else of that name (kinds change)."""
    kinds, core = epci_said(found)
    if not kinds:
        return []
    alike = places.names.cores.get(core, [])
    return _by_people([p for p in alike if p.kind in kinds] or alike)
