"""Raw values of a statistics file → values of today's places, or the list of what stops the file. All or nothing: one
value that cannot be told stops the whole file. Writes nothing."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from alliage.intake.drafts import Issue
from alliage.intake.statistic_places import Resolver, Written
from alliage.intake.statistic_rows import RawFile, RawValue, read_raw
from alliage.vocabulary.indicators import COUNTRY, COUNTRY_NAME, Indicator, StatisticSource, indicators
from alliage.vocabulary.places import LEVEL_LABELS, LEVELS, gazetteer
from alliage.vocabulary.statistic_files import Expected, FileShape

FIRST_YEAR, LAST_YEAR = 1900, 2100
MOST_ISSUES = 200
TOLERANCE = 0.05  # of the number of territories of a level, where the source declares none
LARGEST_DROP = 0.10  # of the values published today
LEAST_COVERED = 0.99  # of the people of a territory, for a sum of its communes to stand for it
_POINT, _COMMA = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?"), re.compile(r"[+-]?\d+(?:,\d+)?")


@dataclass(frozen=True, slots=True)
class StatisticValue:
    """One value at today's boundaries. `derived`: the sum of the communes, computed here and not by the source."""

    indicator: str
    level: str
    code: str
    year: int
    value: float
    unit: str
    source: str
    note: str = ""
    derived: bool = False


@dataclass
class StatisticBatch:
    """All that one file gives. With `issues`, nothing of it may be published."""

    source: StatisticSource
    file: str
    checksum: str
    values: list[StatisticValue] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    rows: int = 0
    hidden: int = 0
    issues_in_all: int = 0

    def refuse(self, issue: Issue) -> None:
        """Counts what stops the file, and keeps the first ones to show."""
        self.issues_in_all += 1
        if len(self.issues) < MOST_ISSUES:
            self.issues.append(issue)

    def counts(self) -> dict[tuple[str, str, int], int]:
        """The number of values by indicator, level and year, sums apart from what the source gives left in."""
        return dict(Counter((v.indicator, v.level, v.year) for v in self.values))


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
    _expect_all(sound, raw_file.shape, batch)
    if not batch.issues:
        for group in _by_place(sound).values():
            _bring_to_today(group, batch)
        batch.values += _sums(batch.values)
        if not batch.values:
            batch.refuse(_issue(batch, None, "Aucune valeur publiable dans ce fichier.", "Vérifiez que c’est le bon."))
    return batch


def _issue(batch: StatisticBatch, raw: RawValue | None, cause: str, fix: str, value: str = "") -> Issue:
    return Issue(
        file=batch.file,
        cause=cause,
        fix=fix,
        line=raw.line if raw else None,
        column=raw.column if raw else "",
        value=value,
    )


def _sound(raws: Sequence[RawValue], raw_file: RawFile, batch: StatisticBatch) -> Iterator[_Sound]:
    """The values that can be told; the others are refused, each with its cause."""
    shape = raw_file.shape
    sign = _sign_of(raws, shape)
    places = Resolver((raw.level, raw.code) for raw in raws if not raw.broken)
    first: dict[tuple[str, str, str, int], int] = {}
    gone: set[str] = set()
    for raw in raws:
        if raw.broken:
            batch.refuse(_issue(batch, raw, raw.broken, "Corrigez la ligne, ou téléchargez le fichier de nouveau."))
            continue
        indicator = indicators().get(raw.indicator)
        if indicator is None or indicator.origin not in ("import", "studies"):
            batch.refuse(_unknown_indicator(batch, raw, indicator))
            continue
        if raw.code in shape.gone:
            gone.add(raw.code)
            continue
        written = places.place(raw.level, raw.code)
        if not isinstance(written, Written):
            batch.refuse(_issue(batch, raw, *written, value=raw.code))
            continue
        if (found := _value_of(raw, indicator, written, sign, batch)) is None:
            continue
        key = (indicator.id, written.level, written.as_written, found.year)
        if key in first:
            cause = f"« {raw.code} » a déjà une valeur de « {indicator.label} » pour {found.year}, ligne {first[key]}."
            batch.refuse(_issue(batch, raw, cause, "Gardez une seule des deux lignes.", raw.code))
            continue
        first[key] = raw.line
        yield found
    if places.zeros_given_back:
        batch.notes.append(
            f"{places.zeros_given_back} codes avaient perdu leur zéro (« 1001 » pour « 01001 ») : rendu."
        )
    if gone:
        batch.notes.append(
            f"{len(gone)} territoires qui n’existent plus sont laissés de côté : {', '.join(sorted(gone))}."
        )


def _unknown_indicator(batch: StatisticBatch, raw: RawValue, indicator: Indicator | None) -> Issue:
    known = ", ".join(i.id for i in indicators() if i.origin in ("import", "studies"))
    cause = (
        f"L’indicateur « {raw.indicator} » n’existe pas."
        if indicator is None
        else f"« {indicator.id} » est calculé par Alliage : il ne s’importe pas."
    )
    return _issue(batch, raw, cause, f"Indicateurs possibles : {known}.", raw.indicator)


def _sign_of(raws: Sequence[RawValue], shape: FileShape) -> str:
    """The decimal sign of the file: the declared one, or the one it uses most."""
    if shape.decimal != "any":
        return shape.decimal
    texts = [text for raw in raws if not raw.hidden for text in raw.texts]
    commas = sum("," in text for text in texts)
    return "," if commas > sum("." in text for text in texts) else "."


def _value_of(raw: RawValue, indicator: Indicator, written: Written, sign: str, batch: StatisticBatch) -> _Sound | None:
    if written.level not in indicator.levels:
        level = LEVEL_LABELS.get(written.level, COUNTRY_NAME)
        cause = f"« {indicator.label} » n’existe pas au niveau « {level} »."
        batch.refuse(_issue(batch, raw, cause, "Retirez ces lignes, ou déclarez ce niveau.", raw.code))
        return None
    if not re.fullmatch(r"\d{4}", raw.year) or not FIRST_YEAR <= int(raw.year) <= LAST_YEAR:
        batch.refuse(
            _issue(batch, raw, "L’année n’est pas une année.", "Écrivez quatre chiffres, par exemple 2021.", raw.year)
        )
        return None
    if raw.unit and raw.unit != indicator.unit:
        cause = f"L’unité de « {indicator.label} » est « {indicator.unit} »."
        batch.refuse(_issue(batch, raw, cause, "Convertissez les valeurs, ou corrigez l’unité.", raw.unit))
        return None
    value = None
    if not raw.hidden:
        numbers = []
        for text in raw.texts:
            if not (_COMMA if sign == "," else _POINT).fullmatch(text):
                batch.refuse(_issue(batch, raw, *_why_no_number(text, sign), text))
                return None
            numbers.append(float(text.replace(",", ".")))
        value = sum(numbers) / (len(numbers) if raw.combine == "mean" else 1)
        low, high = indicator.low, indicator.high
        if (low is not None and value < low) or (high is not None and value > high):
            cause = f"« {indicator.label} » va de {_plain(low)} à {_plain(high)} {indicator.unit}."
            fix = "Vérifiez la valeur, son signe décimal et son unité."
            batch.refuse(_issue(batch, raw, cause, fix, " + ".join(raw.texts)))
            return None
    return _Sound(raw, indicator, written.level, written.code, int(raw.year), value, written.former)


def _plain(bound: float | None) -> str:
    return "…" if bound is None else f"{bound:g}"


def _why_no_number(text: str, sign: str) -> tuple[str, str]:
    other = "." if sign == "," else ","
    if (_POINT if sign == "," else _COMMA).fullmatch(text):
        names = {",": "une virgule", ".": "un point"}
        return (
            f"{names[other].capitalize()} au lieu d’{names[sign]}.",
            f"Dans ce fichier, le signe décimal est {names[sign]} : écrivez « {text.replace(other, sign)} ».",
        )
    return "Ce n’est pas un nombre.", "Corrigez la valeur, ou laissez-la vide si la source ne la publie pas."


def _expect_all(sound: Sequence[_Sound], shape: FileShape, batch: StatisticBatch) -> None:
    """Refuses a file in which too many or too few territories of a level are listed."""
    declared: Mapping[str, Expected] = {}
    for file in (*batch.source.files, shape):
        declared = {**declared, **(file.expected or {})}
    listed: dict[tuple[str, str, int], set[str]] = defaultdict(set)
    for one in sound:
        listed[one.indicator.id, one.level, one.year].add(one.raw.code)
    present = {(one.level, one.code) for one in sound}
    for (indicator, level, year), codes in sorted(listed.items()):
        if level not in LEVELS or indicators().by_id[indicator].origin == "studies":
            continue
        of_level = [p for p in gazetteer().of_level(level) if len(p.region or p.code) == 2 or level == "epci"]
        expected = declared.get(level) or Expected(len(of_level), TOLERANCE)
        if abs(len(codes) - expected.count) <= expected.tolerance * expected.count:
            continue
        absent = sorted((p for p in of_level if (level, p.code) not in present), key=lambda p: -(p.population or 0))
        examples = ", ".join(f"{p.name} ({p.code})" for p in absent[:5])
        cause = (
            f"« {indicator} » {year}, {LEVEL_LABELS[level]} : {len(codes)} territoires, {expected.count} attendus "
            f"(à {expected.tolerance * 100:g} % près)."
        )
        fix = f"Il manque par exemple {examples}. Téléchargez le fichier entier." if absent else "Vérifiez le fichier."
        batch.refuse(_issue(batch, None, cause, fix, str(len(codes))))


def drops(batch: StatisticBatch, published: Mapping[tuple[str, str], int]) -> list[Issue]:
    """What stops a file that gives far fewer values than are published today, by indicator and level."""
    given: dict[tuple[str, str], int] = {}
    for (indicator, level, _), count in batch.counts().items():
        given[indicator, level] = max(count, given.get((indicator, level), 0))
    return [
        _issue(
            batch,
            None,
            f"« {indicator} », {LEVEL_LABELS.get(level, COUNTRY_NAME)} : {count} valeurs, contre {published[indicator, level]} "
            "publiées aujourd’hui.",
            "Vérifiez que le fichier est entier et que la source publie encore ces valeurs.",
            str(count),
        )
        for (indicator, level), count in sorted(given.items())
        if count < (1 - LARGEST_DROP) * published.get((indicator, level), 0)
    ]


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
