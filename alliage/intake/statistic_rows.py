"""Files of statistics → raw values, as they are written: which shape a file has, where its header stands, what each cell
says. Nothing is believed yet: `statistics` does that."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from itertools import chain, islice
from pathlib import Path

from alliage.intake.drafts import Unreadable
from alliage.intake.formats import format_of
from alliage.intake.readers import spreadsheets, text_tables
from alliage.intake.tables import BrokenLine, Line, clean_cell
from alliage.vocabulary.indicators import StatisticSource
from alliage.vocabulary.numbers import written
from alliage.vocabulary.statistic_files import OPEN_LONG, OPEN_TITLES, FileShape
from alliage.vocabulary.words import fold, key

HEADER_WITHIN = 30  # lines
MOST_VALUES = 1_000_000  # about 600 MB; the largest declared file gives 70,000
_TWO_DIGITS_TURN = 70  # « 21 » is 2021, « 82 » is 1982
_PARQUET_START = b"PAR1"


@dataclass(frozen=True, slots=True)
class RawValue:
    """One value as written: `hidden` when its producer does not publish it, `broken` why its line cannot be read."""

    line: int
    column: str
    code: str
    level: str
    indicator: str
    year: str
    texts: tuple[str, ...]
    combine: str = "sum"
    unit: str = ""
    source: str = ""
    hidden: bool = False
    broken: str = ""


@dataclass(frozen=True, slots=True)
class RawFile:
    """The shape that a file was found to have, the sheet it was found in, and its raw values, once.

    `passed_over`: how many lines had a level or an indicator that the shape does not declare, by what they say; whole when
    the values have been read.
    """

    shape: FileShape
    sheet: str
    values: Iterator[RawValue]
    passed_over: Counter[str]


def read_raw(path: Path, source: StatisticSource) -> RawFile:
    """The raw values of a file of that source. Raises Unreadable when it has none of the source's shapes."""
    named = [s for s in source.files if fnmatch(path.name.lower(), s.name.lower())]
    others = [s for s in source.files if s not in named]
    headers: list[str] = []
    for shapes in (named, [OPEN_LONG], others):
        fitting = []
        for shape in shapes:
            sheet, lines = _lines(path, shape)
            ahead = list(islice(lines, HEADER_WITHIN))
            headers = headers or next(([*cells] for _, cells in ahead if not isinstance(cells, BrokenLine)), [])
            for at, (_, cells) in enumerate(ahead):
                if not isinstance(cells, BrokenLine) and (columns := _columns(shape, cells)):
                    passed_over: Counter[str] = Counter()
                    values = _values(shape, columns, chain(ahead[at + 1 :], lines), passed_over)
                    fitting.append(RawFile(shape, sheet, values, passed_over))
                    break
        if len(fitting) > 1:
            raise Unreadable.because(
                path,
                "Plusieurs fichiers de cette source ont ces colonnes, et le nom du fichier ne dit pas lequel c’est.",
                f"Gardez le nom que lui donne la source : {', '.join(f.shape.name for f in fitting)}.",
            )
        if fitting:
            return fitting[0]
    wanted = " ; ".join(f"{s.name} ({', '.join(_wanted(s))})" for s in source.files)
    raise Unreadable.because(
        path,
        f"Aucune forme connue de la source « {source.id} » dans ce fichier ; première ligne : "
        f"« {', '.join(headers)[:200]} ».",
        f"Attendu : {wanted + ' ; ' if wanted else ''}ou les colonnes {', '.join(_wanted(OPEN_LONG))}.",
    )


def _wanted(shape: FileShape) -> list[str]:
    if shape.wide:
        return [shape.code, *(name for c in shape.columns for name in c.of)]
    return [n for n in (shape.code, shape.level_column, shape.indicator_column, shape.year, shape.value) if n]


def _lines(path: Path, shape: FileShape) -> tuple[str, Iterator[Line]]:
    """The lines of the file, of the sheet that the shape names when it is a workbook."""
    with path.open("rb") as file:
        start = file.read(4)
    if start == _PARQUET_START:
        return "", _parquet_lines(path)
    kind = format_of(path)
    if kind == "text table":
        return "", text_tables.read_lines(path)
    if kind != "spreadsheet":
        raise Unreadable.because(
            path, "Ce n’est pas un tableau de statistiques.", "Donnez un fichier CSV, TSV, XLSX, XLS, ODS ou Parquet."
        )
    try:
        for name, lines in spreadsheets.read_sheets(path):
            if not shape.sheet or fold(name).startswith(fold(shape.sheet)):
                return name, lines
    except spreadsheets.NotAWorkbook as error:
        raise Unreadable.because(path, f"Le classeur ne s’ouvre pas ({error}).", "Enregistrez-le de nouveau.") from None
    return "", iter(())


def _parquet_lines(path: Path) -> Iterator[Line]:
    """The header, then each row as text; the number of a row counts the header, as in a CSV."""
    try:
        import pyarrow as arrow
        from pyarrow import parquet
    except ModuleNotFoundError:
        raise Unreadable.because(
            path,
            "Lire un fichier Parquet demande l’option « parquet ».",
            "Installez-la (pip install .[parquet]), ou donnez le fichier en CSV.",
        ) from None
    try:
        file = parquet.ParquetFile(path)
        yield 1, list(file.schema_arrow.names)
        number = 1
        for batch in file.iter_batches(batch_size=20_000):
            for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                number += 1
                yield number, [spreadsheets.shown(value) for value in row]
    except (arrow.ArrowException, OSError) as error:
        raise Unreadable.because(
            path, f"Le fichier Parquet ne se lit pas ({error}).", "Téléchargez-le de nouveau."
        ) from None


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where the columns stand: by role for a long file; for a wide one, also (indicator, year, combine, positions)."""

    at: Mapping[str, int]
    titles: Sequence[str]
    years: tuple[tuple[str, str, str, tuple[int, ...]], ...] = ()

    @property
    def last(self) -> int:
        """The position of the last column that is read: a shorter line was cut."""
        return max((*self.at.values(), *(at for _, _, _, positions in self.years for at in positions)))


def _columns(shape: FileShape, header: Sequence[str]) -> _Columns | None:
    """Where the columns of a shape stand in this line; None when it is not its header."""
    titles = [clean_cell(cell).strip('"') for cell in header]
    folded = {fold(title): at for at, title in reversed(list(enumerate(titles)))}
    if shape.wide:
        years = tuple(y for c in shape.columns for y in _years(c.of, folded, c.indicator, c.combine, shape.years))
        if fold(shape.code) in folded and {y[0] for y in years} == {c.indicator for c in shape.columns}:
            return _Columns({"code": folded[fold(shape.code)]}, titles, years)
        return None
    if shape is OPEN_LONG:
        by_key = {key(title): at for at, title in reversed(list(enumerate(titles)))}
        at = {role: by_key[key(said)] for role, names in OPEN_TITLES.items() for said in names if key(said) in by_key}
        return _Columns(at, titles) if {"code", "indicator", "year", "value"} <= set(at) else None
    named = {
        "code": shape.code,
        "level": shape.level_column,
        "indicator": shape.indicator_column,
        "year": shape.year,
        "value": shape.value,
        "unit": shape.unit,
        "source": shape.source,
    }
    at = {role: folded[fold(name)] for role, name in named.items() if name and fold(name) in folded}
    return _Columns(at, titles) if set(at) == {role for role, name in named.items() if name} else None


def _years(
    names: tuple[str, ...], folded: Mapping[str, int], indicator: str, combine: str, which: str
) -> list[tuple[str, str, str, tuple[int, ...]]]:
    """The years for which all the columns of an indicator are there; only the last one when `which` says so."""
    found: dict[str, list[int]] = {}
    for name in names:
        pattern = re.escape(fold(name)).replace(r"\{yyyy\}", r"(?P<y>\d{4})").replace(r"\{yy\}", r"(?P<y>\d{2})")
        for title, at in folded.items():
            if match := re.fullmatch(pattern, title):
                found.setdefault(_whole_year(match["y"]), []).append(at)
    whole = sorted(year for year, positions in found.items() if len(positions) == len(names))
    return [(indicator, year, combine, tuple(found[year])) for year in (whole[-1:] if which == "last" else whole)]


def _whole_year(digits: str) -> str:
    if len(digits) == 4:
        return digits
    return f"{20 if int(digits) < _TWO_DIGITS_TURN else 19}{digits}"


def _values(
    shape: FileShape, columns: _Columns, lines: Iterable[Line], passed_over: Counter[str]
) -> Iterator[RawValue]:
    given = 0
    is_place = re.compile(shape.rows) if shape.rows else None
    for number, cells in lines:
        if isinstance(cells, BrokenLine):
            yield RawValue(number, "", "", "", "", "", (), broken=cells.cause)
            continue
        clean = [clean_cell(cell).strip('"') for cell in cells]
        if not any(clean):
            continue
        code = _cell(clean, columns.at["code"])
        if is_place and not is_place.match(code):
            continue
        if len(clean) > len(columns.titles) and any(clean[len(columns.titles) :]):
            cause = "Cette ligne a plus de cellules que la première : un séparateur est peut-être dans une valeur."
            yield RawValue(number, "", code, "", "", "", (), broken=cause)
            continue
        if len(clean) <= columns.last:
            cause = "Cette ligne est coupée : il lui manque des cellules."
            yield RawValue(number, "", code, "", "", "", (), broken=cause)
            continue
        for value in _of_line(shape, columns, number, clean, code, passed_over):
            given += 1
            if given > MOST_VALUES:
                cause = f"Ce fichier donne plus de {written(MOST_VALUES)} valeurs."
                yield replace(value, broken=cause)
                return
            yield value


def _cell(cells: Sequence[str], at: int | None) -> str:
    return cells[at] if at is not None and at < len(cells) else ""


def _of_line(
    shape: FileShape, columns: _Columns, number: int, cells: Sequence[str], code: str, passed_over: Counter[str]
) -> Iterator[RawValue]:
    if shape.wide:
        for indicator, year, combine, positions in columns.years:
            texts = tuple(_cell(cells, at) for at in positions)
            yield RawValue(
                line=number,
                column=" + ".join(columns.titles[at] for at in positions),
                code=code,
                level=shape.level,
                indicator=indicator,
                year=year,
                texts=texts,
                combine=combine,
                hidden=any(not text or text in shape.hidden for text in texts),
            )
        return
    told = {role: _cell(cells, at) for role, at in columns.at.items()}
    level, indicator = told.get("level", "") or shape.level, told["indicator"]
    if shape.levels is not None:
        if level not in shape.levels:
            passed_over[f"{shape.level_column} « {level} »"] += 1
            return
        level = shape.levels[level]
    if shape.indicators is not None:
        if indicator not in shape.indicators:
            passed_over[f"{shape.indicator_column} « {indicator} »"] += 1
            return
        indicator = shape.indicators[indicator]
    yield RawValue(
        line=number,
        column=columns.titles[columns.at["value"]],
        code=code,
        level=level,
        indicator=indicator,
        year=told["year"],
        texts=(told["value"],),
        unit=told.get("unit", ""),
        source=told.get("source", ""),
        hidden=not told["value"] or told["value"] in shape.hidden,
    )
