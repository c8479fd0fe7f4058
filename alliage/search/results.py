"""A request answered: the hits of a page, the count, the facets, the cursor to the next page."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any  # a hit is JSON

import tantivy

from alliage.search.counting import Counting, FacetValue
from alliage.search.documents import stored_hit
from alliage.search.explain import lit, reason
from alliage.search.facets import FACETS, NONE
from alliage.search.index import Generation, IndexReader
from alliage.search.query import (
    LITTLE,
    Clause,
    Must,
    MustNot,
    Should,
    Wording,
    filter_clauses,
    near_clauses,
    required_concepts,
    term,
    text_clauses,
    understand,
    whole,
)
from alliage.search.remembered import Remembered, Room
from alliage.search.request import BadRequest, SearchRequest
from alliage.search.schema import schema
from alliage.search.territory import (
    Clusters,
    Split,
    clusters,
    counts_by_place,
    facet_by_place,
    national_request,
    split,
)
from alliage.vocabulary.places import Place, gazetteer

COUNTED_FACETS = tuple(FACETS)
# Counts by place are larger answers, hence fewer: the communes of the whole country by form are about 100,000 numbers.
KEPT_PLACES_WITH_WORDS, KEPT_PLACES = Room(64, 60_000), Room(256, 300_000)
# What makes two alliances alike: scores added for each thing in common, and the weight of the words of the need.
LIKENESS = {"trend": 14.0, "domain": 9.0, "mode": 3.0, "place": 2.0, "text": 0.35}


class CursorExpired(Exception):
    """The list that this cursor continues is no longer kept: the search must start again."""


@dataclass(frozen=True)
class Hit:
    """One result: `record` is the stored hit (search.documents.hit_of); words are lit only where they are shown."""

    record: Mapping[str, Any]
    score: float
    wording: Wording
    asked: SearchRequest

    @cached_property
    def title(self) -> list[tuple[str, bool]]:
        """The title in pieces; True where a word answers the query."""
        return lit(self.record["title"], self.wording)

    @cached_property
    def need(self) -> list[tuple[str, bool]]:
        """What it is for, in pieces."""
        told = self.record.get("need") or self.record.get("summary") or self.record.get("action") or ""
        return lit(told, self.wording)

    @cached_property
    def reason(self) -> str:
        """Why this one, in one line; empty when nothing was asked."""
        return reason(self.record, self.wording, self.asked.near) if self.asked.q or self.asked.near else ""


@dataclass(frozen=True)
class SearchAnswer:
    """What a search gives. `relaxed`: too few held all the words, so those that hold some were taken."""

    count: int
    hits: list[Hit]
    facets: dict[str, list[FacetValue]]
    next: str
    generation: str
    revision: int
    corrections: tuple[tuple[str, str], ...] = ()
    relaxed: bool = False


class Search:
    """Answers requests on one index; one a process, shared by threads."""

    def __init__(self, reader: IndexReader) -> None:
        self.reader = reader
        self._kept = Remembered()
        self._kept_places = Remembered(KEPT_PLACES_WITH_WORDS, KEPT_PLACES)

    def answer(self, request: SearchRequest, *, facets: tuple[str, ...] = COUNTED_FACETS) -> SearchAnswer:
        """Runs a request. Raises BadRequest, CursorExpired, IndexUnavailable."""
        generation, start = self._start(request)
        searcher = generation.searcher
        wording, required, relaxed = self._understood(request.q, generation)
        text = text_clauses(wording, required)
        counting = Counting(generation, request, text, required, self._kept)
        clauses = [*text, *filter_clauses(request)]
        count = counting.known()
        query = whole([*clauses, *near_clauses(request)])
        sort = effective_sort(request)

        # The walk that finds the first page counts the list as well; what comes after a date or a title is a part of it.
        def walk() -> _Page:
            return _page(searcher, query, clauses, request, sort, start, counted=count is None)

        if request.q or request.near or request.cursor:
            found, following, walked = walk()
        else:  # the first page of a list without words: everybody's
            page = ("page", sort, request.limit, *counting.name())
            found, following, walked = self._kept.made(generation, page, False, walk, lambda told: len(told[0]))
        if count is None:
            count = counting.learn(walked) if walked is not None else counting.count()
        hits = [self._hit(searcher, address, score, wording, request) for score, address in found]
        following = (
            _encode(request, generation, following) if following is not None and len(found) == request.limit else ""
        )
        return SearchAnswer(
            count=count,
            hits=hits,
            facets=counting.facets(facets),
            next=following,
            generation=generation.id,
            revision=generation.revision,
            corrections=wording.corrections,
            relaxed=relaxed,
        )

    def ids(self, request: SearchRequest) -> Iterator[str]:
        """The ids of every alliance that answers, on one generation, in the order of the list."""
        generation = self.reader.latest()
        wording, required, _ = self._understood(request.q, generation)
        text = text_clauses(wording, required)
        clauses = [*text, *filter_clauses(request)]
        number = Counting(generation, request, text, required, self._kept).count()
        if not number:
            return
        searcher, sort = generation.searcher, effective_sort(request)
        field, order = ORDERS[sort]
        query = whole([*clauses, *near_clauses(request)])
        if field:
            result = searcher.search(query, number, count=False, order_by_field=field, order=order)
        else:
            result = searcher.search(query, number, count=False)
        for _, address in result.hits:
            yield str(searcher.doc(address).get_first("id"))

    def by_id(self, id: str) -> Mapping[str, Any] | None:
        """The stored hit of one alliance."""
        searcher = self.reader.latest().searcher
        found = searcher.search(term("id", id), 1, count=False).hits
        return stored_hit(searcher, found[0][1]) if found else None

    def similar(self, record: Mapping[str, Any], limit: int = 4) -> list[Hit]:
        """The alliances most like a record: a domain or the trend in common, then the need, the form and the place."""
        generation = self.reader.latest()
        text = " ".join([record["title"], record.get("need") or "", *(record.get("keywords") or ())])
        wording = understand(text, generation.searcher)
        rare = sorted(
            (c for c in wording.concepts if not c.weak),
            key=lambda c: min((generation.searcher.doc_freq("s_need", s) or 10**9) for s in c.alternatives[0].stems[0]),
        )[:24]
        words = tantivy.Query.boolean_query(text_clauses(replace(wording, concepts=tuple(rare), corrections=()), 1))
        near = {
            above.token
            for p in record["places"]
            if (place := gazetteer().get(p["level"], p["code"]))
            for above in gazetteer().ancestors(place)
            if above.level in ("region", "departement")
        }
        alike = [("domain", d, LIKENESS["domain"]) for d in record.get("domains") or ()]
        alike += [("trend", record["trend"], LIKENESS["trend"])] if record.get("trend") else []
        alike += [("mode", record["mode"], LIKENESS["mode"])] if record.get("mode") else []
        alike += [("place", token, LIKENESS["place"]) for token in sorted(near)]
        lifted = [(Should, tantivy.Query.const_score_query(term(f, v), score)) for f, v, score in alike]
        clauses: list[Clause] = [(Should, tantivy.Query.boost_query(words, LIKENESS["text"])), *lifted]
        shared = [(Should, term(f, v)) for f, v, _ in alike if f in ("domain", "trend")]
        if shared:
            clauses.append((Must, tantivy.Query.const_score_query(tantivy.Query.boolean_query(shared), 0.0)))
        clauses.append((MustNot, term("id", record["id"])))
        found = generation.searcher.search(whole(clauses), limit, count=False).hits
        unasked = Wording(wording.parsed, (), ())
        return [self._hit(generation.searcher, a, s, unasked, SearchRequest()) for s, a in found]

    def matrix(self) -> dict[str, int]:
        """The number of alliances of each mode and trend, for the matrix."""
        answer = self.answer(SearchRequest(limit=1), facets=("mode", "trend"))
        return {v.value: v.count for name in ("trend", "mode") for v in answer.facets[name] if v.value != NONE}

    def split(self, place: Place | None, level: str, request: SearchRequest | None = None) -> Split:
        """The alliances of a place (None: France) told apart by its children (alliage.search.territory.split)."""
        return split(self._places(request or SearchRequest()), place, level)

    def counts_by_place(self, level: str, request: SearchRequest | None = None) -> dict[str, int]:
        """How many alliances each place of a level holds, by token (alliage.search.territory.counts_by_place)."""
        return counts_by_place(self._places(request or SearchRequest()), level)

    def clusters(self, request: SearchRequest, level: str, most: int | None = None) -> Clusters:
        """The list on the map, by territories of a level (alliage.search.territory.clusters). Raises BadRequest."""
        return clusters(self._places(request), level, most)

    def facet_by_place(self, places: Sequence[Place], name: str) -> list[dict[str, int]]:
        """The values of a facet at each of several places of one level (alliage.search.territory.facet_by_place)."""
        return facet_by_place(self._places(SearchRequest()), places, name)

    def by_period(self, request: SearchRequest, periods: Sequence[tuple[int | None, int | None]]) -> list[int]:
        """How many alliances of a list began in each period (first and last year, None: open)."""
        return self._places(request).by_period(periods)

    def national(self, request: SearchRequest) -> int:
        """How many national alliances the list of a territory does not hold: the count of `national_request`."""
        asked = national_request(request)
        return self._places(asked).count() if asked else 0

    def _places(self, request: SearchRequest) -> Counting:
        """What counts a list by place, on the newest generation."""
        generation = self.reader.latest()
        wording, required, _ = self._understood(request.q, generation)
        return Counting(generation, request, text_clauses(wording, required), required, self._kept_places)

    def _start(self, request: SearchRequest) -> tuple[Generation, Any]:
        """The generation to search and where the page starts: an offset, or the last order key seen."""
        if not request.cursor:
            return self.reader.latest(), None
        try:
            told = json.loads(base64.urlsafe_b64decode(request.cursor.encode() + b"=="))
            digest, id, start = told["d"], told["g"], told["s"]
            well_formed = isinstance(id, str) and _is_start(start, effective_sort(request))
        except (ValueError, KeyError, TypeError):
            well_formed = False
        if not well_formed or digest != request.digest():
            raise BadRequest("cursor", "Ce curseur ne continue pas cette liste. Reprenez la recherche au début.")
        if effective_sort(request) != "relevance":
            return self.reader.latest(), start
        kept = self.reader.generation(id)
        if kept is None:
            raise CursorExpired("La base a changé depuis cette page. Reprenez la recherche au début.")
        return kept, start

    def _understood(self, q: str, generation: Generation) -> tuple[Wording, int, bool]:
        """The wording of `q`, and how many concepts are required: decided on the words alone, never on filters,
        so that a facet's count is what its click shows."""

        def understood() -> tuple[Wording, int, bool]:
            wording = understand(q, generation.searcher)
            required = required_concepts(wording)
            if required > 1:
                text = text_clauses(wording, required)
                if Counting(generation, SearchRequest(q=q), text, required, self._kept).count() < LITTLE:
                    return wording, 1, True
            return wording, required, False

        return self._kept.made(generation, ("wording", q), bool(q), understood)

    def _hit(
        self,
        searcher: tantivy.Searcher,
        address: tantivy.DocAddress,
        score: Any,
        wording: Wording,
        request: SearchRequest,
    ) -> Hit:
        number = float(score) if isinstance(score, int | float) else 0.0
        return Hit(stored_hit(searcher, address), number, wording, request)


_Page = tuple[list[tuple[Any, tantivy.DocAddress]], Any, int | None]  # hits, where the next page starts, count
ORDERS: dict[str, tuple[str | None, tantivy.Order]] = {
    "relevance": (None, tantivy.Order.Desc),
    "recent": ("recent", tantivy.Order.Desc),
    "title": ("title_order", tantivy.Order.Asc),
}


def effective_sort(request: SearchRequest) -> str:
    """Without words there is no relevance: the list is then by date, and walks stably."""
    return "recent" if request.sort == "relevance" and not request.q and not request.near else request.sort


def _is_start(start: Any, sort: str) -> bool:
    if sort == "title":
        return isinstance(start, list) and len(start) == 4 and all(isinstance(n, int) and n >= 0 for n in start)
    return isinstance(start, int) and not isinstance(start, bool) and 0 <= start < 1 << 64


def _encode(request: SearchRequest, generation: Generation, start: Any) -> str:
    told = json.dumps(
        {"d": replace(request, cursor="").digest(), "g": generation.id, "s": start}, separators=(",", ":")
    )
    return base64.urlsafe_b64encode(told.encode()).decode().rstrip("=")


def _page(
    searcher: tantivy.Searcher,
    query: tantivy.Query,
    clauses: list[Clause],
    request: SearchRequest,
    sort: str,
    start: Any,
    counted: bool,
) -> _Page:
    """The hits of one page, where the next one starts, and the count of the list when asked and walked whole."""
    field, order = ORDERS[sort]
    if field is None:
        offset = int(start or 0)
        result = searcher.search(query, request.limit, count=counted, offset=offset)
        return result.hits, offset + len(result.hits), result.count if counted else None  # type: ignore[attr-defined]  # its stubs forget it
    counted = counted and start is None
    if start is not None:
        query = whole([*clauses, (Must, _after(sort, start))])
    result = searcher.search(query, request.limit, count=counted, order_by_field=field, order=order)
    found, count = result.hits, result.count if counted else None  # type: ignore[attr-defined]
    if not found:
        return found, None, count
    last = [found[-1][1]]
    if sort == "recent":
        return found, int(found[-1][0]), count
    keys = [int(searcher.fast_field_values(name, last)[0] or 0) for name in ("title_1", "title_2", "title_3", "key")]
    return found, keys, count


def _after(sort: str, start: Any) -> tantivy.Query:
    """What comes after an order key: for titles, three numbers of twelve signs, then the row."""

    def beyond(field: str, low: int | None, high: int | None) -> tantivy.Query:
        return tantivy.Query.range_query(
            schema(),
            field,
            tantivy.FieldType.Unsigned,
            low,
            high,
            include_lower=low is None,
            include_upper=high is None,
        )

    if sort == "recent":
        return tantivy.Query.const_score_query(beyond("recent", None, start), 0.0)
    names = ("title_1", "title_2", "title_3", "key")
    options = []
    for depth, name in enumerate(names):
        same = [
            (Must, tantivy.Query.range_query(schema(), n, tantivy.FieldType.Unsigned, v, v))
            for n, v in zip(names[:depth], start, strict=False)
        ]
        options.append((Should, tantivy.Query.boolean_query([*same, (Must, beyond(name, start[depth], None))])))
    return tantivy.Query.const_score_query(tantivy.Query.boolean_query(options), 0.0)
