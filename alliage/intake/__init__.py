"""The outside becomes drafts: bytes somebody gave us, read, understood, cleaned. Never Django, never writing."""
