"""Which recorded alliances are closest to somebody's need, and why each: pure, from records and what was answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any  # records are JSON

from alliage.vocabulary.places import Place, gazetteer
from alliage.vocabulary.profiles import Profile
from alliage.vocabulary.terms import terms

COMPUTATION = (
    "Le besoin compte jusqu’à 4 points (à quel point ses mots sont dans la fiche), chaque sujet commun 2 points (deux au "
    "plus), la même tendance 2 points, le même type de territoire 2 points, le même département 1 point ou la même région un demi-point, un "
    "partenaire de votre nature et de votre taille 2 points (1 point pour la nature seule), une fiche bien documentée "
    "un demi-point. Si vous êtes petit, une petite alliance au moins est montrée."
)
NEED, DOMAIN, TREND, KIND, DEPARTEMENT, REGION, SAME_SIZE, SAME_NATURE = 4.0, 2.0, 2.0, 2.0, 1.0, 0.5, 2.0, 1.0
DOCUMENTED = 0.5
DOMAINS_COUNTED = 2
WELL_SAID = 0.5  # of the best answer to the need: from there on, a case is about it
SMALL_PROFILES = frozenset({"association", "tpe-pme", "commune-epci", "habitants"})
SMALL_SIZES = frozenset({"tpe", "pme"})
SMALL_KINDS = frozenset({"rural", "petite-ville"})


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: what is known of them. `kinds`: of their territory (territory_kinds.yaml); `trend`: the one advised."""

    profile: Profile | None = None
    domains: tuple[str, ...] = ()
    place: Place | None = None
    kinds: tuple[str, ...] = ()
    trend: str = ""

    @property
    def small(self) -> bool:
        """Whether a small case would help more than a large one."""
        return self.profile is not None and self.profile.id in SMALL_PROFILES


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record (the shape of a search hit), how well its words answer the need (0 to 1) and why; its territory's kinds."""

    record: Mapping[str, Any]
    need: float = 0.0
    why: str = ""
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Close:
    """A case to show: its points, the reasons in French, whether it is a small one, whether it is about the same need
    (a subject shared, or the words of the need well answered) and not alike by its form alone."""

    record: Mapping[str, Any]
    points: float
    reasons: tuple[str, ...]
    small: bool
    same_need: bool = False


def is_small(candidate: Candidate) -> bool:
    """A local alliance without a large partner, of a village or small town or with a small partner."""
    sizes = {p.get("size") for p in candidate.record["partners"]}
    local = candidate.record.get("scale") in (None, "", "local")
    return (
        local
        and "grande" not in sizes
        and bool(SMALL_KINDS.intersection(candidate.kinds) or SMALL_SIZES.intersection(sizes))
    )


def closeness(candidate: Candidate, asker: Asker) -> Close:
    """The points of a case for somebody, and their reasons, the weightiest first."""
    record = candidate.record
    told: list[tuple[float, str]] = []
    if candidate.need:
        told.append((NEED * candidate.need, candidate.why or "les mots de votre besoin y sont"))
    shared = [d for d in asker.domains if d in (record.get("domains") or ())]
    if shared:
        labels = " et ".join(terms("domains").label(d).lower() for d in shared[:DOMAINS_COUNTED])
        told.append((DOMAIN * len(shared[:DOMAINS_COUNTED]), f"même sujet\u00a0: {labels}"))
    if asker.trend and record.get("trend") == asker.trend:
        told.append((TREND, "même tendance"))
    if common := [k for k in asker.kinds if k in candidate.kinds]:
        label = terms("territory_kinds").label(common[0]).partition(" (")[0].lower()
        told.append((KIND, f"même type de territoire\u00a0: {label}"))
    if near := _near(record, asker.place):
        told.append(near)
    if asker.profile and (alike := _alike(record["partners"], asker.profile)):
        told.append(alike)
    points = sum(weight for weight, _ in told)
    points += DOCUMENTED if record.get("documentation") == "bien-documentee" else 0
    reasons = tuple(text for _, text in sorted(told, key=lambda t: -t[0]))
    return Close(record, points, reasons, is_small(candidate), bool(shared) or candidate.need >= WELL_SAID)


def closest(candidates: Iterable[Candidate], asker: Asker, number: int = 3) -> list[Close]:
    """The closest cases, best first; equal points by id, so that the order of the candidates never matters. The last
    one gives way to the best small case when the asker is small and none is shown."""
    ranked = sorted((closeness(c, asker) for c in candidates), key=lambda c: (-c.points, c.record["id"]))
    shown = ranked[:number]
    if asker.small and shown and not any(c.small for c in shown):
        small = next((c for c in ranked[number:] if c.small), None)
        shown = [*shown[: number - 1], small] if small else shown
    return shown


def _near(record: Mapping[str, Any], place: Place | None) -> tuple[float, str] | None:
    if place is None:
        return None
    held = [p for r in record["places"] if (p := gazetteer().get(r["level"], r["code"]))]
    departement = place.code if place.level == "departement" else place.departement
    region = place.code if place.level == "region" else place.region
    for level, code, weight in (("departement", departement, DEPARTEMENT), ("region", region, REGION)):
        here = gazetteer().get(level, code) if code else None
        if here and any(code in (getattr(p, level), p.code if p.level == level else None) for p in held):
            return weight, f"près de chez vous\u00a0: {here.shown}"
    return None


def _alike(partners: Sequence[Mapping[str, Any]], profile: Profile) -> tuple[float, str] | None:
    same = [p for p in partners if p.get("kind") in profile.kinds]
    sized = [p for p in same if p.get("size") in profile.sizes]
    if sized:
        return SAME_SIZE, f"un partenaire comme vous\u00a0: {sized[0]['name']}"
    if same:
        return SAME_NATURE, f"un partenaire de votre nature\u00a0: {same[0]['name']}"
    return None
