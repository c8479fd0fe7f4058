"""The only writer of the index: pulls what changed since its revision, or builds beside and swaps."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import tantivy

from alliage.catalogue import queries
from alliage.catalogue.stored_records import Stored
from alliage.search.documents import REVISION_ID, document_of, revision_document
from alliage.search.index import current_directory, revision_of
from alliage.search.schema import fingerprint, register_tokenizers, schema

HEAP_BYTES = 64_000_000
THREADS = 1  # two cores, one of them serves; more threads make more segments to merge
LOCK_SECONDS = 120


class IndexBusy(Exception):
    """Another process has been writing the index for longer than we wait."""


@contextlib.contextmanager
def writer_lock(root: Path, wait: float = LOCK_SECONDS) -> Iterator[None]:
    """One writer for all processes; the lock falls with the process that held it."""
    root.mkdir(parents=True, exist_ok=True)
    with (root / "writer.lock").open("w") as file:
        until = time.monotonic() + wait
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise IndexBusy("Un autre processus écrit l’index. Réessayez dans une minute.") from None
                time.sleep(0.05)
        yield


def _document(stored: Stored) -> tantivy.Document:
    record = {**stored.record, "printed": stored.printed, "identifiers": stored.identifiers}
    return document_of(record, number=stored.number, revision=stored.revision, published_on=stored.published_on)


def _pull(index: tantivy.Index, since: int, progress: Callable[[int], None] | None) -> tuple[int, int]:
    """Brings an index from revision `since` to now in one commit. Returns the new revision and the changes made."""
    target, changed = queries.current_revision(), 0
    writer = index.writer(HEAP_BYTES, THREADS)
    try:
        for slug in queries.tombstones_since(since):
            writer.delete_documents_by_term("id", slug)
            changed += 1
        for page in queries.alliances_changed_since(since):
            for alliance in page:
                writer.delete_documents_by_term("id", alliance.slug)
                if alliance.publication == "published":
                    writer.add_document(_document(alliance))
            target = max(target, page[-1].revision)
            changed += len(page)
            if progress:
                progress(len(page))
        _say_revision(writer, target)
    except BaseException:
        writer.rollback()
        raise
    finally:
        writer.wait_merging_threads()
    return target, changed


def _say_revision(writer: tantivy.IndexWriter, revision: int) -> None:
    """Writes the revision inside the index, in the commit that brings it there."""
    writer.delete_documents_by_term("id", REVISION_ID)
    writer.add_document(revision_document(revision))
    writer.commit()


def catch_up(root: Path, progress: Callable[[int], None] | None = None) -> int:
    """Pulls what changed since the index's revision; rebuilds when there is none of today's layout.

    Returns the number of alliances looked at. Raises IndexBusy.
    """
    with writer_lock(root):
        directory = current_directory(root)
        if directory is None:
            return _rebuild(root, progress)
        try:
            index = tantivy.Index.open(str(directory))
            register_tokenizers(index)
            since = revision_of(index.searcher())
        except ValueError:
            return _rebuild(root, progress)
        if since > queries.current_revision():
            return _rebuild(root, progress)  # the catalogue was restored from an older backup
        if since == queries.current_revision():
            return 0
        return _pull(index, since, progress)[1]


def rebuild(root: Path, progress: Callable[[int], None] | None = None) -> int:
    """Builds the index anew beside the current one, then swaps. Returns the number of alliances held."""
    with writer_lock(root):
        return _rebuild(root, progress)


def _rebuild(root: Path, progress: Callable[[int], None] | None) -> int:
    directory = root / f"{fingerprint()}-{time.time_ns()}"
    directory.mkdir(parents=True)
    index = tantivy.Index(schema(), path=str(directory))
    register_tokenizers(index)
    since, held = queries.current_revision(), 0
    writer = index.writer(HEAP_BYTES, THREADS)
    for page in queries.published_pages():
        for alliance in page:
            writer.add_document(_document(alliance))
        held += len(page)
        if progress:
            progress(len(page))
    _say_revision(writer, since)
    writer.wait_merging_threads()
    if queries.current_revision() > since:
        index.reload()
        _pull(index, since, None)
    beside = root / "current.new"
    beside.write_text(directory.name, "ascii")
    os.replace(beside, root / "current")
    for old in root.iterdir():
        # Readers that still hold an old directory keep its files mapped: removing the names is safe on POSIX.
        if old.is_dir() and old != directory:
            shutil.rmtree(old, ignore_errors=True)
    return held
