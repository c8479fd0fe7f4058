"""What a road map's files show, whatever their format: its steps, and all that stands around them. The formats are beside."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from alliage.vocabulary.agreements import Agreement
from alliage.vocabulary.road_map import RoadMapStep
from alliage.vocabulary.starting import Helper


@dataclass(frozen=True, slots=True)
class RoleLine:
    """A part to fill: who played it in the example (may be empty), who could here."""

    id: str
    label: str
    hint: str
    there: str
    here: str


@dataclass(frozen=True, slots=True)
class PartnerLine:
    """Who was around the table in the example: name, nature in words, the part told by the sources."""

    name: str
    kind: str
    role: str


@dataclass(frozen=True, slots=True)
class Example:
    """The alliance that a road map starts from; `taught`: pairs of title and text; `sources`: title and address."""

    title: str
    address: str
    ended: str
    around_the_table: tuple[PartnerLine, ...]
    taught: tuple[tuple[str, str], ...]
    sources: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RoadMap:
    """A road map to take away: of a diagnosis, or « Faire pareil chez nous » when it has an `example`.

    `identity`: what tells this road map from any other; `begun_on`: the day from which its terms are counted; `address`: where it is read; what is not known is empty.
    """

    title: str
    identity: str
    address: str
    begun_on: dt.date
    steps: tuple[RoadMapStep, ...]
    need: str = ""
    place: str = ""
    form: str = ""
    trend: str = ""
    reasons: tuple[str, ...] = ()
    roles: tuple[RoleLine, ...] = ()
    agreement: Agreement | None = None
    local_authority: str = ""
    engages: str = ""
    before_you_start: tuple[str, ...] = ()
    who_can_help: tuple[Helper, ...] = ()
    model_notice: str = ""
    example: Example | None = None

    @property
    def form_label(self) -> str:
        """« Mécénat, mécénat territorial »."""
        return f"{self.form}, {self.trend.lower()}" if self.trend else self.form
