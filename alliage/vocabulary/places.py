"""Places by official code: communes, EPCI, départements, régions, overseas collectivities; who is part of what."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from alliage.vocabulary.loading import read_csv, read_text
from alliage.vocabulary.place import Place as Place
from alliage.vocabulary.place import curly
from alliage.vocabulary.place_names import PlaceNames, Whole
from alliage.vocabulary.place_reading import around_said, read_place
from alliage.vocabulary.place_spelling import PlaceSpelling
from alliage.vocabulary.place_words import EPCI_PREFIX, arrondissement_of, epci_said, level_said, place_key
from alliage.vocabulary.places_history import split

LEVELS = ("region", "departement", "epci", "commune")
LEVEL_LABELS = {
    "region": "région",
    "departement": "département",
    "epci": "intercommunalité",
    "commune": "commune",
}

_OVERSEAS = "collectivité d’outre-mer"
_NAMES_LONGEST = 60  # letters; no place has more, a longer text is a sentence
_SURELY_MISSPELT = 6  # letters from which one error does not make another name out of any word
FAR_MORE_PEOPLED = 10  # times the people of what starts as typed: then a name one letter away is shown too
_ASKED_OVERSEAS = ("977", "978")  # the collectivities whose name communes of the metropole bear


@dataclass(frozen=True, slots=True)
class Suggested:
    """A place for what is being typed: its label says the former name when it is by it that the place was found."""

    place: Place
    label: str


class Gazetteer:
    """All places, found by token, code, former code, name or postcode."""

    def __init__(
        self,
        places: Iterable[Place],
        former: Mapping[str, str] | None = None,
        former_epci: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """`former`: today's commune by former code; `former_epci`: the present EPCI by former code."""
        self.by_token: dict[str, Place] = {place.token: place for place in places}
        self._former = former or {}
        self._former_epci = former_epci or {}
        self._ancestors: dict[str, tuple[Place, ...]] = {}
        self._members: dict[tuple[str, str], list[Place]] = {}

    @cached_property
    def _of_level(self) -> dict[str, list[Place]]:
        found: dict[str, list[Place]] = {}
        for place in self.by_token.values():
            found.setdefault(place.level, []).append(place)
        return found

    @cached_property
    def _by_postcode(self) -> dict[str, list[Place]]:
        found: dict[str, list[Place]] = {}
        for place in self.of_level("commune"):
            for postcode in place.postcodes:
                found.setdefault(postcode, []).append(place)
        return found

    @cached_property
    def names(self) -> PlaceNames:
        """Every name, present or former."""
        return PlaceNames(self.by_token.values(), self.get)

    @cached_property
    def spelling(self) -> PlaceSpelling:
        """What misspelt names are compared with."""
        return PlaceSpelling(self.names)

    def of_level(self, level: str) -> Sequence[Place]:
        """All places of a level, by code."""
        return self._of_level.get(level, ())

    def members(self, place: Place, level: str) -> Sequence[Place]:
        """The places of a lower level that lie in this one, by code; an EPCI lies where most of its people live."""
        if place.level == "commune":
            return [place] if level == "commune" else []
        key = (place.token, level)
        if key not in self._members:
            self._members[key] = [p for p in self.of_level(level) if getattr(p, place.level) == place.code]
        return self._members[key]

    def get(self, level: str, code: str) -> Place | None:
        """The place of that level and code; a former code of commune or EPCI gives the one of today, when it is one."""
        found = self.by_token.get(f"{level}:{code}")
        if found is None and level == "commune" and code in self._former:
            found = self.by_token.get(f"commune:{self._former[code]}")
        if found is None and level == "epci" and len(today := self._former_epci.get(code, ())) == 1:
            found = self.by_token.get(f"epci:{today[0]}")
        return found

    def epci_of_code(self, code: str) -> list[Place]:
        """The EPCI of that code, or those in which the communes of a former one lie today."""
        codes = [code] if f"epci:{code}" in self.by_token else self._former_epci.get(code, ())
        return [p for c in codes if (p := self.by_token.get(f"epci:{c}"))]

    def heirs(self, code: str) -> list[Place]:
        """Today's communes on the ground of a commune code of 2019 or later; several when communes were re-created."""
        codes = split().get(code) or (code,)
        return [p for c in codes if (p := self.get("commune", c))]

    def token(self, token: str) -> Place | None:
        """The place named « level:code », or None."""
        level, _, code = token.partition(":")
        return self.get(level, code)

    def ancestors(self, place: Place) -> tuple[Place, ...]:
        """The places that hold this one, largest first; itself last."""
        if place.token in self._ancestors:
            return self._ancestors[place.token]
        chain = [("region", place.region), ("departement", place.departement), ("epci", place.epci)]
        above = [p for level, code in chain if code and level != place.level and (p := self.get(level, code))]
        return self._ancestors.setdefault(place.token, (*above, place))

    def named(self, name: str, departement: str = "", level: str = "") -> list[Place]:
        """The places of that name, present or former, the most peopled first; narrowed by département code and level."""
        found = [
            p
            for p in dict.fromkeys(n.place for n in self.names.exact(place_key(name)))
            if (not departement or p.departement == departement) and (not level or p.level == level)
        ]
        return sorted(found, key=lambda p: -(p.population or 0))

    def whole(self, name: str) -> Whole | None:
        """What a former or usual name of several places says: « Rhône-Alpes », « Seine-et-Oise »; None for any other name."""
        return self.names.wholes.get(place_key(name)) or self.names.wholes.get(level_said(place_key(name))[1])

    def together(self, name: str) -> Sequence[Place]:
        """The places that are together what a former name said: « Rhône-Alpes », its eight départements; else none."""
        whole = self.whole(name)
        return whole.places if whole and whole.together else ()

    def postcode(self, postcode: str) -> list[Place]:
        """The communes of a postcode, the most peopled first."""
        return sorted(self._by_postcode.get(postcode, ()), key=lambda p: -(p.population or 0))

    def suggest(self, typed: str, limit: int = 8, *, close: bool = True) -> list[Suggested]:
        """Places whose name, former name, code or postcode starts so, exact names first, then by population, each with the
        label to show: « Châlons-sur-Marne, aujourd’hui Châlons-en-Champagne (Marne) ».

        A whole postcode gives all its communes, whatever the limit. `close`: places nearly so named too.
        """
        wanted = place_key(typed)
        if not wanted:
            return []
        found: dict[str, tuple[Place, str]] = {}
        bare = wanted.replace(" ", "").upper()
        if bare.isdigit() or re.fullmatch(r"2[AB]\d*", bare):
            if coded := self.resolve(bare):
                limit = max(limit, len(coded))
            others = [p for code in self._by_postcode if code.startswith(bare) for p in self._by_postcode[code]]
            ranked = [*coded, *sorted(others, key=lambda p: -(p.population or 0))]
            found = {p.token: (p, "") for p in ranked}
        else:
            for named in self.names.starting(wanted):
                if not named.said or named.place.token not in found:
                    found[named.place.token] = (named.place, named.said)
            if whole := self.names.wholes.get(wanted):
                limit = max(limit, len(whole.places))
                found = {p.token: (p, "") for p in whole.places} | found
            elif not found:
                kinds, core = epci_said(wanted)
                of_kind = (n.place for n in self.names.starting(core) if n.place.level == "epci") if kinds else ()
                found = {p.token: (p, "") for p in (*of_kind, *self.resolve(typed))}
            if not found:
                return self.near(typed, limit) if close else []

            def order(pair: tuple[Place, str]) -> tuple[bool, bool, bool, int]:
                place, said = pair
                exact = place_key(said or place.name) == wanted
                # A commune comes before the EPCI that bears its name, and present names before former ones.
                people = (place.population or 0) // (4 if said or place.level == "epci" else 1)
                return (not exact, exact and bool(said), place.level != "region", -people)

            found = {p.token: (p, said) for p, said in sorted(found.values(), key=order)}
            if close and (meant := self._rather(wanted, [p for p, _ in found.values()])):
                found = {p.token: (p, said) for p, said in [*found.values()][: limit - 1]} | {meant.token: (meant, "")}
        return [Suggested(p, self._said(p, said)) for p, said in list(found.values())[:limit]]

    def _rather(self, wanted: str, found: Sequence[Place]) -> Place | None:
        """A place one letter away and far more peopled than all those found: Lyon for « Lion »."""
        if not found or any(place_key(p.name) == wanted for p in found):
            return None
        close = [n.place for n, away in self.spelling.close(wanted) if away == 1 and not n.said]
        largest = max(p.population or 0 for p in found)
        return (
            close[0]
            if close and close[0] not in found and (close[0].population or 0) > FAR_MORE_PEOPLED * largest
            else None
        )

    def _said(self, place: Place, said: str) -> str:
        """The label of a place, opened by the former name under which it was found."""
        return f"{curly(said)}, aujourd’hui {self.label(place)}" if said else self.label(place)

    def near(self, text: str, limit: int = 6) -> list[Suggested]:
        """Places whose name is close to a text that names none (« Figeca »): to ask about, never to resolve.

        A département or a postcode in the text narrows them when one lies there.
        """
        name, hosts = around_said(self, text)
        level, name_key = level_said(place_key(name))
        kinds, name_key = epci_said(name_key)
        if len(name_key) > _NAMES_LONGEST:
            return []
        levels = {level} if level else {"epci"} if kinds else set(LEVELS)
        found = [named for named, _ in self.spelling.close(name_key) if named.place.level in levels]
        inside = [n for n in found if any(getattr(n.place, host) == code for host, code in hosts)]
        labelled = {label: n.place for n in inside or found if (label := self._said(n.place, n.said))}
        return [Suggested(place, label) for label, place in list(labelled.items())[:limit]]

    def misspelt(self, name_key: str) -> list[Place]:
        """Places whose present name a text of some length misses by one letter."""
        if len(name_key) < _SURELY_MISSPELT:
            return []
        return [n.place for n, away in self.spelling.close(name_key, most=1) if away == 1 and not n.said]

    def label(self, place: Place) -> str:
        """The name a reader recognises: « Figeac (Lot) », « Vienne (département) », « Occitanie », « Paris »."""
        name = place.shown
        if place.level == "region":
            return name if place.code not in _ASKED_OVERSEAS else f"{name} ({_OVERSEAS})"
        if place.level == "departement":
            if place.token not in self._asked_departements:
                return name
            return f"{name} ({_OVERSEAS if place.code == place.region else 'département'})"
        if place.level == "epci" and not re.match(r"\w+ (?:d’|du |des? |la |les? |l’)", name):
            name = EPCI_PREFIX.sub("", name)
        above = self.get("departement", place.departement)
        if above is None or (above.name == place.name and place.code == "75056"):
            return name
        same = above.name == place.name and place.departement == place.region
        return f"{name} ({_OVERSEAS if same else above.shown})"

    @cached_property
    def _asked_departements(self) -> frozenset[str]:
        """The départements whose bare name may mean other ground: not Guadeloupe, which is a région and a département."""
        return frozenset(p.token for p in self.of_level("departement") if len(self.resolve(p.name)) > 1)

    def label_for(self, place: Place, typed: str) -> str:
        """Its label, opened by the former name when that is what was typed: for the choice between homonyms."""
        return self._said(place, next((n.said for n in self.names.exact(place_key(typed)) if n.place is place), ""))

    def formerly(self, text: str) -> bool:
        """Whether a text names a place by a code or a name of former times, or tells a part of it (an arrondissement):
        what was written then says more than today's place."""
        for part in (text, *re.split(r"[(),]|\d{5}\s", text)):
            bare, found = part.replace(" ", "").upper(), place_key(part)
            if bare in self._former_epci or (bare in self._former and not self.postcode(bare)):
                if f"commune:{bare}" not in self.by_token:
                    return True
            elif (found and (arrondissement_of(found) or ((w := self.names.wholes.get(found)) and w.former))) or (
                (names := self.names.exact(found)) and all(n.said for n in names)
            ):
                return True
        return False

    def resolve(self, text: str) -> list[Place]:
        """What a person may mean: « level:code », a code, a postcode, « nom (département) » or a name.

        One answer is sure, several are homonyms to ask about, none is unknown.
        """
        return read_place(self, text)


def _places() -> Iterator[Place]:
    # Communes first: the area of a larger place is the sum of theirs.
    areas: dict[str, float] = {}
    for level, file in zip(reversed(LEVELS), ("communes", "epci", "departements", "regions"), strict=True):
        reader = csv.reader(read_text(f"places/{file}.csv").splitlines())
        at = {name: place for place, name in enumerate([*next(reader)])}
        width = len(at)
        columns = [at.get(name, width) for name in ("departement", "region", "epci", "postcodes", "kind", "area_km2")]
        departement_at, region_at, epci_at, postcodes_at, kind_at, area_at = columns
        name_at, population_at, east_at, north_at = (at[n] for n in ("name", "population", "longitude", "latitude"))
        for row in reader:
            code = row[0]
            row.append("")  # what a column that the file does not have reads
            departement = row[departement_at] or (code if level == "departement" else "")
            region = row[region_at] or (code if level == "region" else "")
            epci = row[epci_at] or (code if level == "epci" else "")
            area = float(row[area_at]) if row[area_at] else areas.get(f"{level}:{code}")
            if area and level == "commune":
                for above in (f"epci:{epci}", f"departement:{departement}", f"region:{region}"):
                    areas[above] = areas.get(above, 0.0) + area
            yield Place(
                level,
                code,
                row[name_at],
                departement,
                region,
                epci,
                int(row[population_at]) if row[population_at] else None,
                tuple(row[postcodes_at].split()),
                row[kind_at],
                area,
                (float(row[east_at]), float(row[north_at])) if row[east_at] else None,
            )


@cache
def gazetteer() -> Gazetteer:
    """The committed places (content/places), read once: about 36,500 of them; names are read when first asked for."""
    former = csv.reader(read_text("places/communes-anciennes.csv").splitlines())
    epci = csv.reader(read_text("places/epci-anciens.csv").splitlines())
    return Gazetteer(_places(), {row[0]: row[2] for row in former}, {row[0]: row[3].split() for row in epci})


def place_names() -> PlaceNames:
    """Every name of the committed places. Raises ContentError when former-names.csv names a place that is none."""
    return gazetteer().names


@cache
def neighbours() -> Mapping[str, tuple[str, ...]]:
    """By token, the tokens of the places of the same level that touch it."""
    found = {}
    for row in read_csv("places/neighbours.csv"):
        level = row["place"].partition(":")[0]
        found[row["place"]] = tuple(f"{level}:{code}" for code in row["neighbours"].split())
    return found
