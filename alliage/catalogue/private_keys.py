"""The secrets of private addresses: made here, held as digests only, compared in constant time."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

BYTES = 24  # 192 bits: 32 signs of an address


def new_key() -> str:
    """A key that nobody can guess."""
    return secrets.token_urlsafe(BYTES)


def new_seed() -> str:
    """What tells the keys derived from one key apart; worth nothing alone."""
    return secrets.token_hex(8)


def derived(key: str, purpose: str, seed: str) -> str:
    """A key that only the holder of `key` can make again: invitations are shown again without being held."""
    made = hmac.digest(key.encode(), f"{purpose} {seed}".encode(), "sha256")
    return base64.urlsafe_b64encode(made[:BYTES]).decode()


def digest_of(key: str) -> str:
    """What is held of a key; the key cannot be made from it."""
    return hashlib.sha256(key.encode()).hexdigest()


def is_digest_of(digest: str | None, key: str) -> bool:
    """Whether that digest is of that key, in the same time whatever the answer."""
    return hmac.compare_digest(digest or "", digest_of(key))
