"""Raw values of a statistics file → values of today's places, or the list of what stops the file. All or nothing: one
value that cannot be told stops the whole file. Writes nothing."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from alliage.intake.statistic_batch import StatisticBatch, StatisticValue
from alliage.intake.statistic_checks import expect_all, expect_values
from alliage.intake.statistic_numbers import number_of, sign_of, thousands_apart, why_none
from alliage.intake.statistic_places import Resolver, Written
from alliage.intake.statistic_rows import RawFile, RawValue, read_raw
from alliage.vocabulary.indicators import COUNTRY, COUNTRY_NAME, Indicator, StatisticSource, indicators
from alliage.vocabulary.numbers import written as shown
from alliage.vocabulary.places import LEVEL_LABELS, gazetteer

FIRST_YEAR, LAST_YEAR = 1900, 2100
LEAST_COVERED = 0.99  # of the people of a territory, for a sum of its communes to stand for it


@dataclass(frozen=True, slots=True)
class _Sound:
    """A raw value whose indicator, level, code and year are known; `value` None when it is not published."""

    raw: RawValue
    indicator: Indicator
    level: str
    code: str
    year: int
    value: float | None
    former: bool


def checksum_of(path: Path) -> str:
    """The SHA-256 of a file."""
    total = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            total.update(chunk)
    return total.hexdigest()


def read_statistics(path: Path, source: StatisticSource) -> StatisticBatch:
    """What a file of that source gives. Raises Unreadable when it is none of its files."""
    batch = StatisticBatch(source, path.name, checksum_of(path))
    raw_file = read_raw(path, source)
    raws = list(raw_file.values)
    batch.rows = len({raw.line for raw in raws})
    sound = list(_sound(raws, raw_file, batch))
    listed: dict[tuple[str, str, int], set[str]] = defaultdict(set)
    for one in sound:
        listed[one.indicator.id, one.level, one.year].add(one.raw.code)
    present = {(one.level, one.code) for one in sound}
    expect_all(listed, present, raw_file.shape, raw_file.passed_over, batch)
    if not batch.issues:
        for group in _by_place(sound).values():
            _bring_to_today(group, batch)
        expect_values(listed, {(one.indicator.id, one.level) for one in sound if one.value is None}, batch)
        if not batch.values and not batch.issues:
            batch.refuse(None, "Aucune valeur publiable dans ce fichier.", "Vérifiez que c’est le bon.")
        if batch.issues:
            batch.values = []
        batch.values += _sums(batch.values)
    return batch


def _sound(raws: Sequence[RawValue], raw_file: RawFile, batch: StatisticBatch) -> Iterator[_Sound]:
    """The values that can be told; the others are refused, each with its cause."""
    shape = raw_file.shape
    sign = sign_of((text for raw in raws if not raw.hidden for text in raw.texts), shape.decimal)
    _refuse_thousands(raws, batch)
    places = Resolver((raw.level, raw.code) for raw in raws if not raw.broken)
    first: dict[tuple[str, str, str, int], int] = {}
    gone: set[str] = set()
    untold: set[tuple[int, str]] = set()
    for raw in raws:
        if raw.broken:
            batch.refuse(raw, raw.broken, "Corrigez la ligne, ou téléchargez le fichier de nouveau.")
            continue
        indicator = indicators().get(raw.indicator)
        if indicator is None or indicator.origin not in ("import", "studies"):
            batch.refuse(raw, *_unknown_indicator(raw, indicator), raw.indicator)
            continue
        if raw.code in shape.gone:
            gone.add(raw.code)
            continue
        written = places.place(raw.level, raw.code)
        if not isinstance(written, Written):
            if (raw.line, raw.code) not in untold:  # once a line, however many indicators it gives
                untold.add((raw.line, raw.code))
                batch.refuse(raw, *written, value=raw.code)
            continue
        if (found := _value_of(raw, indicator, written, sign, batch)) is None:
            continue
        key = (indicator.id, written.level, written.as_written, found.year)
        if key in first:
            cause = f"« {raw.code} » a déjà une valeur de « {indicator.label} » pour {found.year}, ligne {first[key]}."
            batch.refuse(raw, cause, "Gardez une seule des deux lignes.", raw.code)
            continue
        first[key] = raw.line
        yield found
    if places.zeros_given_back:
        batch.notes.append(
            f"{shown(places.zeros_given_back)} codes avaient perdu leur zéro (« 1001 » pour « 01001 ») : rendu."
        )
    if gone:
        batch.notes.append(
            f"{len(gone)} territoires qui n’existent plus sont laissés de côté : {', '.join(sorted(gone))}."
        )


def _refuse_thousands(raws: Sequence[RawValue], batch: StatisticBatch) -> None:
    """Refuses a count all of whose signs have three digits behind them: « 12.400 » is 12 400, and would read as 12,4."""
    cells: dict[str, list[str]] = defaultdict(list)
    for raw in raws:
        if not raw.hidden and not raw.broken:
            cells[raw.indicator].extend(raw.texts)
    for id, texts in cells.items():
        indicator = indicators().get(id)
        if indicator and not indicator.decimals and (cell := thousands_apart(texts)):
            cause = f"« {indicator.label} » : « {cell} » se lit de deux façons, le signe semble séparer les milliers."
            plain = cell.replace(",", "").replace(".", "")
            batch.refuse(None, cause, f"Écrivez les nombres sans séparateur de milliers : « {plain} ».", cell)


def _unknown_indicator(raw: RawValue, indicator: Indicator | None) -> tuple[str, str]:
    """Cause and fix."""
    known = ", ".join(i.id for i in indicators() if i.origin in ("import", "studies"))
    cause = (
        f"L’indicateur « {raw.indicator} » n’existe pas."
        if indicator is None
        else f"« {indicator.id} » est calculé par Alliage : il ne s’importe pas."
    )
    return cause, f"Indicateurs possibles : {known}."


def _value_of(raw: RawValue, indicator: Indicator, written: Written, sign: str, batch: StatisticBatch) -> _Sound | None:
    if written.level not in indicator.levels:
        level = LEVEL_LABELS.get(written.level, COUNTRY_NAME)
        cause = f"« {indicator.label} » n’existe pas au niveau « {level} »."
        batch.refuse(raw, cause, "Retirez ces lignes, ou déclarez ce niveau.", raw.code)
        return None
    if not re.fullmatch(r"\d{4}", raw.year) or not FIRST_YEAR <= int(raw.year) <= LAST_YEAR:
        batch.refuse(raw, "L’année n’est pas une année.", "Écrivez quatre chiffres, par exemple 2021.", raw.year)
        return None
    if raw.unit and raw.unit != indicator.unit:
        cause = f"L’unité de « {indicator.label} » est « {indicator.unit} »."
        batch.refuse(raw, cause, "Convertissez les valeurs, ou corrigez l’unité.", raw.unit)
        return None
    value = None
    if not raw.hidden:
        numbers = []
        for text in raw.texts:
            number = number_of(text, sign)
            if number is None:
                batch.refuse(raw, *why_none(text, sign), text)
                return None
            numbers.append(number)
        value = sum(numbers) / (len(numbers) if raw.combine == "mean" else 1)
        low, high = indicator.low, indicator.high
        if (low is not None and value < low) or (high is not None and value > high):
            cause = f"« {indicator.label} » va de {_plain(low)} à {_plain(high)} {indicator.unit}."
            fix = "Vérifiez la valeur, son signe décimal et son unité."
            batch.refuse(raw, cause, fix, " + ".join(raw.texts))
            return None
    return _Sound(raw, indicator, written.level, written.code, int(raw.year), value, written.former)


def _plain(bound: float | None) -> str:
    return "…" if bound is None else shown(bound)


def _by_place(sound: Sequence[_Sound]) -> dict[tuple[str, str, str, int], list[_Sound]]:
    groups: dict[tuple[str, str, str, int], list[_Sound]] = defaultdict(list)
    for one in sound:
        groups[one.indicator.id, one.level, one.code, one.year].append(one)
    return groups


def _bring_to_today(group: list[_Sound], batch: StatisticBatch) -> None:
    """The value of today's place from the rows of its file: its own, or its former communes added up, never both."""
    own = [one for one in group if not one.former]
    if own and Resolver.has_districts(own[0].code):
        group = own  # Paris, Lyon, Marseille: the arrondissements are already in the whole
    some, values = group[0], [one.value for one in group]
    if any(value is None for value in values):
        batch.hidden += 1
        return
    note = ""
    if len(group) > 1 or some.former:
        codes = ", ".join(sorted(one.raw.code for one in group))
        if not some.indicator.sums:
            batch.notes.append(
                f"« {some.indicator.label} » {some.year} : {codes} forment aujourd’hui la commune {some.code} ; "
                "un taux ne s’additionne pas, elle reste sans valeur."
            )
            return
        note = f"code d’origine : {codes}" if len(group) == 1 else f"somme des anciennes communes {codes}"
    batch.values.append(
        StatisticValue(
            indicator=some.indicator.id,
            level=some.level,
            code=some.code,
            year=some.year,
            value=sum(value for value in values if value is not None),
            unit=some.indicator.unit,
            source=some.raw.source or batch.source.label,
            note=note,
        )
    )


def _sums(values: Sequence[StatisticValue]) -> list[StatisticValue]:
    """Values of EPCI, départements, régions and France as sums of communes, for the levels that the file does not give."""
    given = {(v.indicator, v.year, v.level) for v in values}
    communes: dict[tuple[str, int], list[StatisticValue]] = defaultdict(list)
    for value in values:
        if value.level == "commune" and indicators().by_id[value.indicator].sums:
            communes[value.indicator, value.year].append(value)
    found: list[StatisticValue] = []
    for (indicator, year), parts in sorted(communes.items()):
        by_code = {part.code: part.value for part in parts}
        for level in indicators().by_id[indicator].levels:
            if level == "commune" or (indicator, year, level) in given:
                continue
            found += [
                StatisticValue(indicator, level, code, year, total, parts[0].unit, parts[0].source, note, derived=True)
                for code, total, note in _sums_of(level, by_code)
            ]
    return found


def _sums_of(level: str, values: Mapping[str, float]) -> Iterator[tuple[str, float, str]]:
    """Code, sum and how many communes made it, for each place of a level of which nearly all people are covered."""
    total: dict[str, float] = defaultdict(float)
    people: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    communes: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for commune in gazetteer().of_level("commune"):
        if level == "pays":
            code = COUNTRY.partition(":")[2] if len(commune.region) == 2 else ""
        else:
            code = getattr(commune, level)
        if not code:
            continue
        has = commune.code in values
        total[code] += values.get(commune.code, 0.0)
        people[code][has] += commune.population or 0
        communes[code][has] += 1
    for code in sorted(total):
        without, covered = people[code]
        if covered and covered >= LEAST_COVERED * (without + covered):
            missing, counted = communes[code]
            note = f"somme de {counted} communes" + (f" ; {missing} sans valeur" if missing else "")
            yield code, total[code], note
