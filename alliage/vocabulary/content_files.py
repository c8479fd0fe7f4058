"""Every file of content read once: what does not load, said file by file."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from alliage.vocabulary.advice import advice_content
from alliage.vocabulary.agreements import agreements
from alliage.vocabulary.deriving import deriving
from alliage.vocabulary.evaluation import evaluation
from alliage.vocabulary.fields import fields
from alliage.vocabulary.founding_sheet import founding_sheet
from alliage.vocabulary.glossary import glossary
from alliage.vocabulary.health_check import health_check
from alliage.vocabulary.indicators import indicators
from alliage.vocabulary.loading import ContentError
from alliage.vocabulary.method import bank
from alliage.vocabulary.place_prepositions import place_prepositions
from alliage.vocabulary.places import gazetteer, place_names
from alliage.vocabulary.profiles import profiles
from alliage.vocabulary.road_map import road_map_words
from alliage.vocabulary.sheets import sheets
from alliage.vocabulary.sources import credits
from alliage.vocabulary.starting import starting
from alliage.vocabulary.synonyms import synonyms
from alliage.vocabulary.talk import talk
from alliage.vocabulary.terms import LISTS, terms
from alliage.vocabulary.territories import territories
from alliage.vocabulary.tools import tools
from alliage.vocabulary.typology import typology
from alliage.vocabulary.workshop import workshop_words

_READERS: tuple[Callable[[], object], ...] = (
    agreements,
    typology,
    partial(fields, "alliance"),
    partial(fields, "organisation"),
    founding_sheet,
    glossary,
    credits,
    starting,
    synonyms,
    gazetteer,
    place_names,
    place_prepositions,
    indicators,
    territories,
    profiles,
    road_map_words,
    workshop_words,
    bank,
    health_check,
    talk,
    evaluation,
    tools,
    sheets,
    advice_content,
    deriving,
    *(partial(terms, name) for name in LISTS),
)


def content_mistakes() -> list[str]:
    """A sentence with file, line and cause for each file that does not load; none means that all do."""
    found = []
    for read in _READERS:
        try:
            read()
        except ContentError as error:
            found.append(str(error))
    return found
