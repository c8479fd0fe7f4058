"""A list as clusters for a map."""

from __future__ import annotations

from typing import Any  # the answer is JSON

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from ninja import Router

from alliage.api.parameters import ANYWHERE, FILTERS
from alliage.api.shapes import MapAnswer
from alliage.search.inside import list_inside
from alliage.search.request import read_request
from alliage.search.shared import search_in
from alliage.search.territory import MOST_CLUSTERS
from alliage.vocabulary.places import LEVELS, gazetteer

on_the_map = Router()
_LEVEL = {"name": "level", "in": "query", "schema": {"type": "string", "enum": list(LEVELS), "default": "region"}}


@on_the_map.get(
    "/map", response={200: MapAnswer, **ANYWHERE}, openapi_extra={"parameters": [_LEVEL, *FILTERS]}, url_name="map"
)
def clusters(request: HttpRequest) -> Any:
    """La liste sur la carte : par territoire d’un niveau, le nombre d’alliances, leurs formes et l’adresse de leur liste."""
    asked = read_request({name: request.GET.getlist(name) for name in request.GET})
    told = search_in(settings.INDEX_DIR).clusters(asked, request.GET.get("level") or "region", MOST_CLUSTERS)
    page = request.build_absolute_uri(reverse("examples"))
    return {
        "count": told.count,
        "unplaced": told.unplaced,
        "clusters": [
            {
                "token": cluster.place.token,
                "name": gazetteer().label(cluster.place),
                "count": cluster.count,
                "modes": cluster.modes,
                "longitude": cluster.place.point[0],
                "latitude": cluster.place.point[1],
                "url": f"{page}?{list_inside(asked, cluster.place).query_string()}",
            }
            for cluster in told.clusters
            if cluster.place.point
        ],
    }
