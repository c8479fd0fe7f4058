"""Alliances that stand at places, on an index of their own: what the tests of territories and of areas share."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import tantivy
from hypothesis import HealthCheck
from hypothesis import settings as effort
from hypothesis import strategies as st

from alliage.search.documents import document_of, revision_document
from alliage.search.index import IndexReader
from alliage.search.request import SearchRequest
from alliage.search.results import Search
from alliage.search.schema import fingerprint, register_tokenizers, schema
from alliage.vocabulary.fields import fields
from alliage.vocabulary.places import LEVELS, Place, gazetteer

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


def record_at(number: int, tokens: list[str], **values) -> dict:
    several = {"keywords", "domains", "fragilities", "sdgs", "results", "resources", "readings", "sources"}
    record = {name: [] if name in several | {"collections"} else None for name in fields()}
    places = [{"level": t.partition(":")[0], "code": t.partition(":")[2], "name": t} for t in tokens]
    return {**record, "id": f"a-{number}", "title": f"Alliance {number}", "partners": [], "places": places, **values}


def search_on(root: Path, told: list[dict]) -> Search:
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


def search_drawn(drawn) -> tuple[Search, tempfile.TemporaryDirectory]:
    # The engine's own watcher may put its lock back while the folder goes.
    folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
    told = [record_at(n, tokens, mode=mode) for n, (tokens, mode) in enumerate(drawn)]
    return search_on(Path(folder.name), told), folder


def place_of(token: str) -> Place:
    place = gazetteer().token(token)
    assert place is not None, token
    return place


def ids_of(search: Search, **asked) -> set[int]:
    return {int(id.removeprefix("a-")) for id in search.ids(SearchRequest(**asked))}


def communes_of(place: Place) -> set[str]:
    return {p.token for p in gazetteer().members(place, "commune")}


def held_whole(token: str, child: Place) -> bool:
    """Whether a place lies whole in another of its level or of a larger one: by their communes alone."""
    place = place_of(token)
    if LEVELS.index(place.level) < LEVELS.index(child.level):
        return False
    return place == child or (place.level != child.level and communes_of(place) <= communes_of(child))
