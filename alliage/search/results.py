"""A request answered: the hits of a page, the count, the facets, the cursor to the next page."""

from __future__ import annotations

import base64
import json
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any  # a hit is JSON

import tantivy

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
from alliage.search.request import BadRequest, SearchRequest
from alliage.search.schema import schema
from alliage.vocabulary.places import gazetteer

COUNTED_FACETS = tuple(FACETS)
_KEPT_ANSWERS = 512
# What makes two alliances alike: scores added for each thing in common, and the weight of the words of the need.
LIKENESS = {"trend": 14.0, "domain": 9.0, "mode": 3.0, "place": 2.0, "text": 0.35}


class CursorExpired(Exception):
    """The list that this cursor continues is no longer kept: the search must start again."""


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a facet and how many alliances have it, the facet's own filter set aside."""

    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """One result: `record` is the stored hit (search.documents.hit_of)."""

    record: Mapping[str, Any]
    title: list[tuple[str, bool]]
    need: list[tuple[str, bool]]
    reason: str
    score: float


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
        self._kept: OrderedDict[tuple[Any, ...], Any] = OrderedDict()
        self._lock = Lock()

    def answer(self, request: SearchRequest, *, facets: tuple[str, ...] = COUNTED_FACETS) -> SearchAnswer:
        """Runs a request. Raises BadRequest, CursorExpired, IndexUnavailable."""
        generation, start = self._start(request)
        searcher = generation.searcher
        wording, required, relaxed = self._understood(request.q, generation)
        clauses = [*text_clauses(wording, required), *filter_clauses(request)]
        query = whole([*clauses, *near_clauses(request)])
        count = self._count(request, generation, whole(clauses))
        sort = effective_sort(request)
        found, following = _page(searcher, query, clauses, request, sort, start)
        hits = [self._hit(searcher, address, score, wording, request) for score, address in found]
        following = (
            _encode(request, generation, following) if following is not None and len(found) == request.limit else ""
        )
        return SearchAnswer(
            count=count,
            hits=hits,
            facets={name: self._facet(name, request, generation, wording, required) for name in facets},
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
        clauses = [*text_clauses(wording, required), *filter_clauses(request)]
        number = self._count(request, generation, whole(clauses))
        if not number:
            return
        searcher, sort = generation.searcher, effective_sort(request)
        field, order = _ORDERS[sort]
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
                held = generation.searcher.search(whole(text_clauses(wording, required)), 1).count or 0  # type: ignore[attr-defined]  # its stubs forget it
                if held < LITTLE:
                    return wording, 1, True
            return wording, required, False

        return self._keep(("wording", generation.id, q), understood)  # type: ignore[no-any-return]

    def _count(self, request: SearchRequest, generation: Generation, query: tantivy.Query) -> int:
        key = ("count", generation.id, replace(request, cursor="", sort="relevance", limit=1, near="").digest())
        return int(self._keep(key, lambda: generation.searcher.search(query, 1).count or 0))  # type: ignore[attr-defined]

    def _facet(
        self, name: str, request: SearchRequest, generation: Generation, wording: Wording, required: int
    ) -> list[FacetValue]:
        own = request.filters.get(name, ())
        others = {n: v for n, v in request.filters.items() if n != name}
        key = (
            "facets",
            generation.id,
            replace(request, cursor="", sort="relevance", limit=1, near="", filters=others).digest(),
        )
        wanted = [n for n in FACETS if n not in request.filters] if not own else [name]
        query = whole([*text_clauses(wording, required), *filter_clauses(request, but=name)])
        fields = {n: FACETS[n] for n in wanted}
        told = self._keep(
            (*key, own and name),
            lambda: generation.searcher.aggregate(
                query,
                {
                    **{n: {"terms": {"field": f.field, "size": f.most}} for n, f in fields.items()},
                    **(
                        {"departement": {"terms": {"field": "departement", "size": 130}}}
                        if name == "place" and own
                        else {}
                    ),
                },
            ),
        )
        counts = {str(b["key"]): int(b["doc_count"]) for b in told[name]["buckets"]}
        if name == "place" and own:
            counts |= _inside(own, told["departement"]["buckets"])
        for value in own:
            if value not in counts:
                counts[value] = self._count(
                    replace(request, filters={**others, name: (value,)}),
                    generation,
                    whole(
                        [
                            *text_clauses(wording, required),
                            *filter_clauses(replace(request, filters={**others, name: (value,)})),
                        ]
                    ),
                )
        facet = FACETS[name]
        ordered = sorted(counts.items(), key=lambda item: (item[0] == NONE, -item[1], facet.label(item[0])))
        return [FacetValue(value, facet.label(value), number, value in own) for value, number in ordered]

    def _hit(
        self,
        searcher: tantivy.Searcher,
        address: tantivy.DocAddress,
        score: Any,
        wording: Wording,
        request: SearchRequest,
    ) -> Hit:
        record = stored_hit(searcher, address)
        told = record.get("need") or record.get("summary") or record.get("action") or ""
        return Hit(
            record=record,
            title=lit(record["title"], wording),
            need=lit(told, wording),
            reason=reason(record, wording, request.near) if request.q or request.near else "",
            score=float(score) if isinstance(score, int | float) else 0.0,
        )

    def _keep(self, key: tuple[Any, ...], make: Any) -> Any:
        """Remembers an answer for its generation: the same counts are asked again page after page."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = make()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > _KEPT_ANSWERS:
                self._kept.popitem(last=False)
        return made


_ORDERS: dict[str, tuple[str | None, tantivy.Order]] = {
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
) -> tuple[list[tuple[Any, tantivy.DocAddress]], Any]:
    """The hits of one page and where the next one starts."""
    field, order = _ORDERS[sort]
    if field is None:
        offset = int(start or 0)
        found = searcher.search(query, request.limit, count=False, offset=offset).hits
        return found, offset + len(found)
    if start is not None:
        query = whole([*clauses, (Must, _after(sort, start))])
    found = searcher.search(query, request.limit, count=False, order_by_field=field, order=order).hits
    if not found:
        return found, None
    last = [found[-1][1]]
    if sort == "recent":
        return found, int(found[-1][0])
    keys = [int(searcher.fast_field_values(name, last)[0] or 0) for name in ("title_1", "title_2", "title_3", "key")]
    return found, keys


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


def _inside(chosen: tuple[str, ...], buckets: list[dict[str, Any]]) -> dict[str, int]:
    """Départements of the chosen regions, counted: the next step down."""
    regions = {p.region for token in chosen if (p := gazetteer().token(token))}
    found = {}
    for bucket in buckets:
        place = gazetteer().token(str(bucket["key"]))
        if place and place.region in regions:
            found[place.token] = int(bucket["doc_count"])
    return found
