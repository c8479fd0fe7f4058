"""A parsed request to the engine's query: words by field and weight, filters, bounds."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

import tantivy
from rapidfuzz import process
from rapidfuzz.distance import OSA, DamerauLevenshtein

from alliage.search.analysis import Alternative, Concept, concepts, plain_words, stems
from alliage.search.area import Cover, around, in_box
from alliage.search.documents import REVISION_ID
from alliage.search.facets import filter_field
from alliage.search.language import NAMED_FIELDS, Parsed, parse
from alliage.search.request import SearchRequest
from alliage.search.schema import schema, weighted_fields
from alliage.vocabulary.places import gazetteer
from alliage.vocabulary.synonyms import synonyms
from alliage.vocabulary.terms import terms
from alliage.vocabulary.words import fold

# Tuned on tests/search/needs/tuning.yaml (`python -m benchmarks.needs`); docs/search.md tells the figures.
OTHER_FIELDS = 0.2  # a word found in several fields counts the best one, and this share of the others
OTHER_WAYS = 0.05  # a thing said in several ways likewise
EXACT_NAME_WEIGHT = 2.0
EXACT_WORD_WEIGHT = 4.0  # the very word typed, beside its stem and its synonyms
COVERAGE = 14.0  # for each thing asked that is there at all: an answer to the whole need beats one word said often
WEAK_FACTOR = 0.1
TYPO_FACTOR = 0.9
SHARE_OF_CONCEPTS = 0.5
LITTLE = 3  # fewer answers than this and the words asked for together may be found apart
SAME_PLACE_BONUS = {"commune": 6.0, "epci": 4.0, "departement": 6.0, "region": 4.0}  # they add up
_IDENTIFIER = re.compile(r"(?:W\d{9}|\d{9}|\d{14})")

Must, Should, MustNot = tantivy.Occur.Must, tantivy.Occur.Should, tantivy.Occur.MustNot
Clause = tuple[tantivy.Occur, tantivy.Query]


@dataclass(frozen=True, slots=True)
class Wording:
    """How the words of a request were understood on one generation of the index."""

    parsed: Parsed
    concepts: tuple[Concept, ...]
    corrections: tuple[tuple[str, str], ...]
    identifier: str = ""


def term(field: str, value: str) -> tantivy.Query:
    """One exact value of one field."""
    return tantivy.Query.term_query(schema(), field, value, "freq" if field.startswith("s_") else "position")


def understand(q: str, searcher: tantivy.Searcher) -> Wording:
    """Takes the words apart, finds their synonyms, and mends those that the base does not hold."""
    bare = re.sub(r"[\s.\u00a0]", "", q).upper()
    if _IDENTIFIER.fullmatch(bare) and searcher.doc_freq("identifier", bare):
        return Wording(parse(""), (), (), bare)
    if re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)+", q.strip()) and searcher.doc_freq("identifier", q.strip()):
        return Wording(parse(""), (), (), q.strip())
    parsed = parse(q)
    asked = concepts(parsed.free)
    for group in parsed.either:
        ways = [a for said in group for c in concepts(said) for a in c.alternatives]
        if ways:
            asked.append(Concept(" OU ".join(group), tuple(ways)))
    mended, corrections = [], []
    for concept in asked:
        if " " not in concept.typed and not _is_known(concept, searcher):
            nearest = _nearest_words(concept.typed, searcher)
            for word in nearest:
                corrections.append((concept.typed, word))
                mended_ways = tuple(
                    Alternative(a.stems, a.text, a.factor * TYPO_FACTOR) for c in concepts(word) for a in c.alternatives
                )
                concept = replace(concept, alternatives=concept.alternatives + mended_ways, mended=tuple(nearest))
        mended.append(concept)
    return Wording(parsed, tuple(mended), tuple(corrections))


def _is_known(concept: Concept, searcher: tantivy.Searcher) -> bool:
    """Whether the typed word stands somewhere; its synonyms do not excuse a word that nobody wrote."""
    if len(concept.alternatives) > 1:
        return True
    if searcher.doc_freq("names", fold(concept.typed)) or searcher.doc_freq("exact", fold(concept.typed)):
        return True
    own = concept.alternatives[0].stems[0]
    return any(searcher.doc_freq(f"s_{name}", stem) for stem in own for name in weighted_fields())


def _nearest_words(typed: str, searcher: tantivy.Searcher) -> list[str]:
    """Up to three words of the base that one or two typing errors turn into the typed word."""
    word = fold(typed)
    if len(word) < 4:
        return []
    errors = 1 if len(word) < 8 else 2
    pool: set[str] = set()
    # An error leaves the first letter, or swaps it with the second.
    for start in (word[0], word[1] + word[0]):
        for field in ("exact", "names"):
            pool |= {t for t, _ in searcher.terms_with_prefix(field, start) if abs(len(t) - len(word)) <= errors}
    found = process.extract(word, sorted(pool), scorer=OSA.distance, score_cutoff=errors, limit=3)
    if not found and len(word) >= 6:
        found = process.extract(word, sorted(pool), scorer=DamerauLevenshtein.distance, score_cutoff=2, limit=2)
    best = min((distance for _, distance, _ in found), default=0)
    return [near for near, distance, _ in found if distance == best]


def _alternative_query(way: Alternative) -> list[tantivy.Query]:
    """One query a field: all the stems of this way of saying it, in that field."""
    queries = []
    for name, weight in weighted_fields().items():
        field, boost = f"s_{name}", weight * way.factor
        each = []
        for choices in way.stems:
            options = [term(field, stem) for stem in choices]
            each.append(options[0] if len(options) == 1 else tantivy.Query.disjunction_max_query(options))
        if len(each) == 1:
            query = each[0]
        else:
            # A phrase scores as its average word: saying it in three words must not count three times.
            query = tantivy.Query.boolean_query([(Must, e) for e in each])
            boost /= len(each) ** 0.5
        queries.append(tantivy.Query.boost_query(query, boost))
    return queries


def _concept_query(concept: Concept) -> tantivy.Query:
    typed = concept.written
    ways = [tantivy.Query.disjunction_max_query(_alternative_query(way), OTHER_FIELDS) for way in concept.alternatives]
    ways += [tantivy.Query.boost_query(term("names", word), EXACT_NAME_WEIGHT) for word in typed]
    said: list[Clause] = [(Must, tantivy.Query.disjunction_max_query(ways, OTHER_WAYS))]
    said += [(Should, tantivy.Query.boost_query(term("exact", word), EXACT_WORD_WEIGHT)) for word in typed]
    said.append((Should, tantivy.Query.const_score_query(tantivy.Query.disjunction_max_query(ways), COVERAGE)))
    query = tantivy.Query.boolean_query(said)
    return tantivy.Query.boost_query(query, WEAK_FACTOR) if concept.weak else query


def _stems_clause(field: str, text: str) -> list[Clause]:
    """Every meaningful word of `text` in one stemmed field; a field holds no stop word."""
    said, stop = plain_words(text), synonyms().stopwords
    found: list[Clause] = []
    for word in [w for w in said if w not in stop] or said:
        options = [(Should, term(field, s)) for s in stems(word)]
        found.append((Must, tantivy.Query.boolean_query(options)))
    return found


def _phrase(text: str) -> tantivy.Query | None:
    said = plain_words(text)
    if not said:
        return None
    return term("exact", said[0]) if len(said) == 1 else tantivy.Query.phrase_query(schema(), "exact", list(said))


def _named_clause(name: str, value: str) -> list[Clause]:
    """« champ:valeur »: a value of a list when it is one, else the words in that field."""
    field = NAMED_FIELDS[name]
    if field == "identifier":
        return [(Must, term("identifier", re.sub(r"\s", "", value)))]
    if field == "year":
        years = re.findall(r"\d{4}", value)
        if not years:
            return []
        return [(Must, _range("year", int(years[0]), int(years[-1])))]
    if field == "place":
        found = gazetteer().resolve(value)
        if found:
            return [(Must, any_of("place", [p.token for p in found]))]
        return _stems_clause("s_places", value)
    if field in ("domain", "mode", "trend"):
        known = terms(f"{field}s").find(value)
        if known:
            return [(Must, term(field, known))]
        return _stems_clause({"domain": "s_domains", "mode": "s_mode", "trend": "s_trend"}[field], value)
    return _stems_clause(f"s_{field}", value)


def _range(field: str, low: int | None, high: int | None) -> tantivy.Query:
    return tantivy.Query.range_query(schema(), field, tantivy.FieldType.Unsigned, low, high)


def any_of(field: str, values: Iterable[str]) -> tantivy.Query:
    """One of several exact values of one field."""
    return tantivy.Query.term_set_query(schema(), field, list(values))


def text_clauses(wording: Wording, required: int) -> list[Clause]:
    """What the words ask for: at least `required` of the concepts that count."""
    if wording.identifier:
        return [(Must, term("identifier", wording.identifier))]
    clauses: list[Clause] = []
    strong = [c for c in wording.concepts if not c.weak]
    weak = [c for c in wording.concepts if c.weak]
    if not strong:
        strong, weak = [Concept(c.typed, c.alternatives) for c in weak], []
    if strong:
        asked = [(Should, _concept_query(c)) for c in strong]
        clauses.append(
            (Must, tantivy.Query.boolean_query(asked, minimum_number_should_match=min(required, len(strong))))
        )
    clauses += [(Should, _concept_query(c)) for c in weak]
    for said in wording.parsed.phrases:
        if (phrase := _phrase(said)) is not None:
            clauses.append((Must, tantivy.Query.boost_query(phrase, EXACT_NAME_WEIGHT)))
    for name, value in wording.parsed.named:
        clauses += _named_clause(name, value)
    for said in wording.parsed.excluded:
        words = plain_words(said)
        if len(words) > 1 and (phrase := _phrase(said)) is not None:
            clauses.append((MustNot, phrase))
        elif words:
            clauses.append(
                (
                    MustNot,
                    tantivy.Query.boolean_query(
                        [(Should, term(f"s_{name}", s)) for name in weighted_fields() for s in stems(words[0])]
                    ),
                )
            )
    return clauses


def required_concepts(wording: Wording) -> int:
    """How many of the concepts an answer must hold: both of two, half of more."""
    number = sum(not c.weak for c in wording.concepts) or len(wording.concepts)
    return number if number <= 2 else max(2, math.ceil(number * SHARE_OF_CONCEPTS))


def filter_clauses(request: SearchRequest, *, but: str = "") -> list[Clause]:
    """The filters of a request, but those of one parameter (a facet counts without its own filter)."""
    clauses: list[Clause] = []
    for param, values in request.filters.items():
        if param == but:
            continue
        by_field: dict[str, list[str]] = {}
        for value in values:
            by_field.setdefault(filter_field(param, value), []).append(value)
        options = [(Should, any_of(field, several)) for field, several in by_field.items()]
        query = options[0][1] if len(options) == 1 else tantivy.Query.boolean_query(options)
        clauses.append((Must, tantivy.Query.const_score_query(query, 0.0)))
    if request.year_min is not None or request.year_max is not None:
        clauses.append((Must, tantivy.Query.const_score_query(_range("year", request.year_min, request.year_max), 0.0)))
    if request.box:
        clauses.append((Must, _lies_in(in_box(request.box))))
    if request.around:
        clauses.append((Must, _lies_in(around(request.around, request.within))))
    clauses += [(Must, tantivy.Query.const_score_query(term("place", token), 0.0)) for token in request.inside]
    if request.outside:
        clauses.append((MustNot, any_of("place", request.outside)))
    if request.organisation:
        clauses.append((Must, tantivy.Query.const_score_query(term("organisation", request.organisation), 0.0)))
    if request.ids:
        clauses.append((Must, tantivy.Query.const_score_query(any_of("id", request.ids), 0.0)))
    return clauses


def _lies_in(cover: Cover) -> tantivy.Query:
    """The alliances of which a place of their own lies there."""
    parts = [any_of(field, tokens) for field, tokens in (("place", cover.wholes), ("own_place", cover.rest)) if tokens]
    if not parts:
        return tantivy.Query.empty_query()
    query = parts[0] if len(parts) == 1 else tantivy.Query.boolean_query([(Should, part) for part in parts])
    return tantivy.Query.const_score_query(query, 0.0)


def near_clauses(request: SearchRequest) -> list[Clause]:
    """What lifts the alliances of the asker's place and of the places that hold it."""
    place = gazetteer().token(request.near) if request.near else None
    if place is None:
        return []
    return [
        (Should, tantivy.Query.const_score_query(term("place", above.token), SAME_PLACE_BONUS[above.level]))
        for above in gazetteer().ancestors(place)
    ]


def whole(clauses: list[Clause]) -> tantivy.Query:
    """All clauses together; without any that must hold, every alliance. The revision document never answers."""
    if not any(occur == Must for occur, _ in clauses):
        clauses = [(Must, tantivy.Query.const_score_query(tantivy.Query.all_query(), 0.0)), *clauses]
    return tantivy.Query.boolean_query([*clauses, (MustNot, term("id", REVISION_ID))])
