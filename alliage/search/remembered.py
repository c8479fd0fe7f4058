"""Answers of the index that are kept: for their generation, within bounds of number and of size."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, TypeVar  # Any: what is kept under each key is known where it is asked for

from alliage.search.index import Generation

_Kept = TypeVar("_Kept")


@dataclass(frozen=True, slots=True)
class Room:
    """How much is kept: so many answers, so many numbers in them together (one to three hundred bytes each)."""

    answers: int
    numbers: int


WITH_WORDS = Room(512, 60_000)
# Lists without words (everything, a place, a form…) are asked by everybody and cost the most to count: what people type
# never pushes them out.
WITHOUT_WORDS = Room(2_048, 150_000)


@dataclass(slots=True)
class _Shelf:
    room: Room
    kept: OrderedDict[Hashable, tuple[int, int, Any]] = field(default_factory=OrderedDict)  # revision, size, answer
    numbers: int = 0

    def put(self, key: Hashable, revision: int, size: int, answer: Any) -> None:
        self.drop(key)
        if size > self.room.numbers:
            return
        self.kept[key] = revision, size, answer
        self.numbers += size
        while len(self.kept) > self.room.answers or self.numbers > self.room.numbers:
            self.drop(next(iter(self.kept)))

    def drop(self, key: Hashable) -> None:
        if key in self.kept:
            self.numbers -= self.kept.pop(key)[1]


class Remembered:
    """Answers kept for their generation, the least recently asked forgotten first; shared by threads.

    When a generation comes, what was kept for those before the last one goes: only lists walked for minutes still ask.
    """

    def __init__(self, with_words: Room = WITH_WORDS, without_words: Room = WITHOUT_WORDS) -> None:
        self._shelves = {True: _Shelf(with_words), False: _Shelf(without_words)}
        self._newest = 0
        self._lock = Lock()

    def get(self, generation: Generation, key: tuple[Any, ...], worded: bool) -> Any:
        """What is kept under a key, or None."""
        kept, name = self._shelves[worded].kept, (generation.id, key)
        with self._lock:
            if name not in kept:
                return None
            kept.move_to_end(name)
            return kept[name][2]

    def keep(self, generation: Generation, key: tuple[Any, ...], worded: bool, answer: _Kept, size: int = 1) -> _Kept:
        """Keeps and returns an answer that holds `size` numbers; one larger than the whole room is not kept."""
        with self._lock:
            if generation.revision > self._newest:
                self._forget_before(self._newest)
                self._newest = generation.revision
            self._shelves[worded].put((generation.id, key), generation.revision, max(size, 1), answer)
        return answer

    def made(
        self,
        generation: Generation,
        key: tuple[Any, ...],
        worded: bool,
        make: Callable[[], _Kept],
        size: Callable[[_Kept], int] = lambda _: 1,
    ) -> _Kept:
        """What is kept under a key, made at the first call."""
        found: _Kept | None = self.get(generation, key, worded)
        if found is None:
            found = make()
            self.keep(generation, key, worded, found, size(found))
        return found

    def _forget_before(self, revision: int) -> None:
        for shelf in self._shelves.values():
            for key in [key for key, (of, _, _) in shelf.kept.items() if of < revision]:
                shelf.drop(key)
