"""Whether a file of statistics is whole: what its source lists, what is published today. Says what does not match."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from alliage.intake.drafts import Issue
from alliage.intake.statistic_batch import StatisticBatch, StatisticValue
from alliage.vocabulary.indicators import COUNTRY_NAME, Indicator, indicators
from alliage.vocabulary.numbers import in_round_figures, written
from alliage.vocabulary.places import LEVEL_LABELS, LEVELS, Place, gazetteer
from alliage.vocabulary.statistic_files import OPEN_LONG, Expected, FileShape

TOLERANCE = 0.05  # of the number of territories of a level, where the source declares none
LARGEST_DROP = 0.10  # of the values published today
LARGEST_FACTOR = 3.0  # no rate and no count of people triples from one file to the next: the unit did
FEWEST_COMPARED = 5  # territories; a median of fewer says nothing
EXAMPLES, MOST_PASSED_OVER = 5, 8
Listed = Mapping[tuple[str, str, int], set[str]]  # the codes as written, by indicator, level and year
Series = tuple[str, str]  # an indicator at a level


@dataclass(frozen=True)
class PublishedToday:
    """What the values of a file are held against.

    `values`: by series, the values of its last year by code; `together`: the series that each file of the same source in
    force gave itself, with that file's name.
    """

    values: Mapping[Series, Mapping[str, float]] = field(default_factory=dict)
    together: Sequence[tuple[str, frozenset[Series]]] = ()


def _level(level: str) -> str:
    return LEVEL_LABELS.get(level, COUNTRY_NAME)


def _named(indicator: str, level: str, year: int | None = None) -> str:
    """« Taux de pauvreté » 2021, niveau département."""
    told = indicators().get(indicator)
    return f"« {told.label if told else indicator} »{f' {year}' if year else ''}, niveau {_level(level)}"


def _examples(places: Iterable[Place]) -> str:
    largest = sorted(places, key=lambda p: -(p.population or 0))[:EXAMPLES]
    return ", ".join(f"{p.name} ({p.code})" for p in largest)


def expect_all(
    listed: Listed, present: set[Series], shape: FileShape, passed_over: Counter[str], batch: StatisticBatch
) -> None:
    """Refuses a file that lacks a level or an indicator of its source, or lists too many or too few territories of one.

    `present`: the (level, code) of today's places that the file names.
    """
    declared: Mapping[str, Expected] = {}
    for file in (*batch.source.files, shape):
        declared = {**declared, **(file.expected or {})}
    for (indicator, level, year), codes in sorted(listed.items()):
        if level not in LEVELS or indicators().by_id[indicator].origin == "studies":
            continue
        of_level = [p for p in gazetteer().of_level(level) if len(p.region or p.code) == 2 or level == "epci"]
        expected = declared.get(level) or Expected(len(of_level), TOLERANCE)
        if abs(len(codes) - expected.count) <= expected.tolerance * expected.count:
            continue
        cause = (
            f"{_named(indicator, level, year)} : {written(len(codes))} territoires, {written(expected.count)} attendus "
            f"(à {written(expected.tolerance * 100, 0)} % près)."
        )
        absent = [p for p in of_level if (level, p.code) not in present]
        fix = f"Il manque par exemple {_examples(absent)}. Téléchargez le fichier entier." if absent else _FIX_TOO_MANY
        batch.refuse(None, cause, _with_passed_over(fix, passed_over))
    _expect_levels(listed, shape, passed_over, batch)
    _note_departements(listed, present, batch)


_FIX_TOO_MANY = "Vérifiez le fichier : il a plus de lignes que de territoires."


def _with_passed_over(fix: str, passed_over: Counter[str], column: str = "") -> str:
    """The fix, and what the file says instead in that column (in any, when none is named)."""
    kept = [(said, n) for said, n in passed_over.most_common() if said.startswith(column)][:MOST_PASSED_OVER]
    if not kept:
        return fix
    told = ", ".join(f"{said} ({written(n)} ligne{'s' * (n > 1)})" for said, n in kept)
    return f"{fix} Lu aussi, et laissé de côté faute d’être déclaré dans indicators.yaml : {told}."


def _expect_levels(listed: Listed, shape: FileShape, passed_over: Counter[str], batch: StatisticBatch) -> None:
    """Each level and indicator that the shape declares is there in the last year of the file, under the name awaited."""
    if shape is OPEN_LONG:
        return
    last = max((year for _, _, year in listed), default=None)
    words = {level: word for word, level in (shape.levels or {}).items()}
    for level, expected in (shape.expected or {}).items():
        for indicator in shape.indicators_told:
            if (indicator, level, last) in listed:
                continue
            years = sorted(year for i, lv, year in listed if (i, lv) == (indicator, level))
            if years:
                cause = f"{_named(indicator, level)} : la dernière année est {years[-1]}, le fichier va jusqu’à {last}."
            else:
                cause = f"{_named(indicator, level, last)} : aucun territoire, {written(expected.count)} attendus."
            fix = (
                f"Ce niveau s’écrit « {words[level]} » dans la colonne {shape.level_column} : vérifiez comment le fichier "
                "l’écrit, et qu’il est entier."
                if level in words
                else "Vérifiez que toutes les colonnes du fichier sont là, de la même année."
            )
            # Other levels of it are there: its name was understood, and only the words for levels can tell more.
            told = shape.level_column if any(i == indicator for i, _, _ in listed) else ""
            batch.refuse(None, cause, _with_passed_over(fix, passed_over, told or ""))


def _note_departements(listed: Listed, present: set[Series], batch: StatisticBatch) -> None:
    """Tells the départements of which a file of communes names none: a source may not cover them, or lines were lost."""
    if not any(level == "commune" for _, level, _ in listed):
        return
    named = {p.departement for p in gazetteer().of_level("commune") if ("commune", p.code) in present}
    absent = [p for p in gazetteer().of_level("departement") if len(p.region) == 2 and p.code not in named]
    if absent and not batch.issues:
        told = ", ".join(f"{p.name} ({p.code})" for p in absent)
        batch.notes.append(f"Aucune commune de ces départements n’est dans le fichier : {told}.")


def expect_values(listed: Listed, hidden: Iterable[Series], batch: StatisticBatch) -> None:
    """Refuses a file in which a series has lines and no value at all, or values of another order than is sound."""
    values = _by_series(batch.values)
    for series in sorted({(i, level) for i, level, _ in listed} & set(hidden)):
        if series not in values:
            cause = f"{_named(*series)} : aucune valeur, toutes les cases sont vides ou secrètes."
            batch.refuse(None, cause, "Vérifiez que c’est la bonne colonne et le bon fichier.")
    for (indicator, level), some in sorted(values.items()):
        asked = indicators().by_id[indicator]
        if asked.middle is None or len(some) < FEWEST_COMPARED:
            continue
        low, high = asked.middle
        middle = _middle(asked, level, some)
        if middle is not None and not low <= middle <= high:
            of = " par habitant" if asked.unit == PEOPLE else f" {asked.unit}"
            cause = (
                f"{_named(indicator, level)} : la valeur du milieu (médiane) est de {in_round_figures(middle)}{of}, hors de ce "
                f"qui est vraisemblable ({written(low)} à {written(high)})."
            )
            batch.refuse(None, cause, _FIX_UNIT.format(unit=asked.unit))


PEOPLE = "habitants"
_FIX_UNIT = "Vérifiez l’unité du fichier (Alliage attend « {unit} », ni milliers ni fraction) et son signe décimal."


def _middle(asked: Indicator, level: str, some: Mapping[str, float]) -> float | None:
    """The median of a series; for a number of inhabitants, by inhabitant of each place."""
    if asked.unit != PEOPLE:
        return median(some.values())
    people = {code: p.population for code in some if (p := gazetteer().get(level, code)) and p.population}
    return median(some[code] / number for code, number in people.items() if number) if people else None


def _by_series(values: Iterable[StatisticValue]) -> dict[Series, dict[str, float]]:
    """The values of the last year of each series, by code."""
    last: dict[Series, int] = defaultdict(int)
    found: dict[Series, dict[str, float]] = defaultdict(dict)
    for v in sorted(values, key=lambda v: v.year):
        if v.year > last[v.indicator, v.level]:
            last[v.indicator, v.level] = v.year
            found[v.indicator, v.level] = {}
        found[v.indicator, v.level][v.code] = v.value
    return dict(found)


def against_published(batch: StatisticBatch, values: Sequence[StatisticValue], today: PublishedToday) -> list[Issue]:
    """What stops a file that gives less than is published today, or values of another order; and notes what it loses.

    `values`: those of the batch that would be published.
    """
    given = _by_series(values)
    issues = _levels_gone(batch, values, today)
    for series, some in sorted(given.items()):
        indicator, level = series
        held = today.values.get(series, {})
        if not held:
            continue
        if len(some) < (1 - LARGEST_DROP) * len(held):
            cause = (
                f"{_named(indicator, level)} : {written(len(some))} valeurs, contre {written(len(held))} publiées "
                "aujourd’hui."
            )
            fix = "Vérifiez que le fichier est entier et que la source publie encore ces valeurs."
            issues.append(batch.issue(None, cause, fix))
            continue
        gone = [p for code in set(held) - set(some) if (p := gazetteer().get(level, code))]
        if whole := _departements_gone(level, gone, some):
            cause = f"{_named(indicator, level)} : plus aucune valeur dans ces départements : {_examples(whole)}."
            fix = "Vérifiez que le fichier est entier : ils ont des valeurs publiées aujourd’hui."
            issues.append(batch.issue(None, cause, fix))
        elif gone:
            batch.notes.append(
                f"{_named(indicator, level)} : {written(len(gone))} territoires publiés n’ont plus de valeur, par exemple "
                f"{_examples(gone)}."
            )
        issues += _other_order(batch, series, some, held)
    return issues


def _levels_gone(batch: StatisticBatch, values: Sequence[StatisticValue], today: PublishedToday) -> list[Issue]:
    """A file that has one of the levels that a former file of the source gave together has the others too."""
    given = {(v.indicator, v.level) for v in values if not v.derived}
    absent: dict[Series, str] = {}
    for file, together in today.together:
        for indicator, level in together - given:
            if any(i == indicator for i, _ in together & given):
                absent[indicator, level] = file
    return [
        batch.issue(
            None,
            f"{_named(*series)} : aucune valeur, alors que « {file} », publié aujourd’hui, en donne "
            f"{written(len(today.values.get(series, ())))}.",
            "Donnez un fichier qui a aussi ce niveau, ou vérifiez comment il l’écrit.",
        )
        for series, file in sorted(absent.items())
    ]


def _departements_gone(level: str, gone: Sequence[Place], some: Mapping[str, float]) -> list[Place]:
    """The départements all of whose communes or EPCI that had a value have none any more."""
    if level not in ("commune", "epci"):
        return []
    kept = {p.departement for code in some if (p := gazetteer().get(level, code))}
    lost = {p.departement for p in gone} - kept
    return [p for p in gazetteer().of_level("departement") if p.code in lost]


def _other_order(
    batch: StatisticBatch, series: Series, some: Mapping[str, float], held: Mapping[str, float]
) -> list[Issue]:
    ratios = [some[code] / value for code, value in held.items() if value > 0 and some.get(code, 0) > 0]
    if len(ratios) < FEWEST_COMPARED:
        return []
    factor = median(ratios)
    if 1 / LARGEST_FACTOR <= factor <= LARGEST_FACTOR:
        return []
    said = f"{written(factor)} fois plus grandes" if factor > 1 else f"{written(1 / factor)} fois plus petites"
    cause = f"{_named(*series)} : les valeurs sont {said} que celles publiées aujourd’hui."
    return [batch.issue(None, cause, _FIX_UNIT.format(unit=indicators().by_id[series[0]].unit))]
