"""The one search of this process, opened on the configured directory at its first use."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alliage.search.index import IndexReader
from alliage.search.results import Search


@cache
def search_in(root: Path) -> Search:
    """The search on the index of that directory; the same object for the whole process."""
    return Search(IndexReader(root))
