"""Indicators of a territory, where their values come from, and the values that studies give; nothing is computed here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any  # rows of YAML until a shape has been given to them

from alliage.vocabulary.loading import ContentError, line_of, read_csv, read_yaml, require
from alliage.vocabulary.numbers import written
from alliage.vocabulary.places import LEVELS, gazetteer
from alliage.vocabulary.statistic_files import FileShape, file_shape
from alliage.vocabulary.terms import terms
from alliage.vocabulary.words import is_slug

FILE, VALUES_FILE = "indicators.yaml", "indicator_values.csv"
COUNTRY = "pays:FR"  # no place of the gazetteer: what holds for the whole country, always shown apart
COUNTRY_NAME = "France"
INDICATOR_LEVELS = ("pays", *LEVELS)
KINDS = {
    "profile": "le territoire",
    "objective": "ce que disent les statistiques",
    "perceived": "ce que disent les habitants et les acteurs",
    "alliance": "la dynamique des alliances",
}
ORIGINS = ("places", "catalogue", "import", "ratio", "studies")
BETTER = ("high", "low", "neutral")


@dataclass(frozen=True, slots=True)
class StatisticSource:
    """Who publishes the values of an indicator, under which licence, and the shapes of the files that hold them."""

    id: str
    label: str
    producer: str
    licence: str
    url: str
    year: int | None = None
    files: tuple[FileShape, ...] = ()


@dataclass(frozen=True, slots=True)
class Indicator:
    """What is measured of a territory.

    `origin`: computed from the places, counted in the catalogue, imported, a ratio of two others (×100), or told by
    studies. `sums`: the value of a territory is the sum of those of its communes. `low`, `high`: bounds of a sound value;
    `middle`: bounds of the median of a level, for a number of inhabitants by inhabitant of each place; `inputs`: the
    indicators that Alliage computes it from, as (level, id), the level empty where it is the same.
    """

    id: str
    label: str
    computation: str
    unit: str
    kind: str
    levels: tuple[str, ...]
    origin: str
    source: StatisticSource
    decimals: int = 0
    better: str = "neutral"
    sums: bool = False
    low: float | None = None
    high: float | None = None
    middle: tuple[float, float] | None = None
    fragility: str = ""
    note: str = ""
    ratio: tuple[str, str] | None = None
    inputs: tuple[tuple[str, str], ...] = ()

    def inputs_at(self, level: str) -> list[tuple[str, str]]:
        """What it takes to redo its values at a level, as (level, indicator id); its own values where nothing is computed."""
        if self.ratio:
            return [(level, id) for id in self.ratio]
        found = [(of or level, id) for of, id in self.inputs] or [("commune" if self.sums else level, self.id)]
        return [pair for pair in found if pair[0] in (*LEVELS,)]

    def written(self, value: float) -> str:
        """The value as French writes it, without its unit: « 12 400 », « 14,5 »."""
        return written(value, self.decimals)

    def written_whole(self, value: float) -> str:
        """The value with its unit: « 12 400 habitants », « 14,5 % »."""
        return f"{self.written(value)}\u00a0{self.unit}"


@dataclass(frozen=True, slots=True)
class Observation:
    """One value of an indicator for a place (« region:24 », « pays:FR »), with all that it must be shown with.

    `year` is None when the source tells none; `released_on` is the ISO day of its import, empty for what ships with
    Alliage; `note` says what its reader must know.
    """

    indicator: str
    place: str
    value: float
    unit: str
    year: int | None
    source: str
    url: str
    released_on: str = ""
    note: str = ""


@dataclass(frozen=True)
class Indicators:
    """Every indicator in its order, every source, and the values of studies."""

    by_id: Mapping[str, Indicator]
    sources: Mapping[str, StatisticSource]
    told: tuple[Observation, ...] = field(default=())

    def __iter__(self) -> Any:  # of Indicator
        return iter(self.by_id.values())

    def get(self, id: str) -> Indicator | None:
        """The indicator of that id."""
        return self.by_id.get(id)

    def of_kind(self, kind: str) -> tuple[Indicator, ...]:
        """The indicators of a kind, in the order of the file."""
        return tuple(i for i in self.by_id.values() if i.kind == kind)

    def of_level(self, level: str) -> tuple[Indicator, ...]:
        """The indicators that exist for a level, in the order of the file."""
        return tuple(i for i in self.by_id.values() if level in i.levels)


def _refuse(row: Mapping[str, Any], cause: str) -> ContentError:
    return ContentError(FILE, cause, line_of(row))


def _one_of(row: Mapping[str, Any], name: str, allowed: tuple[str, ...], default: str | None = None) -> str:
    value = str(row.get(name, default) if default is not None else require(row, name, FILE))
    if value not in allowed:
        raise _refuse(row, f"« {name} : {value} » n’existe pas ; possibles : {', '.join(allowed)}")
    return value


def _number(row: Mapping[str, Any], name: str) -> float | None:
    value = row.get(name)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise _refuse(row, f"« {name} » doit être un nombre")
    return None if value is None else float(value)


def _middle(row: Mapping[str, Any]) -> tuple[float, float] | None:
    told = row.get("middle")
    if told is None:
        return None
    bounds = {"low": told[0], "high": told[1]} if isinstance(told, list) and len(told) == 2 else {}
    low, high = _number(bounds, "low"), _number(bounds, "high")
    if low is None or high is None or low >= high:
        raise _refuse(row, "« middle » donne deux bornes, la plus petite d’abord : [3, 40]")
    return low, high


def _source(row: Mapping[str, Any]) -> StatisticSource:
    year = _number(row, "year")
    return StatisticSource(
        id=str(require(row, "id", FILE)),
        label=str(require(row, "label", FILE)),
        producer=str(require(row, "producer", FILE)),
        licence=str(require(row, "licence", FILE)),
        url=str(require(row, "url", FILE)),
        year=int(year) if year is not None else None,
        files=tuple(file_shape(f, FILE) for f in row.get("files") or ()),
    )


def _indicator(row: Mapping[str, Any], sources: Mapping[str, StatisticSource]) -> Indicator:
    id = str(require(row, "id", FILE))
    if not is_slug(id):
        raise _refuse(row, f"« {id} » ne peut pas être un identifiant")
    source = str(require(row, "source", FILE))
    if source not in sources:
        raise _refuse(row, f"la source « {source} » n’est pas déclarée")
    levels = tuple(str(level) for level in require(row, "levels", FILE))
    if unknown := [level for level in levels if level not in INDICATOR_LEVELS]:
        raise _refuse(row, f"niveau inconnu : {', '.join(unknown)}")
    fragility = str(row.get("fragility") or "")
    if fragility and fragility not in terms("fragilities"):
        raise _refuse(row, f"la fragilité « {fragility} » n’existe pas")
    origin, ratio = _one_of(row, "from", ORIGINS), row.get("ratio")
    if (origin == "ratio") != bool(ratio):
        raise _refuse(row, "« ratio: {of, over} » va avec « from: ratio », et avec lui seul")
    low, high = _number(row, "low"), _number(row, "high")
    if low is not None and high is not None and low >= high:
        raise _refuse(row, "« low » doit être plus petit que « high »")
    return Indicator(
        id=id,
        label=str(require(row, "label", FILE)),
        computation=str(require(row, "computation", FILE)),
        unit=str(require(row, "unit", FILE)),
        kind=_one_of(row, "kind", tuple(KINDS)),
        levels=levels,
        origin=origin,
        source=sources[source],
        decimals=int(row.get("decimals") or 0),
        better=_one_of(row, "better", BETTER, "neutral"),
        sums=bool(row.get("sums")),
        low=low,
        high=high,
        middle=_middle(row),
        fragility=fragility,
        note=str(row.get("note") or ""),
        ratio=(str(require(ratio, "of", FILE)), str(require(ratio, "over", FILE))) if ratio else None,
        inputs=tuple((level, id) for level, _, id in (str(i).rpartition(":") for i in row.get("inputs") or ())),
    )


def _told(by_id: Mapping[str, Indicator]) -> tuple[Observation, ...]:
    """The values of studies; a value without a known place, indicator, unit, source and address is refused."""
    found: dict[tuple[str, str, str, str], Observation] = {}
    for line, row in enumerate(read_csv(VALUES_FILE), 2):
        indicator = by_id.get(row["indicator"])
        cause = ""
        if indicator is None or indicator.origin != "studies":
            cause = f"l’indicateur « {row['indicator']} » n’est pas un indicateur d’études"
        elif row["place"] != COUNTRY and gazetteer().by_token.get(row["place"]) is None:
            cause = f"le lieu « {row['place']} » n’existe pas"
        elif row["place"].partition(":")[0] not in indicator.levels:
            cause = f"« {indicator.id} » n’existe pas au niveau de « {row['place']} »"
        elif row["unit"] != indicator.unit:
            cause = f"l’unité de « {indicator.id} » est « {indicator.unit} »"
        elif not row["source"] or not re.fullmatch(r"https?://\S+", row["address"]):
            cause = "chaque valeur a sa source et son adresse"
        elif not re.fullmatch(r"-?\d+(?:\.\d+)?", row["value"]) or not re.fullmatch(r"(?:\d{4})?", row["year"]):
            cause = "une valeur (12.5) et une année (2019, ou rien) sont attendues"
        key = (row["place"], row["indicator"], row["year"], row["source"])
        if not cause and key in found:
            cause = "cette valeur est déjà donnée plus haut"
        if cause:
            raise ContentError(VALUES_FILE, cause, line)
        found[key] = Observation(
            indicator=row["indicator"],
            place=row["place"],
            value=float(row["value"]),
            unit=row["unit"],
            year=int(row["year"]) if row["year"] else None,
            source=row["source"],
            url=row["address"],
            note=row["note"],
        )
    return tuple(found.values())


@cache
def indicators() -> Indicators:
    """The indicators of content/indicators.yaml and the values of content/indicator_values.csv. Raises ContentError."""
    tree = read_yaml(FILE)
    sources: dict[str, StatisticSource] = {}
    for row in require(tree, "sources", FILE):
        if (source := _source(row)).id in sources:
            raise _refuse(row, f"la source « {source.id} » est déclarée deux fois")
        sources[source.id] = source
    by_id: dict[str, Indicator] = {}
    for row in require(tree, "indicators", FILE):
        if (indicator := _indicator(row, sources)).id in by_id:
            raise _refuse(row, f"l’indicateur « {indicator.id} » est déclaré deux fois")
        by_id[indicator.id] = indicator
    for row in tree["indicators"]:
        parts = by_id[row["id"]].ratio or ()
        if unknown := [id for level, id in by_id[row["id"]].inputs if id not in by_id or level not in ("", *LEVELS)]:
            raise _refuse(row, f"« inputs » : « {unknown[0]} » n’est pas un indicateur, ou son niveau n’existe pas")
        if unfit := [p for p in parts if p not in by_id or not by_id[p].sums]:
            raise _refuse(row, f"« {unfit[0]} » n’est pas un indicateur qui s’additionne")
    for row in tree["sources"]:
        for shape in sources[row["id"]].files:
            for id in shape.indicators_told:
                if id not in by_id or by_id[id].origin != "import":
                    raise _refuse(row, f"« {id} » n’est pas un indicateur importé")
    return Indicators(by_id, sources, _told(by_id))
