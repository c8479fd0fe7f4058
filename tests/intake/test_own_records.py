"""Records of our own shape: what is not of that shape is told and kept, and never reaches the catalogue."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliage.intake.drafts import Draft, Refusal
from alliage.intake.own_records import draft_of_record, field_value
from alliage.vocabulary.fields import fields
from alliage.vocabulary.words import is_slug


def draft_of(**record) -> Draft:
    found = draft_of_record(1, {"id": "a", "title": "A", "partners": [], "places": [], **record}, "r.json")
    assert isinstance(found, Draft)
    return found


def test_an_id_that_could_not_stand_in_an_address_is_mended_and_told():
    found = draft_of(id="Mon Id / bizarre")
    assert found.values["id"] == "mon-id-bizarre"
    assert found.external_id == "Mon Id / bizarre"
    assert [i.column for i in found.issues] == ["id"]


def test_the_id_of_an_organisation_that_could_not_stand_in_an_address_is_left_for_its_name():
    found = draft_of(partners=[{"name": "Mairie", "organisation": "La Mairie !"}])
    assert found.values["partners"] == [{"name": "Mairie"}]
    assert "La Mairie !" in found.raw["partners"]
    assert found.issues


def test_an_end_before_the_start_is_told_and_not_taken():
    found = draft_of(start_year=2020, end_year=2018)
    assert "end_year" not in found.values
    assert found.raw == {"end_year": "2018"}
    assert found.issues[0].column == "end_year"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("results", [1, True, ["x"], {"year": 2020}, {"text": {"a": 1}}]),
        ("resources", [{"text": None}]),
        ("sdgs", [99, "x"]),
        ("sources", [{"publisher": "Sans adresse ni titre"}]),
        ("keywords", [{"a": 1}]),
        ("readings", [{"why": "sans titre"}]),
    ],
)
def test_an_item_of_another_shape_is_not_taken(name, value):
    taken, problems = field_value(name, value)
    assert taken == []
    assert problems


def test_a_fact_keeps_what_is_right_in_it_and_tells_the_rest():
    taken, problems = field_value("results", [{"text": "12 emplois", "year": "jadis", "source": "https://exemple.fr"}])
    assert taken == [{"text": "12 emplois", "source": "https://exemple.fr"}]
    assert len(problems) == 1


def test_signs_that_no_database_takes_are_left_out():
    found = draft_of(title="A\u0000B", need="un\ud800 besoin", partners=[{"name": "Mai\u0000rie"}])
    assert (found.values["title"], found.values["partners"][0]["name"]) == ("AB", "Mairie")
    assert json.dumps(found.values, ensure_ascii=False).encode()


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8) | st.sampled_from(["name", "text", "title", "year", "url"]), inner, max_size=4),
    max_leaves=8,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from([*fields(), "inconnu"]), _json, max_size=8))
def test_any_record_becomes_a_draft_of_our_shape_or_a_refusal(record):
    found = draft_of_record(1, record, "r.json")
    if isinstance(found, Refusal):
        assert found.issues
        return
    values = found.values
    assert "id" not in values or is_slug(values["id"])
    for name in ("results", "resources"):
        assert all(isinstance(item["text"], str) for item in values.get(name, ()))
    assert all(isinstance(p["name"], str) and is_slug(p.get("organisation", "a")) for p in values.get("partners", ()))
    assert json.dumps(found.raw, ensure_ascii=False).encode()
