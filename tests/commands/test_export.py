"""`alliage export` writes the list that its filters say, in each format, and the same ids in all of them."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys

import pytest


@pytest.fixture
def run(tmp_path):
    environment = {
        n: v for n, v in os.environ.items() if not n.startswith("ALLIAGE_") and n != "DJANGO_SETTINGS_MODULE"
    }
    environment |= {"ALLIAGE_HOME": str(tmp_path / "home"), "ALLIAGE_URL": "https://alliances.exemple.fr"}

    def run(*words: str, code: int = 0) -> str:
        told = subprocess.run(
            [sys.executable, "-m", "alliage.cli", *words], env=environment, capture_output=True, text=True, timeout=300
        )
        assert told.returncode == code, told.stderr
        return told.stderr

    return run


def test_the_formats_hold_the_same_alliances_and_geojson_says_where(tmp_path, run):
    places = {"figeac": ["commune:46102"], "deux": ["commune:46102", "commune:75056"], "nulle-part": []}
    rows = [
        {
            "id": id,
            "title": f"Fiche {id}",
            "partners": [{"name": "Ville", "kind": "public"}],
            "places": [{"level": "commune", "code": t.partition(":")[2], "name": t} for t in tokens],
        }
        for id, tokens in places.items()
    ]
    (tmp_path / "cas.json").write_text(json.dumps({"results": rows}), "utf-8")
    run("import", str(tmp_path / "cas.json"), "--publish")

    def export(kind: str, query: str):
        run("export", str(tmp_path / f"out.{kind}"), "--query", query)
        return tmp_path / f"out.{kind}"

    near = "around=commune:46102&within=10"
    drawn = json.loads(export("geojson", "").read_text("utf-8"))
    shapes = {f["id"]: f["geometry"] and f["geometry"]["type"] for f in drawn["features"]}
    assert shapes == {"figeac": "Point", "deux": "MultiPoint", "nulle-part": None}
    assert {f["properties"]["url"] for f in drawn["features"]} == {
        f"https://alliances.exemple.fr/exemples/{id}/" for id in places
    }
    for query, expected in (("", 3), (near, 2), (f"{near}&bbox=2,48,3,49", 1), ("territory_kind=ville", 1)):
        ids = [f["id"] for f in json.loads(export("geojson", query).read_text("utf-8"))["features"]]
        listed = [r["id"] for r in json.loads(export("json", query).read_text("utf-8"))["results"]]
        with export("csv", query).open(encoding="utf-8-sig", newline="") as file:
            tabled = [row["id"] for row in csv.DictReader(file)]
        assert ids == listed == tabled
        assert len(ids) == expected, query


def test_a_bad_box_is_one_sentence(tmp_path, run):
    said = run("export", str(tmp_path / "out.geojson"), "--query", "bbox=1,2", code=2)
    assert "quatre nombres" in said
    assert not (tmp_path / "out.geojson").exists()
