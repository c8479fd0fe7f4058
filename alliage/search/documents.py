"""One record to one index document; no database call of its own."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any  # a record is JSON

import tantivy

from alliage.search.analysis import stems_and_words, word_text
from alliage.search.facets import FACETS, LARGE, NONE, SMALL, SMALL_WITH_LARGE
from alliage.search.own_places import own_places, territory_kinds
from alliage.search.schema import weighted_fields
from alliage.vocabulary.places import gazetteer
from alliage.vocabulary.terms import terms
from alliage.vocabulary.typology import typology
from alliage.vocabulary.words import key

REVISION_ID = "__revision__"
_LETTERS = " 0123456789abcdefghijklmnopqrstuvwxyz"
_EPOCH = dt.date(2000, 1, 1)
_HIT_FIELDS = (
    "id",
    "title",
    "summary",
    "need",
    "action",
    "keywords",
    "mode",
    "trend",
    "domains",
    "start_year",
    "end_year",
    "status",
    "status_year",
    "confirmed_on",
    "documentation",
    "scale",
)
PARTNERS_IN_A_HIT = 12


@lru_cache(maxsize=50_000)
def _rank(signs: str) -> int:
    """A few signs as a number that sorts alike."""
    number = 0
    for sign in signs:
        number = number * 37 + max(0, _LETTERS.find(sign))
    return number


def title_keys(title: str) -> tuple[str, int, int, int]:
    """The 36 first signs of a folded title as text, and as three numbers of 12 signs that sort alike."""
    text = key(title)[:36].ljust(36)
    ranks = [_rank(text[at : at + 4]) for at in range(0, 36, 4)]
    first, second, third = ((ranks[at] * 37**4 + ranks[at + 1]) * 37**4 + ranks[at + 2] for at in (0, 3, 6))
    return (text, first, second, third)


def recent_key(published_on: dt.date | None, start_year: int | None, number: int) -> int:
    """Orders by day of first publication, then first year, then row: unique, and stable for ever."""
    days = max(0, ((published_on or _EPOCH) - _EPOCH).days)
    return days << 48 | (start_year or 0) << 36 | (number & (1 << 36) - 1)


def _sizes(partners: Sequence[Mapping[str, Any]]) -> list[str]:
    sizes = {p["size"] for p in partners if p.get("size")}
    if sizes & SMALL and sizes & LARGE:
        sizes.add(SMALL_WITH_LARGE)
    return sorted(sizes)


def _texts(record: Mapping[str, Any]) -> dict[str, Sequence[str]]:
    """The searched texts of each weighted field: the short ones apart, because they come back in other records."""
    fragilities = terms("fragilities")
    trend, mode = record.get("trend"), record.get("mode")
    places = [p["name"] for p in record["places"]]
    for p in record["places"]:
        if place := gazetteer().get(p["level"], p["code"]):
            places += [above.name for above in gazetteer().ancestors(place)]
    return {
        "title": (record["title"],),
        "summary": (record.get("summary") or "",),
        "need": (record.get("need") or "",),
        "action": (record.get("action") or "",),
        "keywords": record.get("keywords") or (),
        "mode": (typology().mode(mode).label,) if mode and mode in terms("modes") else (),
        "trend": (typology().trend(trend).label,) if trend and trend in terms("trends") else (),
        "domains": [said for d in record.get("domains") or () for said in _domain_texts(d)],
        "fragilities": [fragilities.label(f) for f in record.get("fragilities") or ()],
        "partners": [p["name"] for p in record["partners"]],
        "places": places,
        "results": [r["text"] for r in record.get("results") or ()],
        "resources": [r["text"] for r in record.get("resources") or ()],
        "lessons": (record.get("lessons") or "",),
        "printed": record.get("printed") or (),
    }


def _domain_texts(domain: str) -> Sequence[str]:
    known = terms("domains").get(domain)
    return (known.label, *known.words) if known else (domain,)


def stored_hit(searcher: tantivy.Searcher, address: tantivy.DocAddress) -> dict[str, Any]:
    """What `hit_of` gave when this document was written."""
    return dict(json.loads(searcher.doc(address).get_first("hit") or b"{}"))


def hit_of(record: Mapping[str, Any]) -> dict[str, Any]:
    """What a list shows: enough to draw a result, a reason and a highlight without the database."""
    hit = {name: record.get(name) for name in _HIT_FIELDS}
    hit["partners"] = [
        {name: p.get(name) for name in ("name", "kind", "size", "role", "organisation")}
        for p in record["partners"][:PARTNERS_IN_A_HIT]
    ]
    hit["more_partners"] = max(0, len(record["partners"]) - PARTNERS_IN_A_HIT)
    hit["places"] = [{"code": p["code"], "level": p["level"], "name": p["name"]} for p in record["places"]]
    return hit


def document_of(
    record: Mapping[str, Any], *, number: int, revision: int, published_on: dt.date | None
) -> tantivy.Document:
    """The index document of a published record; `number` is its row, for ties.

    `record` is catalogue.records.record_of plus `printed` (lines of documents) and `identifiers` (SIREN, RNA…).
    """
    document = tantivy.Document()
    document.add_text("id", record["id"])
    document.add_unsigned("revision", revision)
    for identifier in (record["id"], *record.get("identifiers", ())):
        document.add_text("identifier", identifier)
    texts = _texts(record)
    weighted = weighted_fields()
    exact = []
    for name, said in texts.items():
        analysed = [stems_and_words(t) for t in said if t]
        if not analysed:
            continue
        if name in weighted and (stems := " ".join(stems for stems, _ in analysed)):
            document.add_text(f"s_{name}", stems)
        exact.append(" ".join(plain for _, plain in analysed))
    document.add_text("names", word_text(" . ".join(t for n in ("title", "partners", "printed") for t in texts[n])))
    # « ¶ » keeps a phrase from straddling two fields.
    document.add_text("exact", " ¶ ".join(exact))

    places = own_places(record["places"])
    for name, tokens in (
        ("place", places.around),
        ("own_place", places.own),
        ("departement", places.by_level["departement"]),
        ("epci", places.by_level["epci"]),
        ("several", places.several),
        ("unplaced", places.unplaced),
        *((f"only_in_{kind}", children) for kind, children in places.only.items()),
    ):
        for token in tokens:
            document.add_text(name, token)
    partners = record["partners"]
    for slug in sorted({p["organisation"] for p in partners if p.get("organisation")}):
        document.add_text("organisation", slug)

    values: dict[str, Sequence[str]] = {
        "mode": [record["mode"]] if record.get("mode") else [],
        "trend": [record["trend"]] if record.get("trend") else [],
        "domain": record.get("domains") or [],
        "region": places.by_level["region"],
        "territory_kind": territory_kinds(places.own, record.get("domains") or ()),
        "actor_kind": sorted({p["kind"] for p in partners if p.get("kind")}),
        "actor_size": _sizes(partners),
        "role": sorted({c for p in partners for c in p.get("contributions") or ()}),
        "status": [record["status"]] if record.get("status") not in (None, "", "unknown") else [],
        "lessons": ["oui"] if record.get("lessons") else [],
        "collection": record.get("collections") or [],
        "fragility": record.get("fragilities") or [],
        "scale": [record["scale"]] if record.get("scale") else [],
        "sdg": [str(n) for n in record.get("sdgs") or ()],
        "documentation": [record["documentation"]] if record.get("documentation") else [],
    }
    for facet in FACETS.values():
        # A record that lacks the field is found under « none », so that no filter hides it in silence.
        for value in values[facet.field] or [NONE]:
            document.add_text(facet.field, value)
    if record.get("start_year"):
        document.add_unsigned("year", record["start_year"])
    text, first, second, third = title_keys(record["title"])
    document.add_text("title_order", f"{text}{number:012d}")
    for name, rank in (("title_1", first), ("title_2", second), ("title_3", third), ("key", number)):
        document.add_unsigned(name, rank)
    document.add_unsigned("recent", recent_key(published_on, record.get("start_year"), number))
    document.add_bytes("hit", json.dumps(hit_of(record), ensure_ascii=False, separators=(",", ":")).encode())
    return document


def revision_document(revision: int) -> tantivy.Document:
    """The document that says, in the index itself, which revision it holds."""
    document = tantivy.Document()
    document.add_text("id", REVISION_ID)
    document.add_unsigned("revision", revision)
    return document
