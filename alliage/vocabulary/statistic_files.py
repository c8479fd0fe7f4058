"""The shape of a public file of statistics, as content/indicators.yaml declares it; files themselves are read by intake."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any  # rows of YAML until a shape has been given to them

from alliage.vocabulary.loading import ContentError, line_of, require
from alliage.vocabulary.places import LEVELS

DECIMAL_SIGNS = (".", ",", "any")
COMBINATIONS = ("sum", "mean")
YEARS = ("all", "last")


@dataclass(frozen=True, slots=True)
class Expected:
    """How many territories of a level the file lists, and by which share this may differ (0.02: 2 %)."""

    count: int
    tolerance: float


@dataclass(frozen=True, slots=True)
class ValueColumns:
    """The columns of a wide file that give one indicator; « {yy} » or « {yyyy} » stands for the year."""

    indicator: str
    of: tuple[str, ...]
    combine: str


@dataclass(frozen=True, slots=True)
class FileShape:
    """One public file. Wide when it has `columns` (a row a territory), long otherwise (a row a value).

    `name` is a pattern of file names; `hidden` are the signs of a value that its producer does not publish; `rows` is
    what a code looks like when the file also holds lines that are no territory.
    """

    name: str
    code: str
    level: str = ""
    level_column: str = ""
    levels: Mapping[str, str] | None = None
    sheet: str = ""
    decimal: str = "."
    hidden: tuple[str, ...] = ()
    years: str = "all"
    rows: str = ""
    columns: tuple[ValueColumns, ...] = ()
    year: str = ""
    value: str = ""
    indicator_column: str = ""
    indicators: Mapping[str, str] | None = None
    unit: str = ""
    source: str = ""
    expected: Mapping[str, Expected] | None = None
    gone: tuple[str, ...] = ()

    @property
    def wide(self) -> bool:
        """Whether a row is a territory."""
        return bool(self.columns)

    @property
    def indicators_told(self) -> tuple[str, ...]:
        """The ids of the indicators that this file gives; none for the open long format, where each row names its own."""
        return tuple(c.indicator for c in self.columns) or tuple((self.indicators or {}).values())


# The format in which Alliage writes its own indicators; any source may be given in it.
OPEN_LONG = FileShape(
    name="*",
    code="code",
    level_column="level",
    year="year",
    value="value",
    indicator_column="indicator",
    unit="unit",
    source="source",
)
# What the titles of the open long format may also be called.
OPEN_TITLES: Mapping[str, tuple[str, ...]] = {
    "code": ("code", "code officiel"),
    "level": ("level", "niveau"),
    "indicator": ("indicator", "indicateur"),
    "year": ("year", "annee", "année"),
    "value": ("value", "valeur"),
    "unit": ("unit", "unite", "unité"),
    "source": ("source",),
}


def _one_of(row: Mapping[str, Any], name: str, allowed: tuple[str, ...], default: str, file: str) -> str:
    value = str(row.get(name, default))
    if value not in allowed:
        raise ContentError(file, f"« {name} : {value} » n’existe pas ; possibles : {', '.join(allowed)}", line_of(row))
    return value


def file_shape(row: Mapping[str, Any], file: str) -> FileShape:
    """The shape that a row of YAML tells. Raises ContentError."""
    columns = tuple(
        ValueColumns(
            indicator=str(require(c, "indicator", file)),
            of=tuple(str(name) for name in require(c, "of", file)),
            combine=_one_of(c, "combine", COMBINATIONS, "sum", file),
        )
        for c in row.get("columns") or ()
    )
    for column in columns:
        if not all("{yy}" in name or "{yyyy}" in name for name in column.of):
            raise ContentError(
                file, f"« {column.indicator} » : chaque colonne dit son année par {{yy}} ou {{yyyy}}", line_of(row)
            )
    if not columns:
        for name in ("year", "value", "indicator_column", "indicators"):
            require(row, name, file)
    level, levels = str(row.get("level") or ""), {str(k): str(v) for k, v in (row.get("levels") or {}).items()}
    if bool(level) == bool(row.get("level_column")):
        raise ContentError(file, "« level » ou « level_column » est attendu, l’un des deux", line_of(row))
    expected = {
        str(k): Expected(int(require(v, "count", file)), float(v.get("tolerance", 0)))
        for k, v in require(row, "expected", file).items()
    }
    if unknown := [
        name for name in ([level] if level else []) + list(levels.values()) + list(expected) if name not in LEVELS
    ]:
        raise ContentError(file, f"niveau inconnu : {', '.join(unknown)}", line_of(row))
    rows = str(row.get("rows") or "")
    try:
        re.compile(rows)
    except re.error as error:
        raise ContentError(file, f"« rows » n’est pas un motif ({error})", line_of(row)) from None
    return FileShape(
        name=str(require(row, "name", file)),
        code=str(require(row, "code", file)),
        level=level,
        level_column=str(row.get("level_column") or ""),
        levels=levels or None,
        sheet=str(row.get("sheet") or ""),
        decimal=_one_of(row, "decimal", DECIMAL_SIGNS, ".", file),
        hidden=tuple(str(h) for h in row.get("hidden") or ()),
        years=_one_of(row, "years", YEARS, "all", file),
        rows=rows,
        columns=columns,
        year=str(row.get("year") or ""),
        value=str(row.get("value") or ""),
        indicator_column=str(row.get("indicator_column") or ""),
        indicators={str(k): str(v) for k, v in (row.get("indicators") or {}).items()} or None,
        unit=str(row.get("unit") or ""),
        source=str(row.get("source") or ""),
        expected=expected,
        gone=tuple(str(code) for code in row.get("gone") or ()),
    )
