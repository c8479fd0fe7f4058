"""The publication states, shared by alliances and organisations; the life of an alliance is another thing."""

from django.db import models


class Publication(models.TextChoices):
    """Who may see a record."""

    DRAFT = "draft", "brouillon"
    PUBLISHED = "published", "publiée"
    WITHDRAWN = "withdrawn", "retirée"
    MERGED = "merged", "fusionnée"
