"""Codes of places in time: every yearly change is replayed, and no code of any year is lost or silently another place."""

import csv
import hashlib
import json
from io import StringIO

import pytest
import yaml

from alliage.vocabulary.changes_build import Edition, build_changes, changes_between, codes_sha256, vintage_of
from alliage.vocabulary.loading import ROOT, ContentError
from alliage.vocabulary.place_names import PlaceNames
from alliage.vocabulary.places import gazetteer
from alliage.vocabulary.places_history import KINDS, Change, changes, heirs, replay, split, undo


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(ROOT.joinpath(f"places/{name}").read_text("utf-8"))))


@pytest.fixture(scope="module")
def vintages() -> dict[int, set[str]]:
    """The codes of communes of every vintage: today's, and the changes undone year by year."""
    codes = {p.code for p in gazetteer().of_level("commune")}
    found = {2026: codes}
    for year in range(2026, 2019, -1):
        codes = undo(codes, year, changes())
        found[year - 1] = codes
    return found


def test_undoing_the_changes_gives_the_official_list_of_each_year(vintages):
    """The checksum of each vintage was taken from the package of that year, not from the changes."""
    told = {int(r["year"]): r for r in _rows("vintages.csv")}
    assert sorted(told) == list(range(2019, 2027))
    for year, codes in vintages.items():
        assert (len(codes), codes_sha256(codes)) == (int(told[year]["communes"]), told[year]["sha256_of_codes"]), year


def test_replaying_the_changes_of_each_year_gives_exactly_the_next_list(vintages):
    codes = vintages[2019]
    for year in range(2020, 2027):
        codes = replay(codes, year, changes())
        assert codes == vintages[year], year
    assert len(vintages[2019]) - len(codes) == 95


def test_the_years_have_the_official_numbers_of_communes(vintages):
    """Insee, code officiel géographique on 1 January: metropole and overseas départements, without collectivities."""
    apart = {p.code for p in gazetteer().of_level("commune") if p.region >= "975"}
    assert len(apart) == 94
    assert {year: len(codes - apart) for year, codes in vintages.items()} == {
        2019: 34_970,
        2020: 34_968,
        2021: 34_965,
        2022: 34_955,
        2023: 34_945,
        2024: 34_935,
        2025: 34_875,
        2026: 34_875,
    }


def test_every_code_of_every_year_is_one_of_today_s_communes_that_hold_its_ground(vintages):
    places = gazetteer()
    changed = {c.old for c in changes()}
    for year, codes in vintages.items():
        for code in codes:
            place = places.get("commune", code)
            assert place is not None, (year, code)
            assert place.code in (heirs(code, changes(), year) if code in changed else {code}), (year, code)
            assert place in places.heirs(code)


def test_a_code_whose_ground_was_split_keeps_its_own_commune_and_says_the_others():
    assert set(split()) == {"14712", "15141", "60054", "85084"}
    for code, now in split().items():
        assert gazetteer().get("commune", code).code == code
        assert code in now
    assert {p.name for p in gazetteer().heirs("85084")} == {"Essarts-en-Bocage", "L'Oie", "Sainte-Florence"}


def test_every_former_code_leads_to_a_commune_of_today():
    places = gazetteer()
    rows = _rows("communes-anciennes.csv")
    assert len(rows) == 4_795
    for row in rows:
        assert places.get("commune", row["code"]) is not None, row
        assert f"commune:{row['commune']}" in places.by_token


def test_changes_are_of_known_kinds_and_lead_to_known_codes(vintages):
    for change in changes():
        assert change.kind in KINDS
        before, after = vintages[change.year - 1], vintages[change.year]
        assert change.old in before, change
        assert change.new in after, change
        assert (change.old in after) == (change.kind in ("re-created", "renamed")), change
        assert (change.new in before) == (change.kind in ("merged", "renamed")), change


def test_a_former_epci_resolves_only_when_its_communes_lie_in_one_of_today():
    places = gazetteer()
    rows = _rows("epci-anciens.csv")
    assert len(rows) == 18
    for row in rows:
        hosts = row["epci"].split()
        assert [p.code for p in places.epci_of_code(row["code"])] == hosts
        assert [p.code for p in places.resolve(row["code"])] == hosts
        found = places.get("epci", row["code"])
        assert (found.code if found else None) == (hosts[0] if len(hosts) == 1 else None)


def test_the_regions_of_2015_make_up_those_of_today():
    """Every région of today is made of whole former ones: nothing is counted twice, nothing left."""
    places = gazetteer()
    former = [r for r in _rows("former-names.csv") if r["kind"] == "ancienne région" and r["name"] != "Région Centre"]
    assert len(former) == 16
    made: dict[str, list[str]] = {}
    for row in former:
        parts = [places.token(t) for t in row["places"].split()]
        assert places.together(row["name"]) == tuple(parts)
        (region,) = {p.region for p in parts}
        made.setdefault(region, []).extend(p.code for p in parts)
    for region, codes in made.items():
        assert sorted(codes) == [p.code for p in places.members(places.get("region", region), "departement")]


def test_former_names_are_never_those_of_today_and_each_has_its_source():
    for row in _rows("former-names.csv"):
        assert row["source"], row
        assert {p.token for p in gazetteer().resolve(row["name"])} == set(row["places"].split()), row
    for row in _rows("commune-names.csv"):
        assert gazetteer().get("commune", row["commune"]).name != row["name"]


def _package(folder, version, communes, epci=()):
    (folder / "data").mkdir(parents=True)
    (folder / "package.json").write_text(json.dumps({"name": "@etalab/decoupage-administratif", "version": version}))
    (folder / "data/communes.json").write_text(json.dumps(communes))
    (folder / "data/epci.json").write_text(json.dumps(list(epci)))
    return folder


def _commune(code, name, **more):
    return {"code": code, "nom": name, "type": "commune-actuelle", **more}


def test_changes_are_made_from_two_editions_of_the_package(tmp_path):
    before = _package(
        tmp_path / "a",
        "5.3.0",
        [
            _commune("01001", "Un"),
            _commune("01002", "Deux"),
            _commune("01003", "Trois"),
            {"code": "01004", "nom": "Quatre", "type": "commune-deleguee", "chefLieu": "01003"},
            _commune("01005", "Cinq"),
        ],
        [{"code": "200000001", "nom": "CC A", "membres": [{"code": "01001"}, {"code": "01003"}]}],
    )
    after = _package(
        tmp_path / "b",
        "6.0.0",
        [
            _commune("01001", "Un-et-Deux", anciensCodes=["01002"]),
            _commune("01003", "Trois"),
            _commune("01004", "Quatre"),
            _commune("01006", "Cinq", anciensCodes=["01005"]),
        ],
        [
            {"code": "200000002", "nom": "CC B", "membres": [{"code": "01001"}, {"code": "01003"}]},
            {"code": "200000003", "nom": "CC C", "membres": [{"code": "01004"}]},
        ],
    )
    assert build_changes([after, before], tmp_path) == {
        "changes.csv": 4,
        "vintages.csv": 2,
        "epci-anciens.csv": 1,
        "commune-names.csv": 2,
    }
    assert (tmp_path / "changes.csv").read_text("utf-8").splitlines()[1:] == [
        "2026,merged,01002,01001,Deux,Un-et-Deux",
        "2026,renumbered,01005,01006,Cinq,Cinq",
        "2026,re-created,01003,01004,Trois,Quatre",
        "2026,renamed,01001,01001,Un,Un-et-Deux",
    ]
    # Its communes lie in two EPCI today: that of Trois, and that of Quatre which left it.
    assert (tmp_path / "epci-anciens.csv").read_text("utf-8").splitlines()[1:] == [
        "200000001,CC A,2025,200000002 200000003"
    ]
    assert (tmp_path / "commune-names.csv").read_text("utf-8").splitlines()[1:] == [
        "Deux,01001,2026",
        "Un,01001,2026",
    ]


def test_a_code_that_goes_nowhere_or_a_missing_year_stops_the_build(tmp_path):
    old, new = Edition(2025, "5.3.0", {"01001": "Un"}), Edition(2026, "6.0.0", {"01002": "Deux"})
    with pytest.raises(ValueError, match="01001 disparaît sans successeur"):
        changes_between(old, new)
    with pytest.raises(ValueError, match="vient d’on ne sait où"):
        changes_between(Edition(2025, "5.3.0", {}), new)
    folders = [_package(tmp_path / v, v, []) for v in ("4.1.0", "6.0.0")]
    with pytest.raises(ValueError, match="une version du paquet pour chaque année"):
        build_changes(folders, tmp_path)
    assert [vintage_of(v) for v in ("0.7.0", "0.8.0", "1.1.1", "6.0.0")] == [2019, 2020, 2021, 2026]
    with pytest.raises(ValueError, match="pas de millésime"):
        vintage_of("0.4.0")


def test_a_commune_that_moves_twice_ends_where_it_stands_today():
    moves = [
        Change(2020, "merged", "a", "b"),
        Change(2022, "renumbered", "b", "c"),
        Change(2023, "re-created", "c", "d"),
    ]
    assert heirs("a", moves, 2019) == {"c", "d"}
    assert heirs("c", moves, 2023) == {"c"}


def test_a_former_name_of_an_unknown_place_is_told_with_its_line():
    places = gazetteer()
    with pytest.raises(ContentError, match=r"former-names\.csv, ligne 2 .* lieu inconnu : departement:67"):
        PlaceNames([], lambda level, code: None if code == "67" else places.get(level, code))


def test_the_files_of_changes_are_those_that_the_source_file_tells():
    told = yaml.safe_load(ROOT.joinpath("places/SOURCE.yaml").read_text("utf-8"))["changes"]
    for name, checksum in told["sha256"].items():
        assert hashlib.sha256(ROOT.joinpath(f"places/{name}").read_bytes()).hexdigest() == checksum, name
        assert len(_rows(name)) == told["rows"][name]
