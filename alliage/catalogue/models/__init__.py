"""The tables. Rules that a row must obey are constraints here; what people do with rows is in actions."""

from alliage.catalogue.models.alliances import Alliance, AlliancePlace, Role
from alliage.catalogue.models.arrivals import ImportBatch, Proposal, SavedMapping
from alliage.catalogue.models.diagnoses import (
    Answer,
    Diagnosis,
    EvaluationLine,
    HealthMark,
    HealthRound,
    Participant,
)
from alliage.catalogue.models.documents import SheetLine
from alliage.catalogue.models.journal import Change, RevisionCounter, Tombstone
from alliage.catalogue.models.organisations import Organisation, OrganisationName
from alliage.catalogue.models.road_map import HeldRoadMap
from alliage.catalogue.models.statistics import IndicatorValue, StatisticRelease
from alliage.catalogue.models.suggestions import ToolSuggestion

__all__ = [
    "Alliance",
    "AlliancePlace",
    "Answer",
    "Change",
    "Diagnosis",
    "EvaluationLine",
    "HealthMark",
    "HealthRound",
    "HeldRoadMap",
    "ImportBatch",
    "IndicatorValue",
    "Organisation",
    "OrganisationName",
    "Participant",
    "Proposal",
    "RevisionCounter",
    "Role",
    "SavedMapping",
    "SheetLine",
    "StatisticRelease",
    "Tombstone",
    "ToolSuggestion",
]
