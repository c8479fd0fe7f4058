"""The indicators file: complete, sourced, and wrong in a way that says file, line and cause."""

from __future__ import annotations

import re

import pytest

from alliage.vocabulary import indicators as module
from alliage.vocabulary import loading
from alliage.vocabulary.indicators import COUNTRY, INDICATOR_LEVELS, indicators
from alliage.vocabulary.loading import ContentError


@pytest.mark.parametrize("indicator", list(indicators()), ids=lambda i: i.id)
def test_an_indicator_says_in_one_sentence_how_it_is_computed_and_where_it_comes_from(indicator):
    assert indicator.computation.endswith(".")
    assert not re.search(r"\. [A-Z]", indicator.computation)
    assert indicator.unit
    assert indicator.source.licence
    assert re.match(r"https://|/", indicator.source.url)
    assert set(indicator.levels) <= set(INDICATOR_LEVELS)


def test_the_values_of_studies_are_those_of_the_dossier_each_with_source_and_address():
    told = {(o.place, o.indicator, o.year): o.value for o in indicators().told}
    assert [told["region:24", f"leviers-{who}", 2019] for who in ("habitants", "maires", "entreprises", "associations")] == [
        70, 89, 77, 77,
    ]  # fmt: skip
    assert told["region:32", "mecenat-declare", 2018] == 156
    assert told[COUNTRY, "associations-employeuses", 2021] == 148_000
    assert all(o.source and o.url.startswith("http") for o in indicators().told)


def test_a_value_is_written_as_french_writes_it():
    by_id = indicators().by_id
    assert by_id["population"].written_whole(1234567.0) == "1\u202f234\u202f567\u00a0habitants"
    assert by_id["taux-de-pauvrete"].written_whole(14.46) == "14,5\u00a0%"
    assert by_id["densite"].written(0.04) == "0,04", "a few people on much ground are not « 0 »"


def test_every_imported_file_tells_how_many_territories_it_lists():
    for source in indicators().sources.values():
        for shape in source.files:
            assert shape.expected, shape.name
            assert all(e.count > 0 and 0 < e.tolerance < 0.5 for e in shape.expected.values())


@pytest.fixture
def content(tmp_path, monkeypatch):
    """Writes one content file anew and reads the indicators again."""
    for item in loading.ROOT.iterdir():
        if not item.name.startswith("indicator"):
            (tmp_path / item.name).symlink_to(str(item))
    for name in ("indicators.yaml", "indicator_values.csv"):
        (tmp_path / name).write_text((loading.ROOT / name).read_text("utf-8"), "utf-8")
    real = loading.ROOT

    def with_change(name: str, old: str, new: str):
        path = tmp_path / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")
        monkeypatch.setattr(loading, "ROOT", tmp_path)
        monkeypatch.setattr(module, "read_yaml", lambda file: loading.read_yaml(file, tmp_path))
        indicators.cache_clear()
        return indicators()

    yield with_change
    monkeypatch.setattr(loading, "ROOT", real)
    indicators.cache_clear()


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("indicators.yaml", "kind: profile", "kind: profil", "« kind : profil » n’existe pas"),
        ("indicators.yaml", "source: catalogue", "source: nulle-part", "n’est pas déclarée"),
        ("indicators.yaml", "levels: [pays, region,", "levels: [canton, region,", "niveau inconnu : canton"),
        ("indicators.yaml", "fragility: emploi", "fragility: ennui", "la fragilité « ennui »"),
        ("indicators.yaml", "over: population-recensee", "over: taux-de-chomage", "n’est pas un indicateur qui s’additionne"),
        ("indicators.yaml", "id: superficie", "id: population", "déclaré deux fois"),
        ("indicators.yaml", '"TP60{yy}"', '"TP60"', "dit son année"),
        ("indicators.yaml", "low: 0\n    high: 100", "low: 100\n    high: 0", "plus petit"),
        ("indicators.yaml", "middle: [3, 40]", "middle: [40, 3]", "donne deux bornes"),
        ("indicators.yaml", "unit: communes", "unit:", "« unit » manque"),
        ("indicator_values.csv", "region:24", "region:99", "le lieu « region:99 » n’existe pas"),
        ("indicator_values.csv", "leviers-habitants", "leviers", "n’est pas un indicateur d’études"),
        ("indicator_values.csv", ",70,", ",\"70,0\",", "une valeur (12.5)"),
        ("indicator_values.csv", "https://admical.org/node/8384", "", "sa source et son adresse"),
        ("indicator_values.csv", ",156,millions d’euros", ",156,euros", "l’unité de"),
    ],
)  # fmt: skip
def test_a_mistake_says_file_line_and_cause(content, name, old, new, said):
    with pytest.raises(ContentError) as refused:
        content(name, old, new)
    assert said.replace("\u00a0", " ") in str(refused.value).replace("\u00a0", " ")
    assert refused.value.file == name
    assert refused.value.line or "deux fois" in said
