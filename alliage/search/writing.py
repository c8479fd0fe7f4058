"""The only writer of the index: pulls what changed since its revision, or builds beside and swaps."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import IO

import tantivy

from alliage.catalogue import queries
from alliage.catalogue.many_rows import many_objects
from alliage.catalogue.stored_records import Stored
from alliage.search.documents import REVISION_ID, document_of, revision_document
from alliage.search.index import LOCK_NAME, current_directory, revision_of
from alliage.search.schema import fingerprint, register_tokenizers, schema

HEAP_BYTES = 64_000_000
THREADS = 1  # two cores, one of them serves; more threads make more segments to merge
LOCK_SECONDS = 120
CHANGES_A_COMMIT = 5_000  # a long backlog is shown as it is pulled, and a change behind it waits for no more than that


class IndexBusy(Exception):
    """Another process has been writing the index for longer than we wait."""


@contextlib.contextmanager
def writer_lock(root: Path, wait: float = LOCK_SECONDS) -> Iterator[None]:
    """One writer for all processes; the lock falls with the process that held it. Raises IndexBusy."""
    until = time.monotonic() + wait
    while (file := _locked(root)) is None:
        if time.monotonic() > until:
            raise IndexBusy("Un autre processus écrit l’index. Réessayez dans une minute.")
        time.sleep(0.05)
    with file:
        yield


def _locked(root: Path) -> IO[str] | None:
    """The lock file, held; None when another process holds it, or when its directory goes away at this moment."""
    root.mkdir(parents=True, exist_ok=True)
    try:
        file = (root / LOCK_NAME).open("a")
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # A lock on a file deleted meanwhile keeps nobody out.
        if os.path.samestat((root / LOCK_NAME).stat(), os.fstat(file.fileno())):
            return file
    except (BlockingIOError, FileNotFoundError):
        pass
    file.close()
    return None


def _say_caught_up(root: Path) -> None:
    """Marks the lock with the time; writes nothing, so that a full disk does not matter."""
    os.utime(root / LOCK_NAME)


def _sweep(root: Path, kept: Path | None) -> None:
    """Removes the index directories that killed rebuilds left and that swaps replaced."""
    for old in root.iterdir():
        # Readers that still hold an old directory keep its files mapped: removing the names is safe on POSIX.
        if old != kept and re.fullmatch(r"[0-9a-f]{12}-\d+", old.name) and old.is_dir():
            shutil.rmtree(old, ignore_errors=True)


def _document(stored: Stored) -> tantivy.Document:
    record = {**stored.record, "printed": stored.printed, "identifiers": stored.identifiers}
    return document_of(record, number=stored.number, revision=stored.revision, published_on=stored.published_on)


def _pull(index: tantivy.Index, since: int, progress: Callable[[int], None] | None) -> int:
    """Brings an index from revision `since` to now, a commit every CHANGES_A_COMMIT. Returns the changes made.

    A commit ends with a whole revision: what one transaction changed is seen at once.
    """
    now, changed = queries.current_revision(), 0
    writer = index.writer(HEAP_BYTES, THREADS)
    try:
        reached, pending = since, 0
        for alliance in chain.from_iterable(queries.alliances_changed_since(since)):
            if alliance.revision > now:
                break  # the next catch-up's: a stream of writers must not keep this commit waiting
            if pending >= CHANGES_A_COMMIT and alliance.revision > reached:
                _say_revision(writer, reached)
                pending = 0
            writer.delete_documents_by_term("id", alliance.slug)
            if alliance.publication == "published":
                writer.add_document(_document(alliance))
            reached, pending, changed = alliance.revision, pending + 1, changed + 1
            if progress:
                progress(1)
        # After the pages: whatever was erased up to `now` is known by then, and an id is never given again.
        for slug in queries.tombstones_since(since):
            writer.delete_documents_by_term("id", slug)
            changed += 1
        _say_revision(writer, now)
    except BaseException:
        with contextlib.suppress(ValueError, OSError):
            writer.rollback()
        raise
    finally:
        writer.wait_merging_threads()
    return changed


def _say_revision(writer: tantivy.IndexWriter, revision: int) -> None:
    """Writes the revision inside the index, in the commit that brings it there."""
    writer.delete_documents_by_term("id", REVISION_ID)
    writer.add_document(revision_document(revision))
    writer.commit()


def catch_up(root: Path, progress: Callable[[int], None] | None = None) -> int:
    """Pulls what changed since the index's revision; rebuilds when there is none of today's layout.

    Returns the number of alliances looked at. Raises IndexBusy.
    """
    with writer_lock(root), many_objects():
        now, directory = queries.current_revision(), current_directory(root)
        _sweep(root, directory)
        opened = _opened(directory) if directory else None
        if opened is None or opened[1] > now:  # none, broken, or the catalogue was restored from an older backup
            return _rebuild(root, progress)
        changed = _pull(*opened, progress) if opened[1] < now else 0
        _say_caught_up(root)
        return changed


def _opened(directory: Path) -> tuple[tantivy.Index, int] | None:
    """An index and the revision it holds; None when its files are broken."""
    try:
        index = tantivy.Index.open(str(directory))
        register_tokenizers(index)
        return index, revision_of(index.searcher())
    except (ValueError, OSError):
        return None


def rebuild(root: Path, progress: Callable[[int], None] | None = None) -> int:
    """Builds the index anew beside the current one, then swaps. Returns the number of alliances held. Raises IndexBusy."""
    with writer_lock(root), many_objects():
        return _rebuild(root, progress)


def _rebuild(root: Path, progress: Callable[[int], None] | None) -> int:
    _sweep(root, current_directory(root))
    directory = root / f"{fingerprint()}-{time.time_ns()}"
    directory.mkdir(parents=True)
    try:
        held = _fill(directory, progress)
        if not (directory / "meta.json").exists():
            raise FileNotFoundError(f"{directory} a été effacé pendant la reconstruction")
        beside = root / "current.new"
        beside.write_text(directory.name, "ascii")
        os.replace(beside, root / "current")
    except BaseException:
        shutil.rmtree(directory, ignore_errors=True)  # a full disk gets its room back before the next try
        raise
    _sweep(root, directory)
    _say_caught_up(root)
    return held


def _fill(directory: Path, progress: Callable[[int], None] | None) -> int:
    """Writes the whole catalogue into an empty directory. Returns the number of alliances held."""
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
    return held
