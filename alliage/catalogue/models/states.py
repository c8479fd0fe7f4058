"""What alliances and organisations share: the publication states, and what an id must look like.

The life of an alliance is another thing.
"""

from django.db import models

from alliage.vocabulary.words import SLUG_PATTERN


class Publication(models.TextChoices):
    """Who may see a record."""

    DRAFT = "draft", "brouillon"
    PUBLISHED = "published", "publiée"
    WITHDRAWN = "withdrawn", "retirée"
    MERGED = "merged", "fusionnée"


def is_an_address(field: str) -> models.Q:
    """The condition that a slug can stand in the address of a page."""
    return models.Q(**{f"{field}__regex": rf"^{SLUG_PATTERN}\Z"})
