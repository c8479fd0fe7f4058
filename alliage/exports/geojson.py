"""Records to GeoJSON, streamed: one feature an alliance, standing on its own places; without a known point, on none."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any  # a record is JSON

from alliage.vocabulary.places import gazetteer

Record = Mapping[str, Any]
# The shape of a list in the API, but the reason, which only a search can give.
PROPERTIES = (
    *("id", "title", "summary", "need", "mode", "trend", "domains", "partners", "places"),
    *("start_year", "status", "status_year", "confirmed_on", "url"),
)
_PARTNER = ("name", "kind", "size", "role", "organisation")


def geometry(places: Iterable[Record]) -> dict[str, Any] | None:
    """The points of these places (longitude, latitude), each once; None when none is known."""
    found = (gazetteer().get(p["level"], p["code"]) for p in places)
    points = list(dict.fromkeys(place.point for place in found if place and place.point))
    if not points:
        return None
    if len(points) == 1:
        return {"type": "Point", "coordinates": list(points[0])}
    return {"type": "MultiPoint", "coordinates": [list(point) for point in points]}


def feature(record: Record, address: Callable[[str], str]) -> dict[str, Any]:
    """A record as a feature; `address` gives the page of an id."""
    told = {name: record.get(name) for name in PROPERTIES}
    told["status"] = told["status"] or "unknown"
    told["partners"] = [{name: p.get(name) for name in _PARTNER} for p in record["partners"]]
    told["url"] = address(record["id"])
    return {"type": "Feature", "id": record["id"], "geometry": geometry(record["places"]), "properties": told}


def geojson_pieces(records: Iterable[Record], count: int, address: Callable[[str], str]) -> Iterator[str]:
    """A FeatureCollection in pieces, with the number of its features as `count`."""
    yield f'{{"type": "FeatureCollection", "count": {count}, "features": ['
    first = True
    for record in records:
        yield ("" if first else ",") + "\n" + json.dumps(feature(record, address), ensure_ascii=False)
        first = False
    yield "\n]}\n"
