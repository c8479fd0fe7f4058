"""The engine alone: the queries and counts that a search needs, built beforehand, run in this process without HTTP.

`python -m benchmarks.bare_engine INDEX MIX.json` prints the seconds of each query, mix by mix.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import tantivy

from alliage.search.facets import FACETS
from alliage.search.index import current_directory
from alliage.search.query import filter_clauses, required_concepts, text_clauses, understand, whole
from alliage.search.request import read_request
from alliage.search.results import ORDERS, effective_sort
from alliage.search.schema import register_tokenizers
from benchmarks.mix import Asked

Counts = list[tuple[tantivy.Query, dict[str, object]]]


def _built(asked: Asked, searcher: tantivy.Searcher) -> tuple[tantivy.Query, str | None, Counts]:
    """The list to find, its order, and what must be counted: a facet counts without its own filter."""
    request = read_request({name: [value] for name, value in asked.items()})
    wording = understand(request.q, searcher)
    text = text_clauses(wording, required_concepts(wording))

    def counted(names: list[str], but: str = "") -> tuple[tantivy.Query, dict[str, object]]:
        query = whole([*text, *filter_clauses(request, but=but)])
        return query, {n: {"terms": {"field": FACETS[n].field, "size": FACETS[n].most}} for n in names}

    counts = [counted([n for n in FACETS if n not in request.filters])]
    counts += [counted([name], but=name) for name in request.filters]
    return whole([*text, *filter_clauses(request)]), ORDERS[effective_sort(request)][0], counts


def measure(root: Path, mixes: list[list[tuple[str, Asked]]]) -> list[list[float]]:
    """Seconds of each query of each mix, in order."""
    directory = current_directory(root)
    assert directory is not None
    index = tantivy.Index.open(str(directory))
    register_tokenizers(index)
    searcher = index.searcher()
    told = []
    for queries in mixes:
        seconds = []
        for _, asked in queries:
            query, order, counts = _built(asked, searcher)
            started = time.perf_counter()
            if order:
                searcher.search(query, 20, count=True, order_by_field=order)
            else:
                searcher.search(query, 20, count=True)
            for counted, aggregations in counts:
                searcher.aggregate(counted, aggregations)
            seconds.append(time.perf_counter() - started)
        told.append(seconds)
    return told


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text("utf-8")))))
