"""Measures, as ratios in one run. `make bench` runs them all; never imported by the product."""
