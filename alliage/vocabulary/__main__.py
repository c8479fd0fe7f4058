"""`python -m alliage.vocabulary`: checks that every content file loads; run by `make check`."""

import sys

from alliage.vocabulary.fields import fields
from alliage.vocabulary.founding_sheet import founding_sheet
from alliage.vocabulary.glossary import glossary
from alliage.vocabulary.indicators import indicators
from alliage.vocabulary.loading import ContentError
from alliage.vocabulary.places import gazetteer, place_names
from alliage.vocabulary.sources import credits
from alliage.vocabulary.starting import starting
from alliage.vocabulary.synonyms import synonyms
from alliage.vocabulary.terms import LISTS, terms
from alliage.vocabulary.territories import territories
from alliage.vocabulary.typology import typology

try:
    for read in (
        typology,
        founding_sheet,
        glossary,
        credits,
        starting,
        synonyms,
        gazetteer,
        place_names,
        indicators,
        territories,
    ):
        read()
    for subject in ("alliance", "organisation"):
        fields(subject)
    for name in LISTS:
        terms(name)
except ContentError as error:
    sys.exit(str(error))
print("Contenu : tous les fichiers se lisent.")
