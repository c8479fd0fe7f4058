"""The address parameters of lists and the errors of any address, described once for OpenAPI.

They are read by alliage.search.request, as for the pages.
"""

from __future__ import annotations

from typing import Any  # OpenAPI is JSON

from alliage.api.shapes import ProblemAnswer
from alliage.search.facets import FACETS

# Any address may be too long, asked too often, or asked while the index is being made.
ANYWHERE = {400: ProblemAnswer, 429: ProblemAnswer, 503: ProblemAnswer}
ERRORS = {**ANYWHERE, 404: ProblemAnswer, 410: ProblemAnswer}


def _one(name: str, description: str = "", **schema: Any) -> dict[str, Any]:
    told = {"name": name, "in": "query", "schema": schema or {"type": "string"}}
    return {**told, "description": description} if description else told


def _many(name: str, description: str) -> dict[str, Any]:
    schema = {"type": "array", "items": {"type": "string"}}
    return {"name": name, "in": "query", "schema": schema, "explode": True, "description": description}


FILTERS: list[dict[str, Any]] = [
    _one("q", "mots, « expression exacte », -exclu, champ:valeur"),
    *(_many(name, "répété = OU ; « none » = non renseigné") for name in FACETS),
    *(_one(name, type="integer") for name in ("year_min", "year_max")),
    _one("near", "lieu de qui cherche : rapproche sans filtrer"),
    _one("bbox", "ouest,sud,est,nord en degrés : les alliances dont un lieu a son point dans ce cadre"),
    _one("around", "lieu autour duquel chercher, par exemple « commune:46102 »"),
    _one(
        "within",
        "à moins de combien de kilomètres de « around » (20 si rien n’est dit)",
        type="integer",
        minimum=1,
        maximum=200,
    ),
    _many("inside", "lieux dans chacun desquels l’alliance doit avoir un lieu, en plus de « place »"),
    _many("outside", "lieux dont les alliances sont écartées"),
    _one("organisation", "identifiant d’une organisation : ses alliances"),
    _many("id", "identifiants choisis, cent au plus"),
]
PAGING: list[dict[str, Any]] = [
    _one("sort", type="string", enum=["relevance", "recent", "title"]),
    _one("limit", type="integer", minimum=1, maximum=100),
    _one("cursor"),
]
