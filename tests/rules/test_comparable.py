"""Comparable territories: same level, the closest first, the same answer each time, reasons that hold, fast."""

from __future__ import annotations

import time
from math import log

from hypothesis import given, settings
from hypothesis import strategies as st

from alliage.rules.comparable import (
    COMPUTATION,
    DENSITY_WEIGHT,
    OTHER_KIND,
    OTHER_SIDE,
    UNKNOWN_DENSITY,
    comparable,
    inputs,
)
from alliage.vocabulary.places import Gazetteer, Place, gazetteer

places = st.builds(
    lambda n, people, area, kind, overseas: Place(
        level="epci",
        code=f"{n:09}",
        name=f"EPCI {n}",
        departement="974" if overseas else "46",
        region="04" if overseas else "76",
        population=people,
        area_km2=area,
        kind=kind,
    ),
    st.integers(0, 999),
    st.none() | st.integers(1, 100_000),
    st.none() | st.floats(1, 1000),
    st.sampled_from(["CC", "CA", "METRO"]),
    st.booleans(),
)
levels = st.lists(places, min_size=1, max_size=25, unique_by=lambda p: p.code)


def by_hand(a: Place, b: Place) -> float:
    """The sentence of COMPUTATION, written a second time."""
    far = abs(log(a.population) - log(b.population))
    if a.density and b.density:
        far += DENSITY_WEIGHT * abs(log(a.density) - log(b.density))
    elif bool(a.density) != bool(b.density):
        far += UNKNOWN_DENSITY
    return far + OTHER_KIND * (a.kind != b.kind) + OTHER_SIDE * (a.overseas != b.overseas)


@settings(deadline=None)
@given(levels, st.integers(1, 12))
def test_the_territories_found_are_the_closest_of_all_in_their_order(some, most):
    held = Gazetteer(some)
    at = some[0]
    found = comparable(at, held, most)
    if not at.population:
        assert found == []
        return
    others = [p for p in some if p.code != at.code and p.population]
    wanted = sorted(others, key=lambda p: (by_hand(at, p), p.code))[:most]
    assert [round(by_hand(at, c.place), 6) for c in found] == [round(by_hand(at, p), 6) for p in wanted]
    assert [c.distance for c in found] == sorted(c.distance for c in found)


@settings(deadline=None)
@given(levels)
def test_overseas_territories_come_before_all_others_for_an_overseas_one_and_the_other_way_round(some):
    at = some[0]
    sides = [c.place.overseas == at.overseas for c in comparable(at, Gazetteer(some), 30)]
    assert sides == sorted(sides, reverse=True)


@settings(deadline=None)
@given(levels, st.randoms(use_true_random=False))
def test_the_answer_does_not_depend_on_the_order_of_the_places(some, chance):
    at, mixed = some[0], list(some)
    chance.shuffle(mixed)
    first, second = (comparable(at, Gazetteer(p), 10) for p in (some, mixed))
    assert [(c.place.code, c.distance, c.reasons) for c in first] == [
        (c.place.code, c.distance, c.reasons) for c in second
    ]


def test_a_place_is_never_compared_with_itself_nor_with_another_level():
    held = gazetteer()
    for token in ("commune:46102", "epci:200069193", "departement:46", "region:24"):
        place = held.by_token[token]
        found = comparable(place, held)
        assert len(found) == 10
        assert token not in [c.place.token for c in found]
        assert {c.place.level for c in found} == {place.level}
        assert len({c.place.token for c in found}) == 10


def test_the_distance_between_two_departements_is_the_one_a_hand_computes():
    held = gazetteer()
    lot, found = held.by_token["departement:46"], comparable(held.by_token["departement:46"], held)
    meuse = next(c for c in found if c.place.name == "Meuse")

    def small(code: str) -> float:
        inside = [p for p in held.of_level("commune") if p.departement == code]
        people = sum(p.population or 0 for p in inside)
        return sum(p.population or 0 for p in inside if (p.population or 0) < 2000) / people

    by_sentence = (
        abs(log(176_473) - log(180_290))
        + 0.5 * abs(log(lot.density) - log(meuse.place.density))
        + abs(small("46") - small("55"))
    )
    assert (lot.population, meuse.place.population) == (176_473, 180_290)
    assert abs(meuse.distance - by_sentence) < 1e-6
    assert meuse.reasons[0] == "population proche\u00a0: 180\u202f290 habitants contre 176\u202f473"


def test_a_reason_says_close_only_when_it_is():
    held = gazetteer()
    paris = comparable(held.by_token["commune:75056"], held)
    assert not any("proche" in reason for c in paris for reason in c.reasons)
    assert all("2\u202f103\u202f778" in c.reasons[0] for c in paris)
    reunion = comparable(held.by_token["departement:974"], held)
    assert {c.place.name for c in reunion[:4]} == {"Martinique", "Guadeloupe", "Mayotte", "Polynésie française"}
    assert all("outre-mer, comme ici" in c.reasons for c in reunion[:4])
    dombes = comparable(held.by_token["epci:200069193"], held)[0]
    assert "une communauté de communes, comme ici" in dombes.reasons


def test_a_place_of_which_nobody_knows_the_people_has_no_comparable_one():
    assert comparable(gazetteer().by_token["region:984"], gazetteer()) == []


def test_among_all_communes_the_answer_is_there_at_once():
    held = gazetteer()
    communes = held.of_level("commune")
    asked = [*communes[:: len(communes) // 100], max(communes, key=lambda p: p.population or 0)]
    comparable(asked[0], held)  # the profiles are made once
    spent = []
    for place in asked:
        start = time.process_time()
        comparable(place, held)
        spent.append(time.process_time() - start)
    assert sorted(spent)[len(spent) // 2] < 0.02


def test_the_computation_is_one_sentence_that_gives_every_weight():
    assert COMPUTATION.count(".") == 1
    assert COMPUTATION.endswith(".")
    for weight in (
        "0,5 fois l’écart",
        "plus 1 quand une seule",
        "plus 0,5 quand la nature",
        "0,01 par point",
        "plus 100 quand",
    ):
        assert weight in COMPUTATION


def test_the_inputs_are_those_of_every_territory_and_in_the_order_of_the_answer():
    held = gazetteer()
    for token in ("commune:46102", "epci:200069193", "departement:46", "region:24"):
        place = held.by_token[token]
        found = inputs(place, held)
        assert found[0].place == place
        assert [i.place for i in found[1:11]] == [c.place for c in comparable(place, held)]
        assert len(found) == sum(bool(p.population) for p in held.of_level(place.level))
    assert inputs(held.by_token["region:984"], held) == []
