"""How many alliances answer a request, and how many have each value of each facet; remembered by generation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar  # Any: what the engine answers

import tantivy

from alliage.search.facets import FACETS, NONE
from alliage.search.index import Generation
from alliage.search.query import Clause, filter_clauses, whole
from alliage.search.remembered import Remembered
from alliage.search.request import SearchRequest
from alliage.vocabulary.places import gazetteer

_DEPARTEMENTS = {"terms": {"field": "departement", "size": 130}}
_Kept = TypeVar("_Kept")


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a facet and how many alliances have it, the facet's own filter set aside."""

    value: str
    label: str
    count: int
    chosen: bool


def _bare(request: SearchRequest) -> SearchRequest:
    """A request without what changes no count."""
    return replace(request, cursor="", sort="relevance", limit=1, near="")


@dataclass(frozen=True, slots=True)
class Counting:
    """The counts of one request on one generation; `text`: the clauses of its words, `required` how many must stand."""

    generation: Generation
    request: SearchRequest
    text: list[Clause]
    required: int
    kept: Remembered

    def _key(self, kind: str, request: SearchRequest) -> tuple[Any, ...]:
        return (kind, self.required, _bare(request).digest())

    def name(self) -> tuple[Any, ...]:
        """What tells this list apart from others of its generation, whatever its order."""
        return self._key("list", self.request)

    def _worded(self) -> bool:
        return bool(self.request.q)

    def known(self) -> int | None:
        """The count of the list, when it was asked before."""
        found: int | None = self.kept.get(self.generation, self._key("count", self.request), self._worded())
        return found

    def learn(self, count: int) -> int:
        """Keeps the count of the list, that a page gave."""
        return self.kept.keep(self.generation, self._key("count", self.request), self._worded(), count)

    def count(self, request: SearchRequest | None = None) -> int:
        """The number of alliances of this request, or of one with other filters."""
        request = request or self.request
        query = whole([*self.text, *filter_clauses(request)])
        key = self._key("count", request)
        return self.kept.made(self.generation, key, self._worded(), lambda: count_of(self.generation.searcher, query))

    def aggregate(self, asked: dict[str, Any], more: Sequence[Clause] = ()) -> dict[str, Any]:
        """What the engine counts over the list, narrowed by more clauses."""
        query = whole([*self.text, *filter_clauses(self.request), *more])
        return dict(self.generation.searcher.aggregate(query, asked))

    def by_period(self, periods: Sequence[tuple[int | None, int | None]]) -> list[int]:
        """How many alliances of the list began in each period (first and last year, None: open)."""
        bounds: list[dict[str, int | None]] = [
            {"from": first} if last is None else {"to": last + 1} if first is None else {"from": first, "to": last + 1}
            for first, last in periods
        ]
        # The engine answers from the earliest to the latest, so one period an aggregation keeps them apart.
        asked = {str(n): {"range": {"field": "year", "ranges": [bound]}} for n, bound in enumerate(bounds)}

        def make() -> list[int]:
            told = self.aggregate(asked)
            return [sum(b["doc_count"] for b in told[n]["buckets"] if _is_asked(b, bounds[int(n)])) for n in asked]

        return self.remembered(("by period", repr(periods)), make, len)

    def remembered(self, what: tuple[str, ...], make: Callable[[], _Kept], size: Callable[[_Kept], int]) -> _Kept:
        """Another count of this list, kept under its name; `size`: how many numbers it holds."""
        return self.kept.made(self.generation, (*self._key("other", self.request), *what), self._worded(), make, size)

    def facets(self, names: Sequence[str]) -> dict[str, list[FacetValue]]:
        """The values of these facets, the most frequent first, « non renseigné » last."""
        free = tuple(n for n in names if n not in self.request.filters)
        found = self._together(free) if free else {}
        return {n: found[n] if n in found else self._alone(n) for n in names}

    def _together(self, names: tuple[str, ...]) -> dict[str, list[FacetValue]]:
        """The facets that no filter touches: one walk over the list counts them all."""

        def make() -> dict[str, list[FacetValue]]:
            told = self._aggregated(self.request, "", {n: _terms(n) for n in names})
            return {n: _ordered(n, _counts(told[n]), ()) for n in names}

        return self.kept.made(
            self.generation,
            (*self._key("facets", self.request), names),
            self._worded(),
            make,
            lambda told: sum(map(len, told.values())),
        )

    def _alone(self, name: str) -> list[FacetValue]:
        """A facet that is filtered: counted without its own filter, so that its other values can be chosen."""
        own = self.request.filters[name]
        others = replace(self.request, filters={n: v for n, v in self.request.filters.items() if n != name})

        def make() -> list[FacetValue]:
            asked = {name: _terms(name)} | ({"departement": _DEPARTEMENTS} if name == "place" else {})
            told = self._aggregated(self.request, name, asked)
            counts = _counts(told[name])
            if name == "place":
                counts |= _inside(own, _counts(told["departement"]))
            for value in own:
                if value not in counts:
                    counts[value] = self.count(replace(others, filters={**others.filters, name: (value,)}))
            return _ordered(name, counts, own)

        return self.kept.made(self.generation, (*self._key("facet", others), name, own), self._worded(), make, len)

    def _aggregated(self, request: SearchRequest, but: str, asked: dict[str, Any]) -> dict[str, Any]:
        query = whole([*self.text, *filter_clauses(request, but=but)])
        return dict(self.generation.searcher.aggregate(query, asked))


def count_of(searcher: tantivy.Searcher, query: tantivy.Query) -> int:
    """How many alliances answer a query: counted by the engine without scoring any."""
    return int(searcher.aggregate(query, {"number": {"value_count": {"field": "key"}}})["number"]["value"])


def _is_asked(bucket: dict[str, Any], bound: dict[str, int | None]) -> bool:
    """Whether a bucket is the period asked for: the engine adds what lies before and after it."""
    return bucket.get("from") == bound.get("from") and bucket.get("to") == bound.get("to")


def _terms(name: str) -> dict[str, Any]:
    facet = FACETS[name]
    return {"terms": {"field": facet.field, "size": facet.most}}


def _counts(told: dict[str, Any]) -> dict[str, int]:
    return {str(b["key"]): int(b["doc_count"]) for b in told["buckets"]}


def _ordered(name: str, counts: dict[str, int], own: tuple[str, ...]) -> list[FacetValue]:
    facet = FACETS[name]
    values = [FacetValue(value, facet.label(value), number, value in own) for value, number in counts.items()]
    return sorted(values, key=lambda v: (v.value == NONE, -v.count, v.label))


def _inside(chosen: tuple[str, ...], counts: dict[str, int]) -> dict[str, int]:
    """Départements of the chosen regions, counted: the next step down."""
    regions = {p.region for token in chosen if (p := gazetteer().token(token))}
    places = ((gazetteer().token(token), number) for token, number in counts.items())
    return {place.token: number for place, number in places if place and place.region in regions}
