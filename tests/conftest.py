"""What tests share: the starter base loaded once, its index, an empty catalogue, and skips that CI refuses."""

from __future__ import annotations

import datetime as dt
import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from alliage.catalogue.journal import Author
from alliage.intake.drafts import Batch, Draft, Provenance

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
TESTER = Author("test")


def skip_or_fail(reason: str) -> None:
    """Skips with a sentence; where everything is required (ALLIAGE_REQUIRE_ALL=1), a skip is a failure."""
    if os.environ.get("ALLIAGE_REQUIRE_ALL") == "1":
        pytest.fail(f"Tout est requis ici : {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The test database holds the starter base, and its index stands where the site looks for it."""
    from alliage.catalogue.actions.receive import receive
    from alliage.intake.starter import starter_batch
    from alliage.search.writing import rebuild

    with django_db_blocker.unblock():
        receive(batch=starter_batch(), by=TESTER, at=NOW, publish=True)
        rebuild(settings.INDEX_DIR)


@pytest.fixture
def empty_catalogue(db: None) -> None:
    """Nothing in the catalogue, until the end of the test."""
    from alliage.catalogue.models import (
        Alliance,
        Change,
        ImportBatch,
        Organisation,
        Proposal,
        RevisionCounter,
        SheetLine,
    )

    for model in (Proposal, SheetLine, Alliance, Organisation, Change, ImportBatch, RevisionCounter):
        model.objects.all().delete()


@pytest.fixture
def search_of(tmp_path: Path) -> Callable[[], Any]:
    """Builds an index of the catalogue as it is now, and a search on it."""
    from alliage.search.index import IndexReader
    from alliage.search.results import Search
    from alliage.search.writing import catch_up

    def build() -> Search:
        catch_up(tmp_path / "index")
        return Search(IndexReader(tmp_path / "index"))

    return build


@pytest.fixture(scope="session")
def starter_search(django_db_setup: None) -> Any:
    """The search on the starter base."""
    from alliage.search.shared import search_in

    return search_in(settings.INDEX_DIR)


def draft(title: str, external_id: str = "", **values: Any) -> Draft:
    """A draft as intake gives it."""
    return Draft(
        values={"title": title, **values}, provenance=Provenance(file="test.csv", line=2), external_id=external_id
    )


def batch(*drafts: Any, source: str = "test", lines: tuple[Any, ...] = ()) -> Batch:
    """A batch of one file."""
    return Batch(source=source, file="test.csv", checksum="", items=iter(drafts), lines=lines)


@pytest.fixture
def received(db: None) -> Callable[..., Any]:
    """Receives drafts and returns the report."""
    from alliage.catalogue.actions.receive import receive

    def run(*drafts: Any, publish: bool = False, source: str = "test", dry_run: bool = False) -> Any:
        return receive(batch=batch(*drafts, source=source), by=TESTER, at=NOW, publish=publish, dry_run=dry_run)

    return run


@pytest.fixture
def shared_files() -> Iterator[Path]:
    """The reference files beside the repository, when they are there; never required."""
    folder = Path(settings.__dict__.get("BASE_DIR", Path(__file__).parents[1])).parent / "shared"
    if not folder.exists():
        pytest.skip("Le dossier de référence ../shared n’est pas là : ce test le compare en plus.")
    return folder


@pytest.fixture
def new_database() -> Iterator[Callable[[], str]]:
    """Addresses of new empty databases on the PostgreSQL of the tests; empty addresses (SQLite) without it."""
    server = os.environ.get("ALLIAGE_TEST_POSTGRES", "")
    made: list[str] = []

    def new() -> str:
        if not server:
            return ""
        import psycopg

        name = f"alliage_test_{uuid.uuid4().hex[:10]}"
        with psycopg.connect(server, autocommit=True) as link:
            link.execute(f"create database {name}")
        made.append(name)
        return f"{server.rsplit('/', 1)[0]}/{name}"

    yield new
    if made:
        import psycopg

        with psycopg.connect(server, autocommit=True) as link:
            for name in made:
                link.execute(f"drop database {name} with (force)")
