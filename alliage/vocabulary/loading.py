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
    """A mapping that remembers the line at which it starts in its file."""

    line: int = 0


class _Loader(yaml.CSafeLoader):
    """Safe YAML whose mappings know their line and refuse a repeated key."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> _Lined:
    loader.flatten_mapping(node)
    found = _Lined()
    found.line = node.start_mark.line + 1
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
        return yaml.load(text, Loader=_Loader)  # noqa: S506 (a SafeLoader)
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
    if mapping.get(key) in (None, ""):
        raise ContentError(file, f"« {key} » manque", line_of(mapping))
    return mapping[key]


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
