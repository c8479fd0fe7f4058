"""JSON and JSON Lines: streams records with their number; a record of our own shape keeps it, another becomes a row."""

from __future__ import annotations

import codecs
import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any  # a record is JSON

import ijson

from alliage.intake.readers.text_tables import bounded_lines, encoding_of
from alliage.intake.tables import BrokenLine, Row, clean_cell
from alliage.vocabulary.fields import fields
from alliage.vocabulary.words import key

LISTS = ("results", "alliances", "records", "data", "items", "resultats", "fiches")
LONGEST_FIRST_LINE = 1_000_000  # to tell JSON Lines from one list; a longer one is streamed as a list
LONGEST_RECORD = 5_000_000
# Bytes of a list that is read whole: Python's reader takes what the streaming one refuses (NaN, halves of characters).
READ_WHOLE = 8 << 20
Record = tuple[int, dict[str, Any] | BrokenLine]
_NO_OBJECT = "Cet élément de la liste n’est pas un objet."
_TOO_DEEP = "Ce JSON imbrique trop de listes ou d’objets les uns dans les autres."


def read_records(path: Path) -> Iterator[Record]:
    """Each record and its number: its line in JSON Lines, its rank elsewhere. What cannot be read is a BrokenLine."""
    encoding = encoding_of(path)
    with path.open("r", encoding=encoding, errors="replace") as file:
        first = next(
            (line for line in iter(lambda: file.readline(LONGEST_FIRST_LINE), "") if line.strip(" \t\r\n\ufeff")), ""
        )
    try:
        whole = json.loads(first)
    except (ValueError, RecursionError):
        whole = None
    if whole is None:  # one record a line, the first of them damaged
        by_line = path.suffix.lower() in (".jsonl", ".ndjson") and first.strip(" \t\r\n\ufeff").endswith("}")
    else:
        by_line = isinstance(whole, dict) and not any(isinstance(whole.get(name), list) for name in LISTS)
    yield from (_json_lines if by_line else _json_list)(path, encoding)


def _json_lines(path: Path, encoding: str) -> Iterator[Record]:
    with path.open("r", encoding=encoding, errors="replace") as file:
        for number, line in enumerate(bounded_lines(file, LONGEST_RECORD), 1):
            if isinstance(line, BrokenLine):
                yield number, line
                continue
            if not line.strip():
                continue
            try:
                yield number, _record(json.loads(line))
            except ValueError:
                yield number, BrokenLine("Cette ligne n’est pas du JSON valable.")
            except RecursionError:
                yield number, BrokenLine(_TOO_DEEP)


def _json_list(path: Path, encoding: str) -> Iterator[Record]:
    values = _whole_list(path, encoding) if path.stat().st_size <= READ_WHOLE else None
    if values is None:
        yield from _streamed_list(path, encoding)
        return
    for number, value in enumerate(values, 1):
        yield number, value if isinstance(value, dict) else BrokenLine(_NO_OBJECT)


def _whole_list(path: Path, encoding: str) -> list[Any] | None:
    """The records of a list; None when it is damaged: streaming then gives those that come before the damage."""
    try:
        whole = json.loads(path.read_text(encoding, errors="replace").lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return None
    if isinstance(whole, dict):
        return next((held for name, held in whole.items() if name in LISTS and isinstance(held, list)), [whole])
    return whole if isinstance(whole, list) else [whole]


def _streamed_list(path: Path, encoding: str) -> Iterator[Record]:
    number = 0
    with path.open("rb") as raw:
        file: Any = raw
        if encoding not in ("utf-8", "utf-8-sig"):
            file = _Recoded(raw, encoding)
        elif encoding == "utf-8-sig":
            raw.seek(3)
        prefix = _list_prefix(path, encoding)
        try:
            for value in ijson.items(file, prefix, use_float=True):
                number += 1
                try:
                    yield number, _record(value)
                except ValueError:
                    yield number, BrokenLine(_NO_OBJECT)
        except RecursionError:
            yield number + 1, BrokenLine(_TOO_DEEP)
        except (ijson.JSONError, UnicodeDecodeError):
            yield number + 1, BrokenLine("Le fichier JSON est incomplet ou mal formé à partir d’ici.")


class _Recoded:
    """A binary file in another encoding, read as UTF-8."""

    def __init__(self, raw: Any, encoding: str) -> None:
        self._reader = codecs.getreader(encoding)(raw, "replace")

    def read(self, size: int = -1) -> bytes:
        return str(self._reader.read(size)).encode() if size else b""


def _list_prefix(path: Path, encoding: str) -> str:
    """Where the records stand: « item » for a list, « results.item » for our exports, « » for one record."""
    with path.open("r", encoding=encoding, errors="replace") as file:
        start = file.read(1_000_000).lstrip(" \t\r\n\ufeff")
    if start.startswith("["):
        return "item"
    places = {name: at for name in LISTS if (at := start.find(f'"{name}"')) >= 0}
    return f"{min(places, key=lambda n: places[n])}.item" if places else ""


def _record(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError
    return value


def is_ours(record: dict[str, Any]) -> bool:
    """Whether a record has our own shape: our identifier and title, partners and places as objects."""
    lists = [record.get(name) for name in ("partners", "places")]
    return (
        isinstance(record.get("id"), str)
        and isinstance(record.get("title"), str)
        and all(isinstance(v, list) and all(isinstance(i, dict) for i in v) for v in lists)
    )


def row_of(number: int, record: dict[str, Any] | BrokenLine) -> Row:
    """A record of another shape as a row: lists become items of a cell, objects « Nom (nature) : rôle » or JSON."""
    if isinstance(record, BrokenLine):
        return Row(number, {}, broken=record.cause)
    cells = {}
    try:
        for name, value in record.items():
            if cell := clean_cell(_cell(value)):
                cells[" ".join(str(name).split()) or "sans nom"] = cell
    except RecursionError:
        return Row(number, {}, broken=_TOO_DEEP)
    return Row(number, cells)


_HALVES = re.compile("[\ud800-\udfff]")  # half a character cannot be written anywhere


def _cell(value: Any) -> str:
    # Statisticians' tools write NaN for a value that is missing.
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, list):
        return "\n".join(item for v in value if (item := _cell(v).replace("\n", " ")))
    if isinstance(value, dict):
        return _object_cell(value)
    return _HALVES.sub("?", str(value))


def _object_cell(value: dict[str, Any]) -> str:
    """A partner or a place given as an object, as the cell of a table would tell it."""
    told = {key(str(name)): v for name, v in value.items() if v not in (None, "", [], {})}
    heads = fields("organisation")
    known = {
        n: next((told[key(h)] for h in (n, f.export, *f.headers) if key(h) in told), None) for n, f in heads.items()
    }
    if known.get("name") and isinstance(known["name"], str):
        kind = f" ({known['kind']})" if isinstance(known.get("kind"), str) else ""
        role = f" : {known['role']}" if isinstance(known.get("role"), str) else ""
        return f"{known['name'].replace(';', ',')}{kind}{role}"
    for name in ("code", "code insee", "text", "texte", "url", "label", "libelle"):
        if isinstance(told.get(name), str):
            return str(told[name])
    return json.dumps(value, ensure_ascii=False, default=str)
