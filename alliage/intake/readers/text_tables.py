"""CSV and TSV: encoding, separator and line ends found out; gives lines of cells with their true line numbers."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter, deque
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from alliage.intake.columns import recognised
from alliage.intake.tables import BrokenLine, Line

SEPARATORS = ";,\t|"
LOOKED_AT_CHARACTERS = 256_000
LONGEST_LINE = 1_000_000  # a line, a cell or a quoted record; a spreadsheet takes 32,767 characters a cell
# A quote left open would swallow the rest of the file: past so many lines it is taken for a plain sign.
LONGEST_QUOTED_LINES = 300
_CHUNK = 1 << 20


def encoding_of(path: Path) -> str:
    """The encoding of a text: its byte-order mark, else UTF-16 by its zeros, else UTF-8 if every byte agrees, else
    cp1252 (Windows, Excel), in which any byte can be read."""
    with path.open("rb") as file:
        start = file.read(4096)
        if start.startswith(codecs.BOM_UTF8):
            return "utf-8-sig"
        if start.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
            return "utf-32"
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        if len(start) > 3:
            even, odd = start[::2].count(0), start[1::2].count(0)
            if odd > len(start) // 5 and even < odd // 4:
                return "utf-16-le"
            if even > len(start) // 5 and odd < even // 4:
                return "utf-16-be"
        decoder = codecs.getincrementaldecoder("utf-8")()
        file.seek(0)
        try:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"


def separator_of(text: str) -> str:
    """The separator of a table's first lines: the one under which known titles appear, else the most regular one."""
    best, best_score = ",", (0, 0.0)
    for separator in SEPARATORS:
        lines: deque[str | BrokenLine] = deque(io.StringIO(text, newline="").readlines()[:60])
        rows = [cells for _, cells in _records(lines, iter(()), separator) if not isinstance(cells, BrokenLine)]
        widths = Counter(len(cells) for cells in rows if any(c.strip() for c in cells))
        wide = {width: count for width, count in widths.items() if width > 1}
        if not wide:
            continue
        usual, count = max(wide.items(), key=lambda w: (w[1], w[0]))
        score = (
            max(recognised(cells) for cells in rows if len(cells) > 1),
            count / sum(widths.values()) * min(usual, 8),
        )
        if score > best_score:
            best, best_score = separator, score
    return best


def read_lines(path: Path) -> Iterator[Line]:
    """Every record of the file with the number of its first line; the file is read as it is consumed."""
    encoding = encoding_of(path)
    with path.open("r", encoding=encoding, errors="replace", newline="") as file:
        separator = separator_of(file.read(LOOKED_AT_CHARACTERS))
    with path.open("r", encoding=encoding, errors="replace", newline="") as file:
        yield from _records(deque(), bounded_lines(file), separator)


def bounded_lines(file: TextIO, longest: int = LONGEST_LINE) -> Iterator[str | BrokenLine]:
    """The lines of a text; one longer than `longest` is passed over without being held, and told as broken."""
    while line := file.readline(longest + 1):
        if len(line) <= longest:
            yield line
            continue
        while line and not line.endswith(("\n", "\r")):
            line = file.readline(longest)
        yield BrokenLine(_TOO_LONG)


_TOO_LONG = "Cette ligne est démesurée : plus d’un million de signes."


def _records(waiting: deque[str | BrokenLine], file: Iterator[str | BrokenLine], separator: str) -> Iterator[Line]:
    csv.field_size_limit(LONGEST_LINE)
    number = 0
    while True:
        line = waiting.popleft() if waiting else next(file, None)
        if line is None:
            return
        number += 1
        if isinstance(line, BrokenLine):
            yield number, line
            continue
        if '"' not in line:
            yield number, line.rstrip("\r\n").split(separator)
            continue
        text, held = line, 1
        following: list[str | BrokenLine] = []
        while (row := _parsed(text, separator)) is None and held < LONGEST_QUOTED_LINES:
            another = waiting.popleft() if waiting else next(file, None)
            if another is None:
                break
            following.append(another)
            if isinstance(another, BrokenLine) or len(text) + len(another) > LONGEST_LINE:
                break
            held += 1
            text += another
        if row is None:
            # The quote never closes: this line is read as it stands, and the ones after it on their own.
            waiting.extendleft(reversed(following))
            yield number, line.rstrip("\r\n").split(separator)
            continue
        yield number, row
        number += held - 1


def _parsed(text: str, separator: str) -> list[str] | None:
    """The cells of one whole record; None when a quote is still open at its end."""
    try:
        return next(csv.reader([text], delimiter=separator, strict=True), [])
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            return None
    return next(csv.reader([text], delimiter=separator), [])
