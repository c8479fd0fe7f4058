"""The layout of the index, made from the fields file, and the fingerprint that tells two layouts apart."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

import tantivy

from alliage.search.facets import FACETS
from alliage.vocabulary.fields import fields

# Raised by hand when documents are made otherwise under the same field names (analysis, stored shape).
DOCUMENT_VERSION = 1
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
    for name in ("departement", "epci"):
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    for name in ("place", "organisation"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in ("year", "recent", "title_1", "title_2", "title_3", "key"):
        builder.add_unsigned_field(name, indexed=True, fast=True)
    builder.add_text_field("title_order", fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("revision", stored=True, indexed=True, fast=True)
    builder.add_bytes_field("hit", stored=True)
    return builder.build()


@cache
def fingerprint() -> str:
    """Changes when the layout, the weights' names, the analysis or the engine changes: then the index is rebuilt."""
    parts = [
        str(DOCUMENT_VERSION),
        version("tantivy"),
        version("PyStemmer"),
        *sorted(weighted_fields()),
        *(f"{f.param}:{f.field}" for f in FACETS.values()),
        hashlib.sha256((Path(__file__).parent / "analysis.py").read_bytes()).hexdigest(),
        hashlib.sha256((Path(__file__).parent / "documents.py").read_bytes()).hexdigest(),
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def register_tokenizers(index: tantivy.Index) -> None:
    """Text arrives analysed in Python (alliage.search.analysis): the engine only cuts at spaces."""
    analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer("spaces", analyzer)
