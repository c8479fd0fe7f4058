"""From a recommended form to what makes it real: close cases, who could play each part, whom to call, what to read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any  # records are JSON

from alliage.catalogue import queries
from alliage.rules.closeness import Asker, Candidate, Close, closeness, closest
from alliage.search.own_places import territory_kinds
from alliage.search.request import SearchRequest
from alliage.search.results import Hit, Search
from alliage.vocabulary.method import UNSURE, Answers
from alliage.vocabulary.place_prepositions import where_in_french
from alliage.vocabulary.places import Place, gazetteer
from alliage.vocabulary.profiles import profiles
from alliage.vocabulary.starting import Helper, starting
from alliage.vocabulary.territories import Network, territories
from alliage.vocabulary.typology import RoleToFill, typology

CASES, POOL = 3, 30
ORGANISATIONS_A_ROLE, CASES_A_ROLE = 3, 8


@dataclass(frozen=True, slots=True)
class Player:
    """An organisation that has played a part before, and in which alliance."""

    name: str
    organisation: str
    alliance: str
    title: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part to fill, and organisations of the base, near first, that have played it; `where` is as far as one looked."""

    role: RoleToFill
    players: tuple[Player, ...]
    where: str


@dataclass(frozen=True, slots=True)
class Chain:
    """What goes with one form. `thin`: fewer cases than wished, hence the networks to call first."""

    mode: str
    trend: str
    cases: tuple[Close, ...]
    parts: tuple[Part, ...]
    networks: tuple[Network, ...]
    helpers: tuple[Helper, ...]
    lesson: Mapping[str, Any] | None

    @property
    def beside(self) -> bool:
        """Whether most of its cases are close by their form alone, and not by what they are about."""
        return sum(c.same_need for c in self.cases) < CASES - 1

    @property
    def thin(self) -> bool:
        return len(self.cases) < CASES or not any(p.players for p in self.parts)


def asker_of(answers: Answers) -> Asker:
    """Who asks, as far as the answers tell."""
    who = profiles().get(_one(answers, "acteur"))
    place = place_of(answers)
    domains = tuple(d for d in answers.get("domaines", ()) if d != UNSURE)
    kinds = tuple(territory_kinds([place.token], domains)) if place else ()
    return Asker(who, domains, place, kinds)


def place_of(answers: Answers) -> Place | None:
    """The place answered, when it is one; a text that names none or several is no place."""
    said = _one(answers, "lieu")
    if not said or said == UNSURE:
        return None
    found = gazetteer().token(said)
    if found is None:
        meant = gazetteer().resolve(said)
        found = meant[0] if len(meant) == 1 else None
    return found


def _one(answers: Answers, question: str) -> str:
    return next(iter(answers.get(question, ())), "")


def cases_of(
    search: Search, answers: Answers, *, mode: str, trend: str = "", without: Collection[str] = ()
) -> list[Close]:
    """The cases of a form closest to what was answered, those of its trend and of the rest of its mode together: a case
    of the same subject may teach more than one of the same trend. Raises IndexUnavailable."""
    asker, need = replace(asker_of(answers), trend=trend), _one(answers, "besoin")
    forms: list[dict[str, tuple[str, ...]]] = [{"mode": (mode,)}]
    if trend:
        forms.append({"trend": (trend,)})
    pool = {c.record["id"]: c for filters in forms for c in _pool(search, need, asker, filters)}
    return closest([c for id, c in pool.items() if id not in without], asker, CASES)


def cases_alone(search: Search, answers: Answers, *, mode: str, trend: str, without: Collection[str]) -> Chain:
    """The chain of a form with its cases alone, others than those already shown: for a form that is not the first."""
    cases = cases_of(search, answers, mode=mode, trend=trend, without=without)
    return Chain(mode, trend, tuple(cases), (), (), (), None)


def cases_of_need(search: Search, answers: Answers, *, without: Collection[str]) -> list[Close]:
    """The closest cases about the same need, whatever their form; one that is over may be the only one to have tried,
    and says so. Empty when the base knows none. Raises IndexUnavailable."""
    # What counts here is what they are about: a town alike does not make another subject close.
    asker = replace(asker_of(answers), place=None, kinds=())
    pool = _pool(search, _one(answers, "besoin"), asker, {}, over=True)
    others = [c for c in pool if c.record["id"] not in without and closeness(c, asker).same_need]
    return closest(others, asker, CASES)


def _pool(
    search: Search, need: str, asker: Asker, filters: dict[str, tuple[str, ...]], *, over: bool = False
) -> list[Candidate]:
    """Candidates of a form: by the words of the need, by subject, and the latest; those that are over only if asked."""
    hits: dict[str, tuple[Hit, float]] = {}
    if need and need != UNSURE:
        told = search.answer(SearchRequest(q=need, filters=filters, limit=POOL), facets=()).hits
        # Against the best answer of the whole base: the best of a form may answer the need badly.
        best = max(
            (h.score for h in (*search.answer(SearchRequest(q=need, limit=1), facets=()).hits, *told)), default=1.0
        )
        hits |= {h.record["id"]: (h, h.score / (best or 1.0)) for h in told}
    asked = [SearchRequest(filters=filters, limit=POOL)]
    if asker.domains:
        asked.insert(0, SearchRequest(filters={**filters, "domain": asker.domains}, limit=POOL))
    for request in asked:
        for hit in search.answer(request, facets=()).hits:
            hits.setdefault(hit.record["id"], (hit, 0.0))
    return [_candidate(hit, need) for hit, need in hits.values() if over or hit.record.get("status") != "ended"]


def _candidate(hit: Hit, need: float) -> Candidate:
    record = hit.record
    own = [f"{p['level']}:{p['code']}" for p in record["places"]]
    kinds = tuple(territory_kinds(own, record.get("domains") or ()))
    return Candidate(record, need, hit.reason if need else "", kinds)


def chain_of(search: Search, answers: Answers, *, mode: str, trend: str = "") -> Chain:
    """The chain of a form; four database queries whatever is found. Raises IndexUnavailable."""
    cases = cases_of(search, answers, mode=mode, trend=trend)
    place = place_of(answers)
    return Chain(
        mode=mode,
        trend=trend,
        cases=tuple(cases),
        parts=_parts(search, mode, asker_of(answers)),
        networks=territories().networks.get(place.region if place else "", ()),
        helpers=starting().who_can_help,
        lesson=_lesson(search, cases, mode),
    )


def _lesson(search: Search, cases: Sequence[Close], mode: str) -> Mapping[str, Any] | None:
    """The record whose lessons to read next: of the cases shown if one has some, else of the form."""
    told: dict[str, tuple[str, ...]] = {"lessons": ("oui",)}
    ids = tuple(c.record["id"] for c in cases)
    asked = [SearchRequest(ids=ids, filters=told, limit=1)] if ids else []
    for request in [*asked, SearchRequest(filters={**told, "mode": (mode,)}, limit=1)]:
        if hits := search.answer(request, facets=()).hits:
            return hits[0].record
    return None


def _parts(search: Search, mode: str, asker: Asker) -> tuple[Part, ...]:
    """Each part of the form with organisations of the base that have played it, from the nearest circle that has some."""
    roles = typology().mode(mode).roles
    around = [(place, label, asker.domains) for place, label in _circles(asker.place)]
    if asker.domains:  # somebody near who has played it on another subject is better than nobody
        around += [(p, f"{label}, sur d’autres sujets", ()) for p, label, _ in around if p]
    seen: dict[str, tuple[list[str], str]] = {}
    for role in roles:
        for place, label, domains in around:
            filters: dict[str, tuple[str, ...]] = {"role": (role.id,)}
            if place:
                filters["place"] = (place.token,)
            if domains:
                filters["domain"] = domains
            told = search.answer(SearchRequest(filters=filters, limit=CASES_A_ROLE), facets=()).hits
            if hits := [h for h in told if h.record.get("status") != "ended"]:
                seen[role.id] = ([h.record["id"] for h in hits], label)
                break
    ids = list(dict.fromkeys(id for found, _ in seen.values() for id in found))
    records = {r["id"]: r for r in queries.records_by_slug(ids)} if ids else {}
    return tuple(
        Part(role, _players(role.id, [records[i] for i in seen[role.id][0] if i in records]), seen[role.id][1])
        if role.id in seen
        else Part(role, (), "")
        for role in roles
    )


def _circles(place: Place | None) -> list[tuple[Place | None, str]]:
    """From near to far: the département, the région, the country."""
    held = [
        p for p in (reversed(gazetteer().ancestors(place)) if place else ()) if p.level in ("departement", "region")
    ]
    return [*((p, where_in_french(p)) for p in held), (None, "dans toute la France")]


def _players(role: str, records: Sequence[Mapping[str, Any]]) -> tuple[Player, ...]:
    found: dict[str, Player] = {}
    for record in records:
        for partner in record["partners"]:
            if role in partner["contributions"] and partner.get("organisation"):
                key = partner["organisation"]
                found.setdefault(key, Player(partner["name"], key, record["id"], record["title"]))
    return tuple(found.values())[:ORGANISATIONS_A_ROLE]
