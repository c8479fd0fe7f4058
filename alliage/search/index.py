"""The index on disk as readers see it: which directory is current, which generation is open, kept ten minutes.

While the directory is gone or being made anew, the generation already open goes on answering: its files stay mapped.
"""

from __future__ import annotations

import shutil
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import tantivy

from alliage.search.documents import REVISION_ID
from alliage.search.schema import fingerprint, register_tokenizers, schema

KEPT_SECONDS = 600  # design §4: relevance lists walk on a generation kept ten minutes
LOOK_AGAIN_SECONDS = 0.25
LOCK_NAME = "writer.lock"  # its modification time says when the writer last had nothing left to do
LEAST_FREE_BYTES = 20_000_000  # with less, a commit may not fit


class IndexUnavailable(Exception):
    """The index cannot answer now; `alliage work` or the next command rebuilds it."""


@dataclass(frozen=True, slots=True)
class Generation:
    """One commit of the index, opened: the same id means the same documents in every process."""

    id: str
    searcher: tantivy.Searcher
    revision: int


def revision_of(searcher: tantivy.Searcher) -> int:
    """The revision of the catalogue that a commit holds; 0 when it says none."""
    found = searcher.search(tantivy.Query.term_query(schema(), "id", REVISION_ID), 1).hits
    return int(searcher.doc(found[0][1]).get_first("revision") or 0) if found else 0


def current_directory(root: Path) -> Path | None:
    """The directory of the current index, if there is one of today's layout."""
    try:
        name = (root / "current").read_text("ascii").strip()
    except (FileNotFoundError, NotADirectoryError, UnicodeDecodeError):
        return None
    directory = root / name
    if not name.startswith(f"{fingerprint()}-") or not (directory / "meta.json").exists():
        return None
    return directory


def seconds_since_caught_up(root: Path) -> float | None:
    """How long ago the writer of this index last held all that the catalogue held; None when it never did."""
    try:
        return max(0.0, time.time() - (root / LOCK_NAME).stat().st_mtime)
    except OSError:
        return None


def shortage(root: Path) -> str:
    """A sentence when the disk of the index is too full to write on; empty otherwise."""
    there = next((p for p in (root, *root.parents) if p.exists()), root)
    try:
        free = shutil.disk_usage(there).free
    except OSError as error:
        return f"Le disque de l’index ne répond pas : {error}."
    if free >= LEAST_FREE_BYTES:
        return ""
    return (
        f"Le disque de l’index est plein ({free // 1_000_000} Mo libres) : libérez de la place, l’index se refera seul."
    )


class IndexReader:
    """Opens the current index and follows its commits; one a process, shared by threads."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._lock = threading.Lock()
        self._index: tantivy.Index | None = None
        self._directory: Path | None = None
        self._seen: tuple[str, int] = ("", 0)
        self._looked_at = 0.0
        self._newest: Generation | None = None
        self._older: dict[str, tuple[Generation, float]] = {}  # id → generation, when it ceased to be the newest

    def latest(self) -> Generation:
        """The newest generation; looks at the disk at most four times a second. Raises IndexUnavailable."""
        now, newest = time.monotonic(), self._newest
        if newest is not None and now - self._looked_at < LOOK_AGAIN_SECONDS:
            return newest
        with self._lock:
            try:
                return self._look(now)
            except (OSError, ValueError) as error:
                if self._newest is None:
                    raise IndexUnavailable(str(error)) from error
                return self._newest

    def generation(self, id: str) -> Generation | None:
        """The generation of that id: the newest for as long as it is so, an older one for ten minutes more."""
        newest = self.latest()
        if newest.id == id:
            return newest
        found, since = self._older.get(id, (None, 0.0))
        return found if time.monotonic() - since < KEPT_SECONDS else None

    def _look(self, now: float) -> Generation:
        directory = current_directory(self.root)
        if directory is None:
            if self._newest is None:
                raise IndexUnavailable("l’index n’existe pas encore, ou son format a changé")
            self._looked_at = now
            return self._newest
        seen = (directory.name, (directory / "meta.json").stat().st_mtime_ns)
        if self._newest is None or seen != self._seen:
            if self._index is None or directory != self._directory:
                self._index = tantivy.Index.open(str(directory))
                register_tokenizers(self._index)
                self._directory = directory
            self._index.reload()
            searcher = self._index.searcher()
            revision = revision_of(searcher)
            found = Generation(f"{directory.name}.{revision}", searcher, revision)
            if self._newest is None:
                self._newest = found
            elif found.id != self._newest.id:
                self._older[self._newest.id] = (self._newest, now)
                self._newest = found
            self._seen = seen
        self._looked_at = now
        for id, (_, since) in list(self._older.items()):
            if now - since > KEPT_SECONDS:
                del self._older[id]
        return self._newest
