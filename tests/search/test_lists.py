"""Counts, facets, exports and pages of a list agree with each other and with the database."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from dataclasses import replace

import pytest
from django.conf import settings
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from alliage.catalogue.models import Alliance
from alliage.catalogue.queries import published, records_in_order, whole
from alliage.exports import tables
from alliage.exports.geojson import geojson_pieces
from alliage.search.area import Box
from alliage.search.facets import FACETS, LARGE, SMALL, SMALL_WITH_LARGE
from alliage.search.request import BadRequest, SearchRequest, read_request
from alliage.search.results import CursorExpired
from alliage.search.shared import search_in
from alliage.vocabulary.places import gazetteer

pytestmark = pytest.mark.django_db
QUIET = effort(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))

VALUES = {
    "mode": ["mecenat", "cooperation-economique", "innovation-societale", "pratiques-responsables", "none"],
    "trend": ["consortium", "achats-responsables", "sponsoring", "none"],
    "domain": ["handicap", "emploi-insertion", "alimentation", "culture", "none"],
    "place": ["region:84", "departement:69", "region:76", "commune:46102", "none"],
    "territory_kind": ["rural", "ville", "outre-mer", "quartier-prioritaire", "none"],
    "actor_kind": ["association", "entreprise", "fondation"],
    "actor_size": ["pme", "grande", SMALL_WITH_LARGE, "none"],
    "role": ["financement", "achat", "none"],
    "status": ["active", "ended", "none"],
    "lessons": ["oui", "none"],
    "collection": ["fiche-origine", "veille"],
    "scale": ["local", "national"],
    "sdg": ["8", "17", "12"],
    "documentation": ["bien-documentee", "a-completer"],
}
requests = st.builds(
    lambda q, picked, years, sort, where: SearchRequest(
        q=q,
        filters={n: tuple(dict.fromkeys(v)) for n, v in picked.items() if v},
        **where,
        year_min=years[0],
        year_max=years[1],
        sort=sort,
    ),
    st.sampled_from(
        [
            "",
            "",
            "handicap",
            "commerce de village",
            "emploi",
            "mécénat -sport",
            "jeunes sans diplôme",
            "« économie sociale »",
        ]
    ),
    st.fixed_dictionaries({}, optional={n: st.lists(st.sampled_from(v), max_size=2) for n, v in VALUES.items()}).filter(
        lambda picked: len(picked) <= 3
    ),
    st.sampled_from([(None, None), (2010, None), (None, 2015), (2005, 2020)]),
    st.sampled_from(["relevance", "recent", "title"]),
    st.sampled_from(
        [
            *({} for _ in range(5)),
            {"box": Box(-5, 43, 3, 49)},
            {"around": "commune:69123", "within": 100},
            {"outside": ("region:84", "departement:75")},
        ]
    ),
)


@given(requests)
@QUIET
def test_the_count_on_screen_is_the_rows_of_each_export_and_the_distinct_ids(request_):
    search = search_in(settings.INDEX_DIR)
    answer = search.answer(replace(request_, limit=100))
    ids = list(search.ids(request_))
    assert answer.count == len(ids) == len(set(ids))
    records = list(records_in_order(ids))
    assert [r["id"] for r in records] == ids
    rows = list(csv.reader(io.StringIO("".join(tables.csv_lines(records)).lstrip("\ufeff"))))
    assert len(rows) - 1 == answer.count
    told = json.loads("".join(tables.json_pieces(records, len(ids))))
    assert told["count"] == len(told["results"]) == answer.count
    assert tables.write_xlsx(records, io.BytesIO()) == answer.count
    drawn = json.loads("".join(geojson_pieces(records, len(ids), "/exemples/{}/".format)))
    assert [f["id"] for f in drawn["features"]] == ids
    assert [h.record["id"] for h in answer.hits] == ids[:100]


@given(requests)
@QUIET
def test_walking_the_pages_gives_the_whole_list_once(request_):
    search = search_in(settings.INDEX_DIR)
    walked, cursor = [], ""
    for _ in range(60):
        answer = search.answer(replace(request_, limit=13, cursor=cursor), facets=())
        walked += [h.record["id"] for h in answer.hits]
        cursor = answer.next
        if not cursor:
            break
    assert walked == list(search.ids(request_))


@given(requests)
@QUIET
def test_choosing_a_facet_value_shows_as_many_as_it_said(request_):
    search = search_in(settings.INDEX_DIR)
    answer = search.answer(request_)
    for name, values in answer.facets.items():
        for value in values[:3]:
            if value.value in request_.filters.get(name, ()):
                continue
            chosen = replace(request_, filters={**request_.filters, name: (value.value,)})
            assert search.answer(chosen, facets=()).count == value.count, (name, value)


def _kinds_of_territory(alliance: Alliance) -> set[str]:
    """From the gazetteer and the domains alone."""
    places = [gazetteer().get(p.level, p.code) for p in alliance.places.all()]
    people = [p.population for p in places if p.level == "commune" and p.population is not None]
    sizes = {"rural" if n < 2_000 else "petite-ville" if n < 20_000 else "ville" for n in people}
    overseas = {"outre-mer" for p in places if p.overseas}
    return sizes | overseas | ({"quartier-prioritaire"} if "quartiers-prioritaires" in alliance.domains else set())


def _values_of(alliance: Alliance, name: str) -> set[str]:
    """The values of a facet, read from the rows alone."""
    partners = [r.organisation for r in alliance.roles.all()]
    sizes = {o.size for o in partners if o.size}
    plain: dict[str, set[str]] = {
        "mode": {alliance.mode} - {""},
        "trend": {alliance.trend} - {""},
        "domain": set(alliance.domains),
        "place": {f"region:{gazetteer().get(p.level, p.code).region}" for p in alliance.places.all()},
        "territory_kind": _kinds_of_territory(alliance),
        "actor_kind": {o.kind for o in partners} - {""},
        "actor_size": sizes | ({SMALL_WITH_LARGE} if sizes & SMALL and sizes & LARGE else set()),
        "role": {c for r in alliance.roles.all() for c in r.contributions},
        "status": {alliance.status} - {"unknown"},
        "lessons": {"oui"} if alliance.lessons else set(),
        "collection": set(alliance.collections),
        "scale": {alliance.scale} - {""},
        "fragility": set(alliance.fragilities),
        "sdg": {str(n) for n in alliance.sdgs},
        "documentation": {alliance.documentation} - {""},
    }
    return plain[name] or {"none"}


def test_the_counts_of_every_facet_are_those_of_the_database(starter_search):
    rows = list(whole(published()))
    answer = starter_search.answer(SearchRequest())
    for name in FACETS:
        expected = Counter(v for a in rows for v in _values_of(a, name))
        assert {v.value: v.count for v in answer.facets[name]} == dict(expected), name


def test_a_facet_counts_without_its_own_filter_and_with_the_others(starter_search):
    both = starter_search.answer(SearchRequest(filters={"mode": ("mecenat",), "domain": ("culture",)}))
    only_domain = starter_search.answer(SearchRequest(filters={"domain": ("culture",)}))
    assert both.facets["mode"] == [replace(v, chosen=v.value == "mecenat") for v in only_domain.facets["mode"]]
    assert sum(v.count for v in both.facets["trend"]) == both.count


def test_a_region_chosen_opens_its_departements(starter_search):
    answer = starter_search.answer(SearchRequest(filters={"place": ("region:84",)}))
    values = {v.value: v for v in answer.facets["place"]}
    assert values["region:84"].chosen
    assert values["departement:69"].count > 0
    assert not any(v.startswith("departement:75") for v in values)


def test_small_with_large_is_a_value_of_its_own(empty_catalogue, received, search_of):
    from tests.conftest import draft

    small, large = {"name": "Petite", "size": "tpe"}, {"name": "Grande", "size": "grande"}
    received(draft("A", "1", partners=[small, large]), draft("B", "2", partners=[large]), publish=True)
    answer = search_of().answer(SearchRequest(filters={"actor_size": (SMALL_WITH_LARGE,)}))
    assert [h.record["title"] for h in answer.hits] == ["A"]


def test_a_search_asks_the_database_nothing(starter_search, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = starter_search.answer(SearchRequest(q="handicap", filters={"mode": ("mecenat", "none")}))
    assert answer.hits[0].record["partners"]


def test_a_date_or_title_walk_goes_on_while_records_arrive(empty_catalogue, received, search_of):
    from tests.conftest import draft

    received(*(draft(f"Ferme {n:02d}", str(n), start_year=2000 + n) for n in range(20)), publish=True)
    search = search_of()
    for sort in ("title", "recent"):
        first = search.answer(SearchRequest(sort=sort, limit=7), facets=())
        received(draft(f"Ferme 00 bis {sort}", f"bis-{sort}"), draft(f"Zone {sort}", f"z-{sort}"), publish=True)
        search = search_of()
        walked, cursor = [h.record["title"] for h in first.hits], first.next
        while cursor:
            page = search.answer(SearchRequest(sort=sort, limit=7, cursor=cursor), facets=())
            walked += [h.record["title"] for h in page.hits]
            cursor = page.next
        assert len(walked) == len(set(walked))
        assert {f"Ferme {n:02d}" for n in range(20)} <= set(walked)


def test_a_relevance_cursor_of_a_generation_no_longer_kept_is_told_so(empty_catalogue, received, search_of):
    from tests.conftest import draft

    received(*(draft(f"Ferme {n}", str(n)) for n in range(5)), publish=True)
    page = search_of().answer(SearchRequest(q="ferme", limit=2), facets=())
    received(draft("Ferme neuve", "9"), publish=True)
    with pytest.raises(CursorExpired):
        search_of().answer(SearchRequest(q="ferme", limit=2, cursor=page.next), facets=())


@pytest.mark.parametrize("cursor", ["x", "e30", "eyJkIjogMX0", "é", "=" * 20, "AAAA"])
def test_a_broken_cursor_is_a_clear_refusal(starter_search, cursor):
    with pytest.raises(BadRequest, match="curseur"):
        starter_search.answer(SearchRequest(q="emploi", cursor=cursor))


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"mode": ["zz"]}, "mode"),
        ({"place": ["region:zz"]}, "place"),
        ({"place": ["Lyon"]}, "place"),
        ({"sort": ["x"]}, "sort"),
        ({"limit": ["0"]}, "limit"),
        ({"limit": ["101"]}, "limit"),
        ({"limit": ["a"]}, "limit"),
        ({"year_min": ["-1"]}, "year_min"),
        ({"near": ["ici"]}, "near"),
        ({"sdg": ["18"]}, "sdg"),
        ({"lessons": ["1"]}, "lessons"),
    ],
)
def test_a_parameter_that_means_nothing_names_itself(parameters, field):
    with pytest.raises(BadRequest) as refusal:
        read_request(parameters)
    assert refusal.value.field == field
    assert str(refusal.value).endswith(".")
