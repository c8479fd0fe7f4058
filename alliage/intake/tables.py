"""Table and Row: what every reader of tables gives. Finds the header among title rows; cells are not interpreted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from alliage.intake.columns import recognised
from alliage.vocabulary.words import key

LOOKED_AT = 200  # rows read ahead to find the header and to guess columns from their values
HEADER_WITHIN = 30
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff]+")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `cells` by column, empty ones left out; `extra` past the last column; `broken` why it cannot be read."""

    line: int
    cells: Mapping[str, str]
    extra: tuple[str, ...] = ()
    broken: str = ""


@dataclass
class Table:
    """Columns with distinct names, the first rows to guess from, and all rows in order, once."""

    sheet: str
    columns: tuple[str, ...]
    sample: Sequence[Mapping[str, str]]
    rows: Iterator[Row]


@dataclass(frozen=True, slots=True)
class BrokenLine:
    """A line that is not a row of cells, and why."""

    cause: str


Line = tuple[int, Sequence[str] | BrokenLine]


def clean_cell(text: str) -> str:
    """The words of a cell: control characters and outer spaces removed, line ends made one; an export's mark of a
    neutralised formula taken off."""
    if not text:
        return text
    text = _CONTROL.sub("", text).replace("\r\n", "\n").replace("\r", "\n").strip(" \t\n\u00a0\u202f")
    return text[1:] if len(text) > 1 and text[0] == "'" and text[1] in "=+-@" else text


def table_of(sheet: str, lines: Iterable[Line], known: Collection[str] = ()) -> Table | None:
    """The table that these lines hold; None when none holds a cell. `known`: titles told by a mapping."""
    lines = iter(lines)
    ahead: list[Line] = []
    for line in lines:
        ahead.append(line)
        if len(ahead) >= LOOKED_AT:
            break
    at = _header_at([cells for _, cells in ahead], {key(k) for k in known})
    if at is None:
        return None
    if at < 0:
        width = max(len(cells) for _, cells in ahead if not isinstance(cells, BrokenLine))
        columns = tuple(f"colonne {n}" for n in range(1, width + 1))
    else:
        header = ahead[at][1]
        columns = _distinct(() if isinstance(header, BrokenLine) else header)
    rows = (_row(number, cells, columns) for number, cells in chain(ahead[at + 1 :], lines))
    first = [_row(number, cells, columns).cells for number, cells in ahead[at + 1 :]]
    return Table(sheet, columns, first, (r for r in rows if r.cells or r.extra or r.broken))


def _row(number: int, cells: Sequence[str] | BrokenLine, columns: tuple[str, ...]) -> Row:
    if isinstance(cells, BrokenLine):
        return Row(number, {}, broken=cells.cause)
    clean = [clean_cell(c) for c in cells]
    kept = {column: cell for column, cell in zip(columns, clean, strict=False) if cell}
    return Row(number, kept, tuple(c for c in clean[len(columns) :] if c))


def _distinct(header: Sequence[str]) -> tuple[str, ...]:
    """Titles on one line, each once: a second « nom » is « nom (2) », an empty one « colonne 3 »."""
    names: list[str] = []
    taken: set[str] = set()
    times: Counter[str] = Counter()
    for number, cell in enumerate(header, 1):
        base = " ".join(clean_cell(cell).split()) or f"colonne {number}"
        name = base
        while name in taken:
            times[base] += 1
            name = f"{base} ({times[base] + 1})"
        taken.add(name)
        names.append(name)
    while names and re.fullmatch(r"colonne \d+", names[-1]) and not clean_cell(header[len(names) - 1]):
        names.pop()
    return tuple(names)


def _header_at(rows: Sequence[Sequence[str] | BrokenLine], known: set[str]) -> int | None:
    """Where the titles stand; -1 when the first row is already data, None when there is no row at all."""
    looked: list[tuple[int, list[str]]] = []
    for at, cells in enumerate(rows):
        if isinstance(cells, BrokenLine):
            continue
        filled = [c for cell in cells if (c := clean_cell(cell))]
        if filled:
            looked.append((at, filled))
        if len(looked) >= HEADER_WITHIN:
            break
    if not looked:
        return None
    if known:
        for at, filled in looked:
            if 2 * sum(key(c) in known for c in filled) >= len(known):
                return at
    scores = [recognised(filled) for _, filled in looked]
    if max(scores) >= 2:
        # A header is the first row that knows almost as many titles as the best: data may repeat its words below.
        return next(at for (at, _), score in zip(looked, scores, strict=True) if score >= max(2, 0.6 * max(scores)))
    widest = max(len(filled) for _, filled in looked)
    at, filled = next((at, filled) for at, filled in looked if len(filled) >= 0.8 * widest)
    if max(scores) == 0 and any(_is_data(c) for c in filled):
        return -1
    return at


def _is_data(cell: str) -> bool:
    """A value that no column would bear as its title."""
    return bool(re.fullmatch(r"(?:19|20)\d\d|\d{5}|\d{9}|\d{14}|W\d{9}|https?://\S+", cell)) or len(cell) > 120
