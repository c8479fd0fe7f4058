"""The typed shapes that the API answers with; the OpenAPI description comes from them."""

from __future__ import annotations

from typing import Any  # facts of a record are JSON whose keys docs/import.md tells

from ninja import Schema


class Partner(Schema):
    """An organisation and the part it plays."""

    name: str
    kind: str | None = None
    size: str | None = None
    role: str | None = None
    organisation: str | None = None


class Place(Schema):
    """A place by level and official code."""

    code: str
    level: str
    name: str


class AllianceLine(Schema):
    """An alliance in a list."""

    id: str
    title: str
    summary: str | None = None
    need: str | None = None
    mode: str | None = None
    trend: str | None = None
    domains: list[str]
    partners: list[Partner]
    places: list[Place]
    start_year: int | None = None
    status: str
    status_year: int | None = None
    confirmed_on: str | None = None
    url: str
    reason: str | None = None


class FacetCount(Schema):
    """A value of a facet and how many alliances of the list have it, its own filter set aside."""

    value: str
    label: str
    count: int


class AllianceList(Schema):
    """One page of a list; `next` is the cursor of the next page, or null."""

    count: int
    results: list[AllianceLine]
    facets: dict[str, list[FacetCount]]
    next: str | None = None


class Problem(Schema):
    """What went wrong, in one sentence, and which parameter is at fault."""

    code: str
    message: str
    field: str | None = None


class ProblemAnswer(Schema):
    """The shape of every error."""

    error: Problem


class AllianceDetail(Schema):
    """The whole record, with sources and provenance."""

    id: str
    title: str
    summary: str | None = None
    need: str | None = None
    action: str | None = None
    keywords: list[str]
    mode: str | None = None
    trend: str | None = None
    domains: list[str]
    fragilities: list[str]
    sdgs: list[int]
    scale: str | None = None
    partners: list[dict[str, Any]]
    places: list[Place]
    place_note: str | None = None
    start_year: int | None = None
    end_year: int | None = None
    status: str
    status_year: int | None = None
    confirmed_on: str | None = None
    results: list[dict[str, Any]]
    resources: list[dict[str, Any]]
    lessons: str | None = None
    lessons_basis: str | None = None
    doubts: str | None = None
    documentation: str | None = None
    readings: list[dict[str, Any]]
    sources: list[dict[str, Any]]
    collections: list[str]
    provenance: dict[str, Any]
    url: str


class SuggestionLine(Schema):
    """Something whose name starts as typed: go to `url`."""

    kind: str
    label: str
    value: str
    note: str
    url: str


class Suggestions(Schema):
    """Suggestions for a text being typed."""

    results: list[SuggestionLine]


class TrendShape(Schema):
    id: str
    label: str
    plain: str
    count: int


class ModeShape(Schema):
    id: str
    label: str
    approach: str
    stance: str
    definition: str
    plain: str
    count: int
    trends: list[TrendShape]


class EraShape(Schema):
    id: str
    label: str
    when: str
    modes: list[str]
    text: str


class TypologyShape(Schema):
    """The typology with its counts."""

    approaches: list[dict[str, str]]
    stances: list[dict[str, str]]
    modes: list[ModeShape]
    eras: list[EraShape]


class MapCluster(Schema):
    """A territory on the map: how many alliances of the list it holds, by form, and the page that lists them."""

    token: str
    name: str
    count: int
    modes: dict[str, int]
    longitude: float
    latitude: float
    url: str


class MapAnswer(Schema):
    """A list on the map; `unplaced` of its `count` alliances have no point at this level."""

    count: int
    unplaced: int
    clusters: list[MapCluster]
