"""Measures, as ratios in one run. Never imported by the product."""
