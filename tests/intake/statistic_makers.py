"""Files of statistics in the shapes of their producers, written for tests: real codes, values that anybody can redo."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from pathlib import Path

from alliage.intake.statistic_batch import StatisticBatch
from alliage.intake.statistics import read_statistics
from alliage.vocabulary.indicators import indicators
from alliage.vocabulary.places import Place, gazetteer

Rows = list[list[str]]
CENSUS, POVERTY, DS_POVERTY = (
    "base-cc-evol-struct-pop-2022.CSV", "cc_filosofi_2021_COM.csv", "DS_FILOSOFI_CC_2021_data.csv",
)  # fmt: skip


def communes() -> list[Place]:
    """The 34,875 communes of the 18 régions."""
    return [p for p in gazetteer().of_level("commune") if len(p.region) == 2]


def departements() -> list[Place]:
    return [p for p in gazetteer().of_level("departement") if len(p.region) == 2]


def write(path: Path, rows: Iterable[list[str]], separator: str = ";") -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=separator).writerows(rows)
    return path


def census_rows() -> Rows:
    """base-cc-evol-struct-pop-2022.CSV: people twice the reference population, a tenth of them men of 65 and more, a tenth
    women; older censuses beside, as the INSEE does."""
    rows = [["CODGEO", "P22_POP", "P16_POP", "P22_POP0014", "P22_H65P", "P22_F65P", "P16_H65P", "P16_F65P"]]
    for place in communes():
        people = 2 * (place.population or 0)
        rows.append([place.code, str(people), "1", "0", f"{people / 10:.1f}", f"{people / 10:.1f}", "1", "1"])
    return rows


def poverty_rows(rate: Callable[[int], str] = lambda at: f"{10 + at % 20},{at % 10}") -> Rows:
    """cc_filosofi_2021_COM.csv: semicolons, decimal commas, « s » where few people live; no Guadeloupe, Guyane, Mayotte."""
    rows = [["CODGEO", "NBMENFISC21", "MED21", "TP6021"]]
    for at, place in enumerate(p for p in communes() if p.departement not in ("971", "973", "976")):
        secret = (place.population or 0) < 2_000
        rows.append([place.code, "100", "s" if secret else "21000", "s" if secret else rate(at)])
    return rows


def long_poverty_rows() -> Rows:
    """DS_FILOSOFI_CC_2021_data.csv: a row a value, the four levels, other measures and levels beside."""
    rows = [["GEO", "GEO_OBJECT", "FILOSOFI_MEASURE", "UNIT_MEASURE", "CONF_STATUS", "TIME_PERIOD", "OBS_VALUE"]]
    rows += [["75101", "ARM", "PR_MD60", "PT", "F", "2021", "9"], ["F", "FRANCE", "PR_MD60", "PT", "F", "2021", "15"]]
    beyond = ("971", "973", "976")
    levels = {
        "COM": [p for p in communes() if p.departement not in beyond],
        "EPCI": list(gazetteer().of_level("epci")),
        "DEP": [p for p in departements() if p.code not in beyond],
        "REG": [p for p in gazetteer().of_level("region") if len(p.code) == 2 and p.code not in ("01", "03", "06")],
    }
    for word, places in levels.items():
        for place in places:
            rows.append([place.code, word, "PR_MD60", "PT", "F", "2021", "12.5"])
            rows.append([place.code, word, "MED_SL", "EUR", "F", "2021", "21000"])
    return rows


def open_rows(level: str = "departement", indicator: str = "taux-de-pauvrete", year: str = "2021") -> Rows:
    """The open long format, one value a place."""
    places = departements() if level == "departement" else communes()
    rows = [["code", "level", "indicator", "year", "value", "unit", "source"]]
    for at, place in enumerate(places):
        rows.append([place.code, level, indicator, year, f"{10 + at / 10:.1f}", "%", "INSEE, Filosofi 2021"])
    return rows


def read(path: Path, source: str) -> StatisticBatch:
    return read_statistics(path, indicators().sources[source])


def plain(text: str) -> str:
    """Without the no-break spaces of French."""
    return text.replace("\u00a0", " ")


def broken(tmp_path: Path, change, level: str = "departement") -> StatisticBatch:
    """The open file after a change of its rows (the header stands at 0; 2A at 20, 2B at 21)."""
    rows = open_rows(level)
    change(rows)
    batch = read(write(tmp_path / "taux.csv", rows, ","), "insee-filosofi")
    assert batch.values == [], "what stops gives nothing"
    return batch
