"""Do content, database, index and journal agree? One sentence in French for each disagreement."""

from __future__ import annotations

import json
from pathlib import Path

from django.db.models import Max

from alliage.catalogue import queries
from alliage.catalogue.models import Alliance, Change, Role, StatisticRelease, Tombstone
from alliage.catalogue.records import changed_fields, record_of
from alliage.intake.starter import founding_lines, starter_drafts
from alliage.search.documents import hit_of
from alliage.search.index import IndexReader, IndexUnavailable
from alliage.search.request import SearchRequest
from alliage.search.results import Search
from alliage.vocabulary.content_files import content_mistakes
from alliage.vocabulary.fields import fields
from alliage.vocabulary.loading import ContentError
from alliage.vocabulary.terms import terms

SHOWN = 20  # of each sort


def content_disagreements() -> list[str]:
    """Content files that do not load, and references that lead nowhere."""
    found = content_mistakes()
    if found:
        return found
    ids = set()
    try:
        for draft in starter_drafts():
            values = draft.values
            ids.add(values["id"])
            found += _unknown_values(values, draft.provenance.file)
    except ContentError as error:
        return [str(error)]
    for line in founding_lines():
        found += [
            f"founding-sheet.yaml : la ligne {line.number} nomme « {i} », qui n’existe pas."
            for i in line.alliances
            if i not in ids
        ]
    return found


def _unknown_values(values: object, file: str) -> list[str]:
    assert isinstance(values, dict)
    found = []
    for field in fields().values():
        if not field.list or field.name not in values:
            continue
        given = values[field.name]
        found += [
            f"{file} : valeur inconnue pour « {field.name} » : {value}."
            for value in (given if isinstance(given, list) else [given])
            if str(value) not in terms(field.list)
        ]
    for partner in values.get("partners", ()):
        found += [
            f"{file} : apport inconnu : {c}." for c in partner["contributions"] if c not in terms("contributions")
        ]
        if partner["kind"] not in terms("actor_kinds"):
            found.append(f"{file} : nature inconnue : {partner['kind']}.")
    return found


def database_disagreements() -> list[str]:
    """Rows that contradict the journal or each other."""
    found = []
    revision = queries.current_revision()
    for name, highest in (
        ("alliance", Alliance.objects.aggregate(r=Max("revision"))["r"]),
        ("changement", Change.objects.aggregate(r=Max("revision"))["r"]),
        ("stèle", Tombstone.objects.aggregate(r=Max("revision"))["r"]),
        ("publication de statistiques", StatisticRelease.objects.aggregate(r=Max("revision"))["r"]),
    ):
        if (highest or 0) > revision:
            found.append(f"Journal : un(e) {name} porte la révision {highest}, le compteur est à {revision}.")
    if Role.objects.exclude(organisation__merged_into=None).exists():
        found.append("Base : un partenaire pointe vers une organisation fusionnée.")
    unsigned = queries.published().filter(first_published_on=None).count()
    if unsigned:
        found.append(f"Base : {unsigned} fiches publiées sans date de publication.")
    return found + journal_disagreements()


def journal_disagreements() -> list[str]:
    """Values that differ from what the journal last told of them: somebody wrote past the actions.

    The journal tells the values of what was updated, corrected or accepted; of what an import created, only the number.
    """
    found = []
    for page in queries.journalled_pages():
        for alliance, told in page:
            record = {**record_of(alliance), "publication": alliance.publication}
            told.pop("merged_into", None)  # the target of a target moves with it, under its own change
            different = sorted(changed_fields(record, told))
            if different:
                found.append(f"Journal : la fiche « {alliance.slug} » ne tient pas ce qu’il dit de {_list(different)}.")
    return _some(found)


def index_disagreements(root: Path) -> list[str]:
    """What the index holds that the base does not, and the other way round."""
    reader = IndexReader(root)
    try:
        generation = reader.latest()
        indexed = set(Search(reader).ids(SearchRequest()))
    except IndexUnavailable as error:
        return [f"Index : {error}. Lancez « alliage index »."]
    found = _stale_hits(Search(reader), generation.revision)
    stored = set(queries.published().values_list("slug", flat=True))
    for names, words in ((stored - indexed, "manquent à l’index"), (indexed - stored, "sont en trop dans l’index")):
        if names:
            found.append(f"Index : {len(names)} fiches {words} : {', '.join(sorted(names)[:5])}…")
    if generation.revision < queries.current_revision():
        found.append(
            f"Index : en retard, révision {generation.revision} sur {queries.current_revision()}. Lancez « alliage index »."
        )
    return found


def _stale_hits(search: Search, revision: int) -> list[str]:
    """Published records that the index shows otherwise than the base holds them, at the revision of the index."""
    found = []
    for page in queries.published_pages():
        for alliance in page:
            shown = search.by_id(alliance.slug) if alliance.revision <= revision else None
            held = json.loads(json.dumps(hit_of(alliance.record)))
            if shown is not None and shown != held:
                names = _list(sorted(name for name in held if held[name] != shown.get(name)))
                found.append(f"Index : la fiche « {alliance.slug} » y est montrée avec d’autres valeurs ({names}).")
    return [*_some(found), "Index : lancez « alliage index --rebuild »."] if found else []


def _list(names: list[str]) -> str:
    return ", ".join(fields()[name].label if name in fields() else name for name in names)


def _some(found: list[str]) -> list[str]:
    left = len(found) - SHOWN
    return [*found[:SHOWN], f"… et {left} autres de même."] if left > 0 else found


def find_disagreements(root: Path) -> list[str]:
    """Every disagreement, as sentences; none means that all agree."""
    return [*content_disagreements(), *database_disagreements(), *index_disagreements(root)]
