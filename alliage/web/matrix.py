"""The typology matrix with its counts and stories: the signature of the site, the same on every page that shows it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any  # a template context

from alliage.search.request import SearchRequest
from alliage.vocabulary.typology import typology
from alliage.web.asked import the_search

# The trend whose cell stands open on a first story: the form that readers know least.
OPENED_TREND = "co-developpement-territorial"


def matrix() -> dict[str, Any]:
    """Counts, two stories a trend and one story told, on one shared scale of bars."""
    return _matrix_of(the_search().reader.latest().id)


@lru_cache(maxsize=2)
def _matrix_of(generation: str) -> dict[str, Any]:
    """The matrix of one generation of the index, asked once: eighteen searches make it."""
    counts = the_search().matrix()
    trends = [t.id for t in typology().trends]
    return {
        "counts": counts,
        "largest": max((counts.get(t, 0) for t in trends), default=1) or 1,
        "rows": [
            (approach, [m for m in typology().modes if m.approach == approach.id]) for approach in typology().approaches
        ],
        "without_trend": {
            m.id: counts.get(m.id, 0) - sum(counts.get(t.id, 0) for t in m.trends) for m in typology().modes
        },
        "stories": {t: _stories_of(t) for t in trends},
        "opened": _opened_story(),
    }


def _stories_of(trend: str, number: int = 2) -> list[dict[str, Any]]:
    """The first alliances of a trend that the founding sheet names."""
    filters = {
        "trend": (trend,),
        "collection": ("fiche-origine",),
        "documentation": ("bien-documentee", "documentee"),
    }
    answer = the_search().answer(SearchRequest(filters=filters, limit=number, sort="title"), facets=())
    return [dict(hit.record) for hit in answer.hits]


def _opened_story() -> dict[str, Any] | None:
    """A well-documented, still active alliance of the opened trend."""
    filters = {"trend": (OPENED_TREND,), "documentation": ("bien-documentee",), "status": ("active",)}
    hits = the_search().answer(SearchRequest(filters=filters, limit=1, sort="recent"), facets=()).hits
    return dict(hits[0].record) if hits else None
