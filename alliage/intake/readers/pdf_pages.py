"""PDF: lines of text with their size and place, read as headings, lists and paragraphs; a page is the provenance."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any  # pypdf hands plain lists and dictionaries over

from pypdf import PageObject, PdfReader
from pypdf.errors import DependencyError

from alliage.intake.drafts import Issue, Unreadable
from alliage.intake.readers.sheets import Block, block_of, starts_like_an_item, with_leaves
from alliage.vocabulary.typology import typology

LONGEST_HEADING = 120
SHORTEST_PAGE = 6  # lines
_LARGER = 1.12  # than the text, to be a heading
_STEP = 4.0  # points: less is the same indentation
_WRAPPED = 0.72  # of the longest line: a line so long goes on below
_SIGN = re.compile(r"^(?:\(?\d{1,3}[.)]|[a-z][.)]|[o§])\s+")
_PAGE_NUMBER = re.compile(r"^(?:page\s*)?[-–]?\s*\d{1,4}\s*(?:(?:/|sur)\s*\d{1,4})?\s*[-–]?$", re.IGNORECASE)
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "\u00ad": ""})
_OCR = (
    "Passez-le à la reconnaissance de caractères (OCR), ou demandez le fichier d’origine (texte, tableur), puis "
    "importez-le."
)
_ANEW = "Enregistrez-le de nouveau en PDF, ou en DOCX, puis importez-le."
_DAMAGED = ("Ce PDF ne s’ouvre pas : il est abîmé, incomplet ou vide.", _ANEW)


@dataclass(slots=True)
class _Line:
    """A printed line. `left` and `size` in points; `bold` when nearly all of it is."""

    text: str
    page: int
    number: int
    left: float
    size: float
    bold: bool

    @property
    def where(self) -> str:
        return f"page {self.page}"


def read_blocks(path: Path) -> tuple[list[Block], list[Issue]]:
    """The blocks of a PDF, `where` is « page 3 » and `line` a line of it; and what is to be said of its pages.

    Raises Unreadable when it is under a password, damaged, or holds nothing but pictures.
    """
    lines: list[_Line] = []
    silent: list[int] = []
    damaged: list[int] = []
    pages, count = _pages_of(path)
    for number in range(1, count + 1):
        try:
            found = _lines_of(pages[number - 1], number)
        except MemoryError:
            raise
        except Exception:  # what damage makes of a reader of PDF cannot be foretold; the other pages are read
            damaged.append(number)
            continue
        lines += found
        if not found:
            silent.append(number)
    if not lines:
        if damaged or not silent:
            raise Unreadable.because(path, *_DAMAGED)
        raise Unreadable.because(path, "Ce PDF ne contient que des images : aucun texte n’y est lisible.", _OCR)
    issues = []
    if silent:
        cause = f"Ces pages n’ont pas de texte, peut-être des images : {_shown(silent)}."
        issues.append(Issue(file=path.name, cause=cause, fix=_OCR))
    if damaged:
        issues.append(
            Issue(
                file=path.name,
                cause=f"Ces pages sont abîmées et n’ont pas pu être lues : {_shown(damaged)}.",
                fix=_ANEW,
            )
        )
    return _blocks_of(lines), issues


def _pages_of(path: Path) -> tuple[Sequence[PageObject], int]:
    """The pages, each of which may still turn out damaged, and their number. Raises Unreadable."""
    try:
        reader = PdfReader(path, strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise _under_a_password(path)
        return reader.pages, len(reader.pages)
    except (Unreadable, MemoryError):
        raise
    except DependencyError as error:  # a cipher that needs a library of its own
        raise _under_a_password(path) from error
    except Exception as error:  # as above
        raise Unreadable.because(path, *_DAMAGED) from error


def _shown(pages: list[int]) -> str:
    return ", ".join(str(n) for n in pages[:20]) + ("…" if len(pages) > 20 else "")


def _under_a_password(path: Path) -> Unreadable:
    fix = "Enregistrez-le sans protection (par exemple « Imprimer » vers un PDF), puis importez-le."
    return Unreadable.because(path, "Ce PDF est protégé par un mot de passe.", fix)


def _lines_of(page: PageObject, number: int) -> list[_Line]:
    """The lines of a page in the order of its text, each with where it starts and how large it is."""
    drawn: list[list[tuple[str, float, float, bool]]] = [[]]

    def see(text: str, outer: Sequence[float], inner: Sequence[float], font: Any, size: float) -> None:
        left = inner[4] * outer[0] + inner[5] * outer[2] + outer[4]
        scale = abs(inner[3] * outer[3]) or 1.0
        bold = "bold" in str((font or {}).get("/BaseFont", "")).lower()
        for at, piece in enumerate(text.split("\n")):
            if at:
                drawn.append([])
            if piece.strip():
                drawn[-1].append((piece, left, round(size * scale * 2) / 2, bold))

    texts = [t for t in page.extract_text(visitor_text=see).split("\n") if t.strip()]
    rows = [row for row in drawn if row]
    lines = []
    for at, row in enumerate(rows):
        # The page's own text knows better where words part; the pieces know where they stand.
        in_order = all(one[1] <= two[1] for one, two in pairwise(row))
        row.sort(key=lambda piece: piece[1])
        joined = texts[at] if in_order and len(texts) == len(rows) else " ".join(piece.strip() for piece, *_ in row)
        length = sum(len(piece) for piece, *_ in row)
        sizes: Counter[float] = Counter()
        for piece, _, size, _ in row:
            sizes[size] += len(piece)
        bold = sum(len(piece) for piece, _, _, is_bold in row if is_bold) > 0.9 * length
        text = joined.translate(_LIGATURES).strip()
        lines.append(_Line(text, number, at + 1, row[0][1], sizes.most_common(1)[0][0], bold))
    return lines


def _blocks_of(lines: list[_Line]) -> list[Block]:
    lines = _without_margins(lines)
    sizes: Counter[float] = Counter()
    lefts: Counter[float] = Counter()
    for line in lines:
        sizes[line.size] += len(line.text)
    body = sizes.most_common(1)[0][0] if sizes else 0.0
    for line in lines:
        if line.size == body:
            lefts[round(line.left)] += 1
    margin = min((left for left, count in lefts.items() if count > 0.02 * len(lines)), default=0.0)
    lengths = sorted(len(line.text) for line in lines if line.size == body)
    longest = lengths[int(len(lengths) * 0.98)] if lengths else 0
    headings = sorted({(line.size, line.bold) for line in lines if _is_heading(line, body)}, reverse=True)
    levels = {look: level for level, look in enumerate(headings, 1)}
    return with_leaves(_structured(lines, body, margin, max(longest, 50), levels))


def _structured(
    lines: list[_Line], body: float, margin: float, longest: int, levels: dict[tuple[float, bool], int]
) -> Iterator[Block]:
    """Headings by their size or weight, items by their sign or indentation; lines that go on are joined."""
    open_block: tuple[str, str, _Line, int] | None = None  # kind, text, its first line, depth
    last: _Line | None = None
    indents: list[float] = []
    for line in lines:
        signed = starts_like_an_item(line.text) or bool(_SIGN.match(line.text))
        if _is_heading(line, body) and not starts_like_an_item(line.text):
            kind, depth = "heading", levels[line.size, line.bold]
            goes_on = (
                open_block is not None
                and open_block[0] == "heading"
                and open_block[3] == depth
                and last is not None
                and _goes_on(last, line, longest)
            )
            indents = []
        else:
            goes_on = not signed and last is not None and open_block is not None and open_block[0] != "heading"
            goes_on = goes_on and _goes_on(last, line, longest)  # type: ignore[arg-type]
            goes_on = goes_on and open_block is not None and _stands_below(line, open_block[2], open_block[0])
            if goes_on:
                kind, depth = "", 0
            elif signed or line.left > margin + 2 * _STEP:
                while indents and indents[-1] > line.left + _STEP:
                    indents.pop()
                if not indents or indents[-1] < line.left - _STEP:
                    indents.append(line.left)
                kind, depth = "item", len(indents)
            else:
                kind, depth, indents = "paragraph", 0, []
        if goes_on and open_block is not None:
            open_block = open_block[0], _joined(open_block[1], line.text), open_block[2], open_block[3]
        else:
            yield from _closed(open_block)
            text = _SIGN.sub("", line.text) if kind == "item" else line.text
            open_block = kind, text, line, depth
        last = line
    yield from _closed(open_block)


def _closed(block: tuple[str, str, _Line, int] | None) -> Iterator[Block]:
    if block:
        kind, text, line, depth = block
        if made := block_of(kind, text, line=line.number, where=line.where, depth=depth):
            yield made


def _is_heading(line: _Line, body: float) -> bool:
    stands_out = line.size >= body * _LARGER or (line.bold and line.size >= body)
    return stands_out and len(line.text) <= LONGEST_HEADING and bool(re.search(r"[^\W\d]", line.text))


def _goes_on(last: _Line, line: _Line, longest: int) -> bool:
    """Whether a line continues the one above: that one reached the margin, or stopped in the middle of a sentence."""
    # The name of a form of alliance opens one, wherever it stands.
    if last.size != line.size or _names_a_form(line.text):
        return False
    if last.text.endswith((".", ";", ":", "!", "?")) and len(last.text) < 0.9 * longest:
        return False
    if len(last.text) >= _WRAPPED * longest:
        return True
    unfinished = last.text.endswith((",", "-", "(", "/", "&"))
    return unfinished or (line.text[:1].islower() and abs(line.left - last.left) < 4 * _STEP and not line.bold)


def _stands_below(line: _Line, first: _Line, kind: str) -> bool:
    """Whether a line stands where the rest of a block would: an item hangs to the right, a paragraph to the left."""
    if kind == "item":
        return line.left > first.left - _STEP
    return line.left < first.left + _STEP


def _joined(above: str, below: str) -> str:
    if above.endswith("-") and below[:1].islower():
        return above[:-1] + below
    return f"{above}{'' if above.endswith('-') else ' '}{below}"


def _without_margins(lines: list[_Line]) -> list[_Line]:
    """The lines without page numbers, and without what stands at the top or the bottom of most pages.

    A page of a few lines has no margin, and the name of a form of alliance is never one.
    """
    pages: dict[int, list[_Line]] = {}
    for line in lines:
        pages.setdefault(line.page, []).append(line)
    edges = {
        number: {id(line) for line in (*page[:2], *page[-2:])} if len(page) >= SHORTEST_PAGE else set()
        for number, page in pages.items()
    }
    shapes = Counter(shape for n, page in pages.items() for shape in {_shape(ln) for ln in page if id(ln) in edges[n]})
    often = {shape for shape, count in shapes.items() if len(pages) >= 3 and count > len(pages) / 2}
    return [
        line
        for number, page in pages.items()
        for line in page
        if id(line) not in edges[number]
        or not (_PAGE_NUMBER.match(line.text) or (_shape(line) in often and not _names_a_form(line.text)))
    ]


def _names_a_form(text: str) -> bool:
    return bool(typology().find_mode(text) or typology().find_trend(text))


def _shape(line: _Line) -> str:
    return re.sub(r"\d+", "#", line.text)
