"""The discs of a drawn map: none covers another on a phone, none leaves its window or its place, no département is left out."""

from __future__ import annotations

import math
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from alliage.search.area import circle_around, kilometres
from alliage.vocabulary.contours import outline_box
from alliage.vocabulary.places import gazetteer
from alliage.web.drawn_map import (
    OVERSEAS,
    Circle,
    draw_area,
    draw_france,
    draw_territory,
    inset,
    mainland,
    paris,
)
from alliage.web.marks import GROWTH, MOST_MARKS, Disc, Mark, discs_of, short
from alliage.web.projection import fitting

DEPARTEMENTS = [p for p in gazetteer().of_level("departement") if p.point]
FRANCE = [paris(), mainland(), *(inset(code) for code in OVERSEAS)]
many = st.one_of(st.integers(1, 9), st.integers(1, 500), st.integers(1, 60_000))


def check(discs: list[Disc], windows) -> None:
    for one, other in combinations(discs, 2):
        apart = math.hypot(one.x - other.x, one.y - other.y)
        assert apart >= (one.radius + other.radius) * GROWTH, (one.mark.label, other.mark.label)
    for disc in discs:
        assert math.dist((disc.x, disc.y), disc.at) <= 2.3 * disc.radius * GROWTH
        reach = disc.radius * GROWTH - 0.1
        assert any(
            w.left + reach <= disc.x <= w.left + w.width - reach and w.top + reach <= disc.y <= w.top + w.height - reach
            for w in windows
        )


@given(st.lists(many, min_size=len(DEPARTEMENTS), max_size=len(DEPARTEMENTS)), st.integers(1, len(DEPARTEMENTS)))
@settings(max_examples=25, deadline=None)
def test_every_departement_has_its_disc_and_none_covers_another_even_on_a_phone(counts, number):
    marks = [Mark(p, n) for p, n in zip(DEPARTEMENTS[-number:], counts, strict=False)]
    discs = discs_of(FRANCE, marks)
    check(discs, FRANCE)
    if max(counts) < 1_000:
        assert len(discs) == len(marks)


@given(
    st.sampled_from(["region:11", "region:53", "departement:69", "epci:200046977", "departement:93"]),
    st.lists(many, min_size=1, max_size=1_300),
)
@settings(max_examples=25, deadline=None)
def test_the_communes_of_a_crowded_territory_keep_apart_and_near_their_places(token, counts):
    place = gazetteer().by_token[token]
    box = outline_box(place)
    assert box is not None
    communes = [p for p in gazetteer().members(place, "commune") if p.point]
    marks = [Mark(p, n, {"mecenat": n}) for p, n in zip(communes, counts, strict=False)]
    frame = fitting(box, 1000, most=1000, least=560, margin=70)
    discs = discs_of([frame], marks)
    check(discs, [frame])
    assert discs
    assert len(discs) <= MOST_MARKS
    assert max(d.mark.count for d in discs) == max(m.count for m in marks)


def test_paris_and_its_neighbours_have_an_inset_when_they_are_counted_apart():
    around = [Mark(gazetteer().by_token[f"departement:{code}"], 9) for code in ("75", "92", "93", "94")]
    assert "Autour de Paris" in str(draw_france(around))
    assert "Autour de Paris" not in str(draw_france(around[:1]))
    assert "Autour de Paris" not in str(draw_france([Mark(gazetteer().by_token["region:11"], 47)]))


@pytest.mark.parametrize(("number", "said"), [(7, "7"), (999, "999"), (1_000, "1k"), (1_234, "1,2k"), (12_431, "12k")])
def test_a_large_number_is_written_short_in_its_disc(number, said):
    assert short(number) == said


@given(st.sampled_from(DEPARTEMENTS), st.integers(1, 200))
def test_the_circle_drawn_is_at_that_distance_all_around(place, km):
    assert place.point
    for point in circle_around(place.point, km):
        assert kilometres(place.point, point) == pytest.approx(km, rel=1e-6)


def test_the_circle_and_every_alliance_are_in_the_window_of_a_search_around_a_place():
    figeac = gazetteer().by_token["commune:46102"]
    assert figeac.point
    circle = Circle(figeac.point, 60)
    marks = [Mark(p, 2) for p in gazetteer().of_level("epci") if p.point and kilometres(p.point, figeac.point) < 90]
    for drawn in (
        draw_area(circle.box, marks, circle),
        draw_territory(gazetteer().by_token["departement:46"], [], circle=circle),
    ):
        svg = etree.fromstring(str(drawn))
        (path,) = [e for e in svg.iter("path") if e.get("class") == "circle"]
        assert len((path.get("d") or "").split("L")) == 96
    svg = etree.fromstring(str(draw_area(circle.box, marks, circle)))
    assert len(svg.findall("a")) == len(marks)
    width, height = (float(n) for n in (svg.get("viewBox") or "").split()[2:])
    (path,) = [e for e in svg.iter("path") if e.get("class") == "circle"]
    for corner in (path.get("d") or "").strip("Mz").split("L"):
        x, y = map(float, corner.split())
        assert 0 <= x <= width
        assert 0 <= y <= height
