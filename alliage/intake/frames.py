"""How a batch crosses from the child that reads a file to its parent: lines of JSON, never code.

What the child says is checked here: no half of a character, no control sign, no endless item comes out.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from typing import Any  # frames are JSON

from alliage.intake.drafts import Batch, Draft, ExampleLine, Issue, Provenance, Refusal

LONGEST_ITEM = 4_000_000  # characters of its JSON
LONGEST_FRAME = 256 << 20  # bytes: the example lines of a whole document fit
_CONTROL = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127], None)
_HALVES = re.compile("[\ud800-\udfff]")
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Opened:
    """The first frame: everything of a batch but its items."""

    checksum: str
    mapping: dict[str, str]
    unmapped: tuple[str, ...]
    lines: tuple[ExampleLine, ...]
    issues: list[Issue]
    total: int | None
    drafts_only: Issue | None


def encode(kind: str, content: Any) -> bytes:
    """One frame, a line. `kind`: opened, items, issues, unreadable, no memory, failed, end."""
    return _json([kind, content]).encode() + b"\n"


def items_frame(items: list[str]) -> bytes:
    """A frame of items already in JSON."""
    return ('["items",[' + ",".join(items) + "]]").encode() + b"\n"


def encode_opened(batch: Batch) -> bytes:
    """The first frame of a batch."""
    return encode(
        "opened",
        [
            batch.checksum,
            dict(batch.mapping),
            list(batch.unmapped_columns),
            [astuple(line) for line in batch.lines],
            [issue_fields(issue) for issue in batch.issues],
            batch.total,
            issue_fields(batch.drafts_only) if batch.drafts_only else None,
        ],
    )


def decode_opened(content: Any, file: str) -> Opened:
    """The first frame read back."""
    checksum, mapping, unmapped, lines, issues, total, drafts_only = content
    return Opened(
        checksum,
        mapping,
        tuple(unmapped),
        tuple(ExampleLine(*[*printed, tuple(named)]) for *printed, named in lines),
        [decode_issue(fields, file) for fields in issues],
        total,
        decode_issue(drafts_only, file) if drafts_only else None,
    )


def encode_item(item: Draft | Refusal) -> str:
    """A draft or a refusal in JSON; one that would fill the memory is refused, with its first words."""
    where = item.provenance
    place = [where.sheet, where.line, where.passage]
    issues = [issue_fields(issue) for issue in item.issues]
    if isinstance(item, Draft):
        text = _json([place, issues, item.values, item.external_id, item.raw or None, item.example_line, item.empty])
    else:
        text = _json([place, issues])
    if len(text) <= LONGEST_ITEM:
        return text
    title = str(item.values.get("title", ""))[:_SHOWN] if isinstance(item, Draft) else ""
    endless = Issue(
        file="",
        sheet=where.sheet,
        line=where.line,
        value=title,
        cause="Cette fiche est démesurée : plusieurs millions de signes.",
        fix="Gardez-en l’essentiel, ou partagez-la en plusieurs, puis importez-la de nouveau.",
    )
    return _json([place, [issue_fields(endless)]])


def decode_items(content: Any, file: str) -> Iterator[Draft | Refusal]:
    """The items of a frame, in order; `file` is the name to show."""
    for (sheet, line, passage), told, *rest in content:
        where = Provenance(file, sheet, line, passage)
        issues = tuple(decode_issue(fields, file) for fields in told) if told else ()
        if rest:
            values, external_id, raw, example_line, empty = rest
            yield Draft(values, where, external_id, raw or {}, issues, example_line, tuple(empty))
        else:
            yield Refusal(issues, where)


def issue_fields(issue: Issue) -> list[Any]:
    """An issue without the name of its file, which the parent knows."""
    return [issue.cause, issue.fix, issue.sheet, issue.line, issue.column, issue.value]


def decode_issue(fields: Any, file: str) -> Issue:
    """An issue of this file."""
    return Issue(file, *fields)


def _json(value: Any) -> str:
    """JSON in which nothing is left that a database or a terminal would choke on."""
    try:
        text = _dump(value)
    except (ValueError, RecursionError):  # not a number, or nested without end
        return _dump(_sound(value))
    # Escapes of this form are control signs: the encoder leaves everything else as it is.
    return _dump(_sound(value)) if "\\u00" in text or "\x7f" in text or _HALVES.search(text) else text


_dump = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


def _sound(value: Any, depth: int = 0) -> Any:
    if isinstance(value, str):
        return _HALVES.sub("\ufffd", value.translate(_CONTROL))
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if depth > 50:
        return "…"
    if isinstance(value, dict):
        return {_sound(str(name)): _sound(held, depth + 1) for name, held in value.items()}
    if isinstance(value, list | tuple):
        return [_sound(held, depth + 1) for held in value]
    return value
