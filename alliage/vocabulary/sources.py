"""Where the content comes from and under which licence."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any  # rows shown as they are written

from alliage.vocabulary.loading import read_yaml


@dataclass(frozen=True, slots=True)
class Credits:
    """Licences, data sets and documents, as the sources page lists them."""

    licences: tuple[dict[str, Any], ...]
    datasets: tuple[dict[str, Any], ...]
    documents: tuple[dict[str, Any], ...]


@cache
def credits() -> Credits:
    """The list of content/sources.yaml."""
    tree = read_yaml("sources.yaml")
    return Credits(*(tuple(tree.get(name) or ()) for name in ("licences", "datasets", "documents")))
