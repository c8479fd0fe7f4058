"""Alliage: learn to make alliances. Rooms and their order are told in docs/rooms.md."""

__version__ = "0.1.0"
