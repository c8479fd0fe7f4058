"""Measures, as ratios in one run: a synthetic national base, imports, search, pages. `make bench` runs all of them."""
