"""What a visitor asked, read from the address: a search, and a place typed in words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

from alliage.search.request import SearchRequest, read_request
from alliage.search.results import Search
from alliage.search.shared import search_in
from alliage.vocabulary.places import Place, gazetteer

# Signs that no keyboard types and no document can hold.
_UNTYPED = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]+")
HOMONYMS_SHOWN = 60  # all the communes of a postcode, all the homonyms of a name
# Needs that a reader may try; the base holds good cases for each.
NEEDS_TO_TRY = (
    "rouvrir un commerce de village",
    "emploi et handicap",
    "mécénat de petites entreprises",
    "moins de gaspillage à la cantine",
)


def the_search() -> Search:
    """The search of this process."""
    return search_in(settings.INDEX_DIR)


def asked_search(request: HttpRequest) -> SearchRequest:
    """The search of this address. Raises BadRequest."""
    return read_request({name: request.GET.getlist(name) for name in request.GET})


def asked_text(request: HttpRequest, name: str, longest: int) -> str:
    """What was typed in that field, at most so many signs."""
    return typed(request.GET.get(name, ""))[:longest]


def typed(text: str) -> str:
    """A text without the signs that nobody types; lines become spaces."""
    return _UNTYPED.sub(" ", text).strip()


@dataclass(frozen=True, slots=True)
class Where:
    """A place typed in words: understood, or several to choose from, or unknown."""

    typed: str = ""
    place: Place | None = None
    choices: tuple[Place, ...] = ()

    @property
    def label(self) -> str:
        return gazetteer().label(self.place) if self.place else ""

    @property
    def unknown(self) -> bool:
        return bool(self.typed) and self.place is None and not self.choices

    @property
    def near(self) -> list[tuple[str, str]]:
        """Token and label of places whose name is close to an unknown one."""
        return [(s.place.token, s.label) for s in gazetteer().near(self.typed)] if self.unknown else []

    @property
    def labelled_choices(self) -> list[tuple[str, str]]:
        """Token and label of each place meant perhaps."""
        return [(p.token, gazetteer().label_for(p, self.typed)) for p in self.choices]


def asked_where(request: HttpRequest, name: str = "ou") -> Where:
    """The place typed in the parameter `ou`; nothing resolves in silence when several places bear the name."""
    return where_of(asked_text(request, name, 120))


def where_of(typed: str) -> Where:
    """The place that those words name."""
    if not typed:
        return Where()
    found = gazetteer().resolve(typed)
    if len(found) == 1:
        return Where(typed, found[0])
    shared = {p.departement for p in found}
    if typed.isdigit() and len(shared) == 1:
        return Where(typed, gazetteer().get("departement", shared.pop()), tuple(found[:HOMONYMS_SHOWN]))
    return Where(typed, None, tuple(found[:HOMONYMS_SHOWN]))
