"""Alliances by place: boxes and distances, kinds of territory, a place told apart, clusters, national ones apart."""

from __future__ import annotations

import math
import tempfile
import time
from collections import Counter
from pathlib import Path

import pytest
import tantivy
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from alliage.search.area import Box, kilometres
from alliage.search.documents import document_of, revision_document
from alliage.search.index import IndexReader
from alliage.search.own_places import own_places, territory_kinds
from alliage.search.request import BadRequest, SearchRequest, read_request
from alliage.search.results import Search
from alliage.search.schema import fingerprint, register_tokenizers, schema
from alliage.search.territory import national_request
from alliage.vocabulary.fields import fields
from alliage.vocabulary.loading import read_csv
from alliage.vocabulary.places import LEVELS, Place, gazetteer
from alliage.vocabulary.terms import terms

QUIET = effort(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
MODES = ("mecenat", "cooperation-economique", None)
# Places that touch each other in every way: EPCI across départements and régions, a région of one département, a
# département of one commune, collectivities and communes without a point, and what lies around them.
LOT, PARIS, OCCITANIE = "departement:46", "commune:75056", "region:76"
FIGEAC = "commune:46102"


def _tokens() -> list[str]:
    places = gazetteer()
    across = [e for e in places.of_level("epci") if len({c.departement for c in places.members(e, "commune")}) > 1]
    chosen = [LOT, PARIS, OCCITANIE, FIGEAC, "departement:75", "departement:971", "region:01", "commune:15031"]
    chosen += ["commune:97502", "departement:975", "region:988", "departement:12", "region:84", "epci:200067361"]
    for epci in across[:6]:
        chosen.append(epci.token)
        by_departement = {c.departement: c.token for c in places.members(epci, "commune")}
        chosen += [*by_departement.values(), *(f"departement:{code}" for code in by_departement)]
    figeac = places.token("epci:200067361")
    assert figeac is not None
    chosen += [c.token for c in places.members(figeac, "commune")[:4]]
    return sorted(set(chosen))


TOKENS = _tokens()
records = st.lists(
    st.tuples(st.lists(st.sampled_from(TOKENS), max_size=4, unique=True), st.sampled_from(MODES)), max_size=12
)


def _record(number: int, tokens: list[str], **values) -> dict:
    several = {"keywords", "domains", "fragilities", "sdgs", "results", "resources", "readings", "sources"}
    record = {name: [] if name in several | {"collections"} else None for name in fields()}
    places = [{"level": t.partition(":")[0], "code": t.partition(":")[2], "name": t} for t in tokens]
    return {**record, "id": f"a-{number}", "title": f"Alliance {number}", "partners": [], "places": places, **values}


def _search(root: Path, told: list[dict]) -> Search:
    """A search on an index of these records alone."""
    directory = root / f"{fingerprint()}-{time.time_ns()}"
    directory.mkdir()
    index = tantivy.Index(schema(), path=str(directory))
    register_tokenizers(index)
    writer = index.writer(15_000_000, 1)
    for number, record in enumerate(told):
        writer.add_document(document_of(record, number=number, revision=1, published_on=None))
    writer.add_document(revision_document(1))
    writer.commit()
    writer.wait_merging_threads()
    (root / "current").write_text(directory.name, "ascii")
    return Search(IndexReader(root))


@pytest.fixture
def search_of_places(tmp_path):
    """A search on records that have these places: lists of tokens, or (tokens, other values)."""

    def build(*told) -> Search:
        pairs = [t if isinstance(t, tuple) else (t, {}) for t in told]
        return _search(tmp_path, [_record(n, tokens, **values) for n, (tokens, values) in enumerate(pairs)])

    return build


def _drawn(drawn) -> tuple[Search, tempfile.TemporaryDirectory]:
    # The engine's own watcher may put its lock back while the folder goes.
    folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
    told = [_record(n, tokens, mode=mode) for n, (tokens, mode) in enumerate(drawn)]
    return _search(Path(folder.name), told), folder


def _place(token: str) -> Place:
    place = gazetteer().token(token)
    assert place is not None, token
    return place


def _ids(search: Search, **asked) -> set[int]:
    return {int(id.removeprefix("a-")) for id in search.ids(SearchRequest(**asked))}


def _communes(place: Place) -> set[str]:
    return {p.token for p in gazetteer().members(place, "commune")}


def _held_whole(token: str, child: Place) -> bool:
    """Whether a place lies whole in another of its level or of a larger one: by their communes alone."""
    place = _place(token)
    if LEVELS.index(place.level) < LEVELS.index(child.level):
        return False
    return place == child or (place.level != child.level and _communes(place) <= _communes(child))


CHAINS = (
    [(None, "region"), (_place(OCCITANIE), "departement"), (_place("region:01"), "departement")]
    + [(_place(t), "commune") for t in (LOT, "departement:75", "departement:975", "epci:200067361")]
    + [(_place(t), "commune") for t in TOKENS if t.startswith("epci:")]
    + [(_place(f"region:{_place(t).region}"), "departement") for t in TOKENS if t.startswith("epci:")]
)


@given(records)
@QUIET
def test_one_child_several_children_and_unsaid_always_add_up_to_the_place(drawn):
    search, folder = _drawn(drawn)
    with folder:
        for place, level in CHAINS:
            told = search.split(place, level)
            listed = _ids(search, filters={"place": (place.token,)} if place else {})
            assert told.whole == len(listed) == sum(told.exactly.values()) + told.several + told.unsaid
            expected: Counter[str] = Counter()
            children = gazetteer().members(place, level) if place else gazetteer().of_level(level)
            for number in listed:
                held = [c.token for c in children if any(_held_whole(t, c) for t in drawn[number][0])]
                expected["several" if len(held) > 1 else held[0] if held else "unsaid"] += 1
            assert told.several == expected.pop("several", 0)
            assert told.unsaid == expected.pop("unsaid", 0)
            assert dict(told.exactly) == dict(expected)


@given(records, st.sampled_from([{}, {"place": (OCCITANIE,)}, {"place": (LOT,), "mode": ("mecenat",)}]))
@QUIET
def test_counts_by_place_are_those_of_the_list_narrowed_to_each_place(drawn, filters):
    search, folder = _drawn(drawn)
    with folder:
        for level in LEVELS:
            counts = search.counts_by_place(level, SearchRequest(filters=filters))
            listed = _ids(search, filters=filters)
            expected = {
                token: both
                for token in own_tokens(drawn, level)
                if (both := len(listed & _ids(search, filters={"place": (token,)})))
            }
            assert counts == expected


def own_tokens(drawn, level: str) -> set[str]:
    """The places of a level that hold a place of these records."""
    return {
        above.token
        for tokens, _ in drawn
        for t in tokens
        for above in gazetteer().ancestors(_place(t))
        if above.level == level
    }


asked_areas = st.sampled_from(
    [
        {},
        {"filters": {"place": (OCCITANIE,)}},
        {"filters": {"place": (LOT, "departement:75")}},
        {"filters": {"place": ("none",)}},
        {"box": Box(1.0, 44.2, 2.3, 45.1)},
        {"around": FIGEAC, "within": 60},
        {"around": FIGEAC, "within": 60, "filters": {"mode": ("mecenat",)}},
    ]
)


@given(records, asked_areas)
@QUIET
def test_each_alliance_of_a_list_is_in_a_cluster_or_said_to_be_unplaced(drawn, asked):
    search, folder = _drawn(drawn)
    with folder:
        listed = _ids(search, **asked)
        for level in LEVELS:
            told = search.clusters(SearchRequest(**asked), level)
            assert told.count == len(listed)
            shown = {c.place.token for c in told.clusters}
            held = {number: own_tokens([drawn[number]], level) & shown for number in listed}
            assert told.unplaced == sum(not tokens for tokens in held.values())
            assert {c.place.token: c.count for c in told.clusters} == Counter(t for h in held.values() for t in h)
            for cluster in told.clusters:
                assert cluster.place.point
                modes = Counter(drawn[n][1] or "none" for n, tokens in held.items() if cluster.place.token in tokens)
                assert dict(cluster.modes) == modes
            if asked == {}:
                pointed = [{t for t in own_tokens([d], level) if _place(t).point} for d in drawn]
                assert told.unplaced == sum(not tokens for tokens in pointed)


def test_an_alliance_of_two_regions_counts_in_one_child_of_each(search_of_places):
    search = search_of_places([FIGEAC, PARIS])
    assert search.split(_place(OCCITANIE), "departement").exactly == {LOT: 1}
    assert search.split(None, "region").several == 1
    assert search.split(_place(LOT), "commune").exactly == {FIGEAC: 1}


def test_an_epci_across_two_departements_is_in_none_of_them_for_sure(search_of_places):
    across = next(
        e
        for e in gazetteer().of_level("epci")
        if len({c.departement for c in gazetteer().members(e, "commune")}) > 1
        and len({c.region for c in gazetteer().members(e, "commune")}) == 1
    )
    told = search_of_places([across.token]).split(_place(f"region:{across.region}"), "departement")
    assert (told.whole, told.unsaid) == (1, 1)


def test_a_place_is_only_told_apart_into_the_level_below_it(search_of_places):
    search = search_of_places([FIGEAC])
    for place, level in ((_place(LOT), "epci"), (_place(FIGEAC), "commune"), (None, "departement")):
        with pytest.raises(ValueError, match="ne se découpe pas"):
            search.split(place, level)


boxes = st.builds(
    lambda west, south, wide, high: Box(west, south, round(west + wide, 6), round(south + high, 6)),
    st.floats(-62, 56).map(lambda n: round(n, 3)),
    st.floats(-22, 51).map(lambda n: round(n, 3)),
    st.sampled_from([0.02, 0.5, 3.0, 12.0]),
    st.sampled_from([0.02, 0.5, 3.0, 12.0]),
) | st.sampled_from([Box(-180, -90, 180, 90), Box(1.0, 44.2, 2.3, 45.1), Box(-5.5, 41, 10, 52), Box(0, 0, 1, 1)])


@pytest.fixture(scope="module")
def every_place(tmp_path_factory) -> tuple[Search, list[str]]:
    """An alliance for each place of the country, and one without place."""
    tokens = sorted(gazetteer().by_token)
    told = [_record(n, [t]) for n, t in enumerate(tokens)]
    return _search(tmp_path_factory.mktemp("index"), [*told, _record(len(tokens), [])]), tokens


@given(box=boxes)
@QUIET
def test_a_box_finds_the_alliances_whose_own_place_lies_in_it_and_no_other(every_place, box):
    search, tokens = every_place
    assert search.answer(SearchRequest(box=box, limit=1), facets=()).count == sum(
        bool(p.point and box.holds(p.point)) for p in map(_place, tokens)
    )
    near_corner = Box(box.west, box.south, box.west + 0.3, box.south + 0.3)
    assert _ids(search, box=near_corner) == {
        n for n, t in enumerate(tokens) if (p := _place(t)).point and near_corner.holds(p.point)
    }


@given(token=st.sampled_from([t for t in TOKENS if _place(t).point]), km=st.sampled_from([1, 5, 20, 60, 200]))
@QUIET
def test_within_a_distance_finds_the_places_that_are_not_further_and_no_other(every_place, token, km):
    search, tokens = every_place
    lon, lat = (math.radians(n) for n in _place(token).point or (0, 0))

    def away(point) -> float:
        # Another way to the same angle than the one under test: the chord between two points of the sphere.
        x, y = math.radians(point[0]), math.radians(point[1])
        ends = [(math.cos(b) * math.cos(a), math.cos(b) * math.sin(a), math.sin(b)) for a, b in ((lon, lat), (x, y))]
        return 6_371.0088 * 2 * math.asin(min(1.0, math.dist(*ends) / 2))

    found = _ids(search, around=token, within=km)
    assert found == {n for n, t in enumerate(tokens) if (p := _place(t)).point and away(p.point) <= km}
    assert tokens.index(token) in found


def test_the_distance_between_two_towns_is_the_known_one():
    # Paris (48.8566 N, 2.3522 E) to Lyon (45.7640 N, 4.8357 E): 392 km as the crow flies.
    assert kilometres((2.3522, 48.8566), (4.8357, 45.7640)) == pytest.approx(392, abs=1)


def test_a_box_and_a_distance_hold_with_words_filters_and_each_other(search_of_places):
    search = search_of_places(([FIGEAC], {"title": "Une ferme"}), [FIGEAC], [PARIS], [])
    lot = Box(1.0, 44.2, 2.3, 45.1)
    assert _ids(search, q="ferme", box=lot) == {0}
    assert _ids(search, box=lot, around=PARIS, within=50) == set()
    assert _ids(search, box=lot, filters={"place": (LOT,)}) == {0, 1}
    assert _ids(search, outside=(LOT,)) == {2, 3}


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"bbox": ["1,2,3"]}, "bbox"),
        ({"bbox": ["1,2,3,nan"]}, "bbox"),
        ({"bbox": ["3,2,1,4"]}, "bbox"),
        ({"bbox": ["1,4,3,2"]}, "bbox"),
        ({"bbox": ["1,2,1,4"]}, "bbox"),
        ({"bbox": ["-181,2,3,4"]}, "bbox"),
        ({"bbox": ["1,2,3,91"]}, "bbox"),
        ({"bbox": ["1e1,2,30,40"]}, "bbox"),
        ({"around": ["Figeac"]}, "around"),
        ({"around": ["commune:98818"]}, "around"),
        ({"around": [FIGEAC], "within": ["0"]}, "within"),
        ({"around": [FIGEAC], "within": ["201"]}, "within"),
        ({"around": [FIGEAC], "within": ["loin"]}, "within"),
        ({"outside": ["Lot"]}, "outside"),
        ({"territory_kind": ["campagne"]}, "territory_kind"),
    ],
)
def test_a_place_parameter_that_means_nothing_names_itself(parameters, field):
    with pytest.raises(BadRequest) as refusal:
        read_request(parameters)
    assert refusal.value.field == field
    assert str(refusal.value).rstrip("»\u00a0").endswith(".")


def test_what_says_where_stands_in_the_permalink_and_is_read_back():
    asked = read_request(
        {
            "bbox": [" 1.0000000001, 44.2,2.3,45.1"],
            "around": ["commune:46102"],
            "within": ["30"],
            "outside": ["departement:12"],
            "territory_kind": ["rural", "none"],
        }
    )
    told = asked.parameters()
    assert ("bbox", "1,44.2,2.3,45.1") in told
    again: dict[str, list[str]] = {}
    for name, value in told:
        again.setdefault(name, []).append(value)
    assert read_request(again) == asked
    assert not asked.unfiltered().is_filtered


def test_a_former_code_means_todays_commune_in_a_filter_and_in_a_record(search_of_places):
    former, today = next(
        (row["code"], place.code)
        for row in read_csv("places/communes-anciennes.csv")
        if row["code"] not in ("", row["commune"])
        and gazetteer().by_token.get(f"commune:{row['code']}") is None
        and (place := gazetteer().get("commune", row["code"])) is not None
        and place.point
    )
    asked = read_request({"place": [f"commune:{former}"]})
    assert asked.filters["place"] == (f"commune:{today}",)
    search = search_of_places([f"commune:{former}"], [f"commune:{today}"])
    assert _ids(search, filters=asked.filters) == {0, 1}
    assert search.counts_by_place("commune") == {f"commune:{today}": 2}
    assert [p["code"] for p in search.by_id("a-0")["places"]] == [former]


def test_the_size_of_each_commune_is_the_class_that_its_label_says():
    bounds = {
        k: terms("territory_kinds").label(k).replace("\u202f", "").replace("\u00a0", " ")
        for k in ("rural", "petite-ville", "ville")
    }
    assert "moins de 2000" in bounds["rural"]
    assert "de 2000 à 20000" in bounds["petite-ville"]
    assert "20000 habitants et plus" in bounds["ville"]
    for commune in gazetteer().of_level("commune"):
        people = commune.population
        size = [] if people is None else ["rural" if people < 2_000 else "petite-ville" if people < 20_000 else "ville"]
        overseas = ["outre-mer"] if commune.code[:2] in ("97", "98") else []
        assert territory_kinds([commune.token], ()) == sorted(size + overseas), commune


def test_kinds_of_territory_add_up_over_the_places_of_an_alliance(search_of_places):
    search = search_of_places(
        [FIGEAC, PARIS],
        ["departement:971"],
        ["commune:97502"],
        ["region:988"],
        ([LOT], {"domains": ["quartiers-prioritaires"]}),
        [LOT],
        [],
    )
    told = {v.value: v.count for v in search.answer(SearchRequest()).facets["territory_kind"]}
    assert told == {"petite-ville": 2, "ville": 1, "outre-mer": 3, "quartier-prioritaire": 1, "none": 2}


def test_alliances_without_place_are_a_value_of_the_place_facet(search_of_places):
    answer = search_of_places([FIGEAC], [], []).answer(SearchRequest())
    assert [(v.value, v.count) for v in answer.facets["place"]] == [(OCCITANIE, 1), ("none", 2)]


def test_national_alliances_are_offered_apart_and_as_many_as_the_link_shows(search_of_places):
    search = search_of_places(
        [FIGEAC], ([], {"scale": "national"}), ([PARIS], {"scale": "national"}), ([LOT], {"scale": "national"})
    )
    lot = SearchRequest(filters={"place": (LOT,)})
    assert _ids(search, filters=lot.filters) == {0, 3}
    asked = national_request(lot)
    assert asked is not None
    assert search.national(lot) == search.answer(asked, facets=()).count == 2
    assert set(search.ids(asked)) == {"a-1", "a-2"}
    assert dict(asked.parameters())["outside"] == LOT
    assert search.national(SearchRequest()) == 0
    assert search.national(SearchRequest(filters={"place": (LOT,), "scale": ("local",)})) == 0


def test_only_a_known_level_is_counted(search_of_places):
    search = search_of_places([FIGEAC])
    with pytest.raises(BadRequest, match="Niveau inconnu"):
        search.clusters(SearchRequest(), "canton")
    with pytest.raises(ValueError, match="niveau inconnu"):
        search.counts_by_place("canton")


def test_the_places_of_the_whole_country_come_by_commune_without_a_limit_of_the_engine(every_place):
    search, tokens = every_place
    communes = [t for t in tokens if t.startswith("commune:")]
    assert search.counts_by_place("commune") == dict.fromkeys(communes, 1)
    with pytest.raises(BadRequest, match="resserrez la carte"):
        search.clusters(SearchRequest(), "commune")
    told = search.clusters(SearchRequest(box=Box(1.0, 44.2, 2.3, 45.1)), "commune")
    assert {c.place.token for c in told.clusters} == {
        t for t in communes if (p := _place(t)).point and Box(1.0, 44.2, 2.3, 45.1).holds(p.point)
    }


def test_every_place_that_holds_another_whole_is_one_of_those_around_it():
    for token in gazetteer().by_token:
        level, _, code = token.partition(":")
        told = own_places([{"level": level, "code": code}])
        assert {t for held in told.only.values() for t in held} <= set(told.around)
