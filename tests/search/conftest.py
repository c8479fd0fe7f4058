"""A search on alliances that stand where a test says."""

from __future__ import annotations

import pytest

from alliage.search.results import Search
from tests.search.placed_alliances import record_at, search_on


@pytest.fixture
def search_of_places(tmp_path):
    """A search on records that have these places: lists of tokens, or (tokens, other values)."""

    def build(*told) -> Search:
        pairs = [t if isinstance(t, tuple) else (t, {}) for t in told]
        return search_on(tmp_path, [record_at(n, tokens, **values) for n, (tokens, values) in enumerate(pairs)])

    return build
