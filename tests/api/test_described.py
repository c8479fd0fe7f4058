"""The API against its own description: requests drawn from it, true and bent, get answers that it announces."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, settings

from alliage.api.endpoints import api
from alliage.vocabulary.terms import terms

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("starter_search"), pytest.mark.slow]
config = schemathesis.Config.from_dict(
    {
        "generation": {"mode": "all", "max-examples": 150, "deterministic": True, "database": "none"},
        "checks": {
            # An empty value stands for none and a parameter of another program is let pass, as in the pages' addresses.
            "negative_data_rejection": {"enabled": False},
            # A well-formed value may still be of nothing: an id, the code of a place, a domain.
            "positive_data_acceptance": {"enabled": False},
        },
    }
)
description = schemathesis.openapi.from_dict(api.get_openapi_schema(), config=config)
description.app = get_wsgi_application()
MEANT = {
    "q": ["emploi", "l'école", "« insertion par l’activité »", "mode:mecenat", "-sport santé"],
    "mode": list(terms("modes")),
    "trend": list(terms("trends")),
    "domain": list(terms("domains")),
    "actor_kind": list(terms("actor_kinds")),
    "status": list(terms("statuses")),
    "scale": list(terms("scales")),
    "sdg": list(terms("sdgs")),
    "place": ["region:84", "departement:69", "commune:69123", "none"],
    "near": ["commune:46102"],
    "bbox": ["1,44,3,46", "-180,-90,180,90"],
    "around": ["commune:46102", "commune:69123"],
    "within": [5, 200],
    "outside": ["departement:75"],
    "territory_kind": [*terms("territory_kinds"), "none"],
    "level": ["region", "departement", "epci", "commune"],
    "organisation": ["wimoov"],
    "id": ["solifap", "logins-ares-xpo"],
    "year_min": [1990, 2015],
    "year_max": [2020],
}
answers: Counter[int] = Counter()


def _meaning(name: str, drawn: Any) -> Any:
    """Two drawn texts of three become one that means something, so that the requests go further than their reading."""
    if isinstance(drawn, list):
        return [_meaning(name, value) for value in drawn]
    known = MEANT.get(name)
    weight = len(str(drawn)) + sum(map(ord, str(drawn)[:3]))
    return known[weight % len(known)] if known and weight % 3 else drawn


@description.hook
def map_query(context: Any, query: Any) -> Any:
    return {n: _meaning(n, v) for n, v in query.items()} if isinstance(query, dict) else query


@description.hook
def map_path_parameters(context: Any, path_parameters: Any) -> Any:
    return (
        {n: _meaning(n, v) for n, v in path_parameters.items()}
        if isinstance(path_parameters, dict)
        else path_parameters
    )


@pytest.fixture(autouse=True)
def _one_connection():
    """The end of a request must not close the connection that holds this test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


SETTINGS = settings(deadline=None, suppress_health_check=list(HealthCheck))
# One function for each address: tests run side by side are told apart by the name of their function.
ADDRESSES = ("/alliances", "/alliances/{id}", "/map", "/typology", "/suggest")


def answers_as_announced(case):
    response = case.call_and_validate(headers={"Accept-Encoding": "identity"})
    answers[response.status_code] += 1
    if response.status_code >= 400:
        error = response.json()["error"]
        assert set(error) == {"code", "message", "field"}
        assert error["message"]


@description.include(path="/api/v1/alliances").parametrize()
@SETTINGS
def test_a_list_is_answered_as_announced(case):
    answers_as_announced(case)


@description.include(path="/api/v1/alliances/{id}").parametrize()
@SETTINGS
def test_a_record_is_answered_as_announced(case):
    answers_as_announced(case)


@description.include(path="/api/v1/map").parametrize()
@SETTINGS
def test_a_map_is_answered_as_announced(case):
    answers_as_announced(case)


@description.include(path="/api/v1/typology").parametrize()
@SETTINGS
def test_the_typology_is_answered_as_announced(case):
    answers_as_announced(case)


@description.include(path="/api/v1/suggest").parametrize()
@SETTINGS
def test_suggestions_are_answered_as_announced(case):
    answers_as_announced(case)


def test_no_address_is_left_out():
    assert set(description.raw_schema["paths"]) == {f"/api/v1{address}" for address in ADDRESSES}


def test_the_requests_went_further_than_their_reading():
    if not answers:
        pytest.skip("Ce compte suit les requêtes ci-dessus : lancez tout le fichier.")
    assert answers[200] > sum(answers.values()) / 5, answers
    assert answers[400] > 50, answers
