"""The disposable index: the only room that names its engine (tantivy). It never writes the catalogue."""
