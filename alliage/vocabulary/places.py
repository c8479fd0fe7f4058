"""Places by official code: communes, EPCI, départements, régions, overseas collectivities; who is part of what."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from alliage.vocabulary.loading import read_csv
from alliage.vocabulary.words import key

LEVELS = ("region", "departement", "epci", "commune")
LEVEL_LABELS = {
    "region": "région",
    "departement": "département",
    "epci": "intercommunalité",
    "commune": "commune",
}
_EPCI_PREFIX = re.compile(r"^(?:CC|CA|CU|METRO|MET69)\s+")


@dataclass(frozen=True, slots=True)
class Place:
    """One place of the current division. `token` (« commune:69123 ») names it in addresses and the index."""

    level: str
    code: str
    name: str
    departement: str = ""
    region: str = ""
    epci: str = ""
    population: int | None = None
    postcodes: tuple[str, ...] = ()

    @property
    def token(self) -> str:
        return f"{self.level}:{self.code}"


def place_key(text: str) -> str:
    """The key of a place name: accents, case, hyphens and « St » / « Saint » do not count."""
    words = ["saint" if w == "st" else "sainte" if w == "ste" else w for w in key(text).split()]
    return " ".join(w for w in words if w != "cedex")


class Gazetteer:
    """All places, found by token, code, former code, name or postcode."""

    def __init__(self, places: Iterable[Place], former: Iterable[tuple[str, str, str]] = ()) -> None:
        self.by_token: dict[str, Place] = {}
        self._by_name: dict[str, list[Place]] = {}
        self._by_postcode: dict[str, list[Place]] = {}
        self._former: dict[str, str] = {}
        self._ancestors: dict[str, tuple[Place, ...]] = {}
        for place in places:
            self.by_token[place.token] = place
            self._by_name.setdefault(place_key(place.name), []).append(place)
            if place.level == "epci":
                short = place_key(_EPCI_PREFIX.sub("", place.name))
                if place not in (alike := self._by_name.setdefault(short, [])):
                    alike.append(place)
            for postcode in place.postcodes:
                self._by_postcode.setdefault(postcode, []).append(place)
        for code, name, commune in former:
            today = self.by_token.get(f"commune:{commune}")
            if today is None:
                continue
            self._former.setdefault(code, commune)
            if name and today not in self._by_name.setdefault(place_key(name), []):
                self._by_name[place_key(name)].append(today)
        self._names = sorted(self._by_name)

    def get(self, level: str, code: str) -> Place | None:
        """The place of that level and code; a former commune code gives today's commune."""
        found = self.by_token.get(f"{level}:{code}")
        if found is None and level == "commune" and code in self._former:
            found = self.by_token.get(f"commune:{self._former[code]}")
        return found

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
        """The places of that name, the most peopled first; narrowed by département code and level."""
        found = [
            p
            for p in self._by_name.get(place_key(name), ())
            if (not departement or p.departement == departement) and (not level or p.level == level)
        ]
        return sorted(found, key=lambda p: -(p.population or 0))

    def postcode(self, postcode: str) -> list[Place]:
        """The communes of a postcode, the most peopled first."""
        return sorted(self._by_postcode.get(postcode, ()), key=lambda p: -(p.population or 0))

    def starting_with(self, prefix: str, limit: int = 8) -> list[Place]:
        """Places whose name, code or postcode starts so: exact names first, then by population."""
        wanted = place_key(prefix)
        if not wanted:
            return []
        if wanted.isdigit():
            codes = [p for code in self._by_postcode if code.startswith(wanted) for p in self._by_postcode[code]]
            found = {p.token: p for p in codes}
            if (p := self.get("commune", wanted)) or (p := self.get("departement", wanted)):
                found = {p.token: p, **found}
        else:
            at = bisect_left(self._names, wanted)
            found = {}
            while at < len(self._names) and self._names[at].startswith(wanted):
                found.update((p.token, p) for p in self._by_name[self._names[at]])
                at += 1

        def order(p: Place) -> tuple[bool, int, int]:
            return (
                place_key(p.name) != wanted,
                LEVELS.index(p.level) if p.level == "region" else 1,
                -(p.population or 0),
            )

        return sorted(found.values(), key=order)[:limit]

    def label(self, place: Place) -> str:
        """The name a reader recognises: « Figeac (Lot) », « Occitanie »."""
        above = self.get("departement", place.departement) if place.level in ("commune", "epci") else None
        name = _EPCI_PREFIX.sub("", place.name) if place.level == "epci" else place.name
        return f"{name} ({above.name})" if above else name

    def resolve(self, text: str) -> list[Place]:
        """What a person may mean: « level:code », a code, a postcode, « nom (département) » or a name.

        One answer is sure, several are homonyms to ask about, none is unknown.
        """
        text = text.strip()
        if (p := self.token(text)) is not None:
            return [p]
        bare = text.replace(" ", "").upper()
        if re.fullmatch(r"\d{5}|2[AB]\d{3}", bare):
            by_code, by_post = self.get("commune", bare), self.postcode(bare)
            if by_code and by_post and by_code not in by_post:
                return [by_code, *by_post]
            return [by_code] if by_code and not by_post else by_post or []
        if re.fullmatch(r"\d{9}", bare) and (p := self.get("epci", bare)):
            return [p]
        if re.fullmatch(r"\d{2,3}|2[AB]", bare) and (p := self.get("departement", bare)):
            return [p]
        if match := re.fullmatch(r"(.+?)\s*[(,]\s*(.+?)\s*\)?", text):
            name, around = match.groups()
            hosts = [p for p in self.resolve(around) if p.level in ("departement", "region")] if around != text else []
            for host in hosts:
                inside = [
                    p
                    for p in self.named(name)
                    if host.code in (p.departement if host.level == "departement" else p.region,)
                ]
                if inside:
                    return _largest_level(inside)
        if match := re.fullmatch(r"(\d{5})\s+(.+)", text):
            near = [p for p in self.postcode(match[1]) if place_key(p.name) == place_key(match[2])]
            return near or self.postcode(match[1])
        return _largest_level(self.named(text))


def _largest_level(found: list[Place]) -> list[Place]:
    """Homonyms of one level only: a région or a département wins over communes of the same name, a commune over its EPCI."""
    for level in ("region", "departement", "commune", "epci"):
        same = [p for p in found if p.level == level]
        if same:
            return same
    return []


@cache
def gazetteer() -> Gazetteer:
    """The committed places (content/places), read once: about 36,500 of them."""

    def rows() -> Iterable[Place]:
        for level, file in zip(LEVELS, ("regions", "departements", "epci", "communes"), strict=True):
            for row in read_csv(f"places/{file}.csv"):
                yield Place(
                    level=level,
                    code=row["code"],
                    name=row["name"],
                    departement=row.get("departement") or (row["code"] if level == "departement" else ""),
                    region=row.get("region") or (row["code"] if level == "region" else ""),
                    epci=row.get("epci") or (row["code"] if level == "epci" else ""),
                    population=int(row["population"]) if row.get("population") else None,
                    postcodes=tuple((row.get("postcodes") or "").split()),
                )

    former = ((r["code"], r["name"], r["commune"]) for r in read_csv("places/communes-anciennes.csv"))
    return Gazetteer(rows(), former)
