"""Reads content files and says where a mistake stands. The only module that opens content."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any  # a YAML document is any tree until a shape has been given to it

import yaml

ROOT: Traversable = files("alliage") / "content"


class ContentError(Exception):
    """A content file that cannot be used: the file, the line when known, and the cause."""

    def __init__(self, file: str, cause: str, line: int | None = None) -> None:
        self.file, self.cause, self.line = file, cause, line
        where = f"{file}, ligne {line}" if line else file
        super().__init__(f"{where} : {cause}")


class _Lined(dict[str, Any]):
    """A mapping that remembers its file and the line at which it starts there; a key that it lacks is a mistake of content."""

    file: str = ""
    line: int = 0

    def __missing__(self, key: str) -> Any:
        raise ContentError(self.file, f"« {key} » manque", self.line)


class _Loader(yaml.CSafeLoader):
    """Safe YAML whose mappings know their file and line and refuse a repeated key."""

    file: str = ""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> _Lined:
    loader.flatten_mapping(node)
    found = _Lined()
    found.file, found.line = loader.file, node.start_mark.line + 1
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in found:
            raise yaml.MarkedYAMLError(
                problem=f"la clé « {key} » est écrite deux fois", problem_mark=key_node.start_mark
            )
        found[key] = loader.construct_object(value_node, deep=True)
    return found


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def line_of(mapping: Mapping[str, Any]) -> int | None:
    """The line at which a mapping read by `read_yaml` starts, when known."""
    return getattr(mapping, "line", None)


def read_yaml(name: str, root: Traversable = ROOT) -> Any:
    """The tree held by `content/<name>`; raises ContentError with file, line and cause."""
    try:
        text = root.joinpath(name).read_text("utf-8")
    except FileNotFoundError:
        raise ContentError(name, "le fichier manque") from None
    try:
        loader = _Loader(text)
        loader.file = name
        return loader.get_single_data()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        cause = error.problem or "YAML illisible"
        raise ContentError(name, cause, mark.line + 1 if mark else None) from error


def read_section(name: str, key: str) -> list[dict[str, Any]]:
    """The list under `key` in `content/<name>`."""
    tree = read_yaml(name)
    if not isinstance(tree, dict) or not isinstance(tree.get(key), list):
        raise ContentError(name, f"une liste « {key} » est attendue")
    return list(tree[key])


def read_text(name: str) -> str:
    """The text of `content/<name>`; raises ContentError when it is missing."""
    try:
        return ROOT.joinpath(name).read_text("utf-8")
    except FileNotFoundError:
        raise ContentError(name, "le fichier manque") from None


def read_csv(name: str) -> Iterator[dict[str, str]]:
    """The rows of `content/<name>`, by header."""
    yield from csv.DictReader(read_text(name).splitlines())


def require(mapping: Mapping[str, Any], key: str, file: str) -> Any:
    """`mapping[key]`, or a ContentError that names file and line."""
    if not isinstance(mapping, Mapping):
        raise ContentError(file, f"« {str(mapping)[:60]} » : des lignes « clé: valeur » sont attendues, dont « {key} »")
    if mapping.get(key) in (None, ""):
        raise ContentError(file, f"« {key} » manque", line_of(mapping))
    return mapping[key]


def require_number(mapping: Mapping[str, Any], key: str, file: str) -> int:
    """`mapping[key]`, a whole number from 0 on, or a ContentError that names file and line."""
    value = require(mapping, key, file)
    if type(value) is not int or value < 0:
        raise ContentError(file, f"« {key} » attend un nombre entier, « {value} » n’en est pas un", line_of(mapping))
    return value


@cache
def content_version() -> str:
    """Twelve signs that change when any content file does."""
    total = hashlib.sha256()

    def take(folder: Traversable, path: str) -> None:
        for item in sorted(folder.iterdir(), key=lambda i: i.name):
            if item.is_dir():
                take(item, f"{path}{item.name}/")
            else:
                total.update(f"{path}{item.name}\0".encode())
                total.update(hashlib.sha256(item.read_bytes()).digest())

    take(ROOT, "")
    return total.hexdigest()[:12]
