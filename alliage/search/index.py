"""The index on disk as readers see it: which directory is current, which generation is open, kept ten minutes."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

import tantivy

from alliage.search.documents import REVISION_ID
from alliage.search.schema import fingerprint, register_tokenizers, schema

KEPT_SECONDS = 600  # design §4: relevance lists walk on a generation kept ten minutes
LOOK_AGAIN_SECONDS = 0.25


class IndexUnavailable(Exception):
    """The index cannot answer now; `alliage work` or the next command rebuilds it."""


@dataclass(frozen=True, slots=True)
class Generation:
    """One commit of the index, opened: the same id means the same documents in every process."""

    id: str
    searcher: tantivy.Searcher
    revision: int
    opened_at: float


def revision_of(searcher: tantivy.Searcher) -> int:
    """The revision of the catalogue that a commit holds; 0 when it says none."""
    found = searcher.search(tantivy.Query.term_query(schema(), "id", REVISION_ID), 1).hits
    return int(searcher.doc(found[0][1]).get_first("revision") or 0) if found else 0


def current_directory(root: Path) -> Path | None:
    """The directory of the current index, if there is one of today's layout."""
    try:
        name = (root / "current").read_text("ascii").strip()
    except (FileNotFoundError, NotADirectoryError):
        return None
    directory = root / name
    if not name.startswith(f"{fingerprint()}-") or not (directory / "meta.json").exists():
        return None
    return directory


class IndexReader:
    """Opens the current index and follows its commits; one a process, shared by threads."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._lock = threading.Lock()
        self._index: tantivy.Index | None = None
        self._directory: Path | None = None
        self._seen: tuple[str, int] = ("", 0)
        self._looked_at = 0.0
        self._generations: OrderedDict[str, Generation] = OrderedDict()

    def latest(self) -> Generation:
        """The newest generation; looks at the disk at most four times a second. Raises IndexUnavailable."""
        now = time.monotonic()
        if self._generations and now - self._looked_at < LOOK_AGAIN_SECONDS:
            return next(reversed(self._generations.values()))
        with self._lock:
            try:
                self._look(now)
            except (OSError, ValueError) as error:
                raise IndexUnavailable(str(error)) from error
            return next(reversed(self._generations.values()))

    def generation(self, id: str) -> Generation | None:
        """An older generation still kept, by id."""
        self.latest()
        found = self._generations.get(id)
        return found if found and time.monotonic() - found.opened_at < 2 * KEPT_SECONDS else None

    def _look(self, now: float) -> None:
        directory = current_directory(self.root)
        if directory is None:
            self._generations.clear()
            self._index, self._directory, self._seen = None, None, ("", 0)
            raise IndexUnavailable("l’index n’existe pas encore, ou son format a changé")
        seen = (directory.name, (directory / "meta.json").stat().st_mtime_ns)
        if seen != self._seen:
            if self._index is None or directory != self._directory:
                self._index = tantivy.Index.open(str(directory))
                register_tokenizers(self._index)
                self._directory = directory
            self._index.reload()
            searcher = self._index.searcher()
            revision = revision_of(searcher)
            id = f"{directory.name}.{revision}"
            if id not in self._generations:
                self._generations[id] = Generation(id, searcher, revision, now)
            self._generations.move_to_end(id)
            self._seen = seen
        self._looked_at = now
        newest = next(reversed(self._generations))
        for id, generation in list(self._generations.items()):
            if id != newest and now - generation.opened_at > KEPT_SECONDS:
                del self._generations[id]
