"""Wiring: settings from ALLIAGE_*, urls, the WSGI entry. No rules."""
