"""The layout of the index, made from the fields file, and the fingerprint that tells two layouts apart."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

import tantivy

from alliage.search.facets import FACETS
from alliage.search.own_places import CHILD_LEVEL
from alliage.vocabulary.fields import fields
from alliage.vocabulary.loading import content_version

# Raised by hand when documents are made otherwise by a file that is not among MAKE_DOCUMENTS.
DOCUMENT_VERSION = 1
MAKE_DOCUMENTS = ("analysis.py", "documents.py", "facets.py", "own_places.py", "schema.py", "../vocabulary/words.py")
# Columns to count places by (alliage.search.own_places): what holds a record, its own places, the only child of a parent.
PLACE_COLUMNS = ("departement", "epci", "own_place", *(f"only_in_{kind}" for kind in CHILD_LEVEL))
PRINTED_WEIGHT = 5.0  # the name under which a document's line prints an alliance


@cache
def weighted_fields() -> dict[str, float]:
    """The stemmed fields and their weights: what fields.yaml weighs, and the printed names of document lines."""
    weights = {f.name: f.weight for f in fields().values() if f.weight is not None}
    return {**weights, "printed": PRINTED_WEIGHT}


@cache
def schema() -> tantivy.Schema:
    """Stemmed text by field, exact words, raw filter values with columns to count, order keys, the stored hit."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("identifier", tokenizer_name="raw", index_option="basic")
    for name in weighted_fields():
        builder.add_text_field(f"s_{name}", tokenizer_name="spaces", index_option="freq")
    builder.add_text_field("names", tokenizer_name="spaces", index_option="freq")
    builder.add_text_field("exact", tokenizer_name="spaces", index_option="position")
    for facet in FACETS.values():
        builder.add_text_field(facet.field, fast=True, tokenizer_name="raw", index_option="basic")
    for name in PLACE_COLUMNS:
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    for name in ("place", "several", "unplaced", "organisation"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in ("year", "recent", "title_1", "title_2", "title_3", "key"):
        builder.add_unsigned_field(name, indexed=True, fast=True)
    builder.add_text_field("title_order", fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("revision", stored=True, indexed=True, fast=True)
    builder.add_bytes_field("hit", stored=True)
    return builder.build()


@cache
def fingerprint() -> str:
    """Changes with the layout, the analysis, the content that documents repeat, or the engine: then it is rebuilt."""
    here = Path(__file__).parent
    parts = [
        str(DOCUMENT_VERSION),
        version("tantivy"),
        version("PyStemmer"),
        content_version(),  # labels, synonyms and places are written into the documents
        *(hashlib.sha256((here / name).read_bytes()).hexdigest() for name in MAKE_DOCUMENTS),
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def register_tokenizers(index: tantivy.Index) -> None:
    """Text arrives analysed in Python (alliage.search.analysis): the engine only cuts at spaces."""
    analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer("spaces", analyzer)
