"""How many requests a client may still make: one small file shared by every process of this machine.

No row is written for a request, and no request waits for the database: the file has a fixed size, an entry is read and
written in place under a lock of its own, and a client costs sixteen bytes. Decision: docs/decisions/0010-rate-limits.md.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import struct
import threading
from dataclasses import dataclass
from pathlib import Path

BUCKETS = 8_192
SLOTS = 8  # entries of a bucket: 65,536 clients are remembered at once, the least busy forgotten first
_SLOT = struct.Struct("<Qd")  # who (0 = nobody), and the instant (seconds since 1970) when nothing is owed any more
_BYTES = _SLOT.size * SLOTS
_UNITS = {"s": 1, "m": 60, "h": 3_600}
_RULE = re.compile(r"(\d{1,6})/(\d{0,4})([smh])")


@dataclass(frozen=True, slots=True)
class Rule:
    """At most `number` requests in `seconds`, given back evenly."""

    number: int
    seconds: float

    @classmethod
    def read(cls, text: str) -> Rule:
        """« 300/m », « 30/10m », « 10/15m ». Raises ValueError."""
        match = _RULE.fullmatch(text.strip())
        if match is None or not int(match[1]) or match[3] not in _UNITS or match[2] == "0":
            raise ValueError(f"« {text} » : écrivez un nombre et une durée, par exemple 300/m, 30/10m ou 500/h.")
        return cls(int(match[1]), int(match[2] or 1) * _UNITS[match[3]])


class Allowance:
    """The shared file. Raises OSError when it cannot be read or written."""

    def __init__(self, file: Path, secret: str) -> None:
        self._key = hashlib.sha256(secret.encode()).digest()
        self._lock = threading.Lock()  # file locks hold between processes, not between threads
        # Opened once and never closed: closing any descriptor of a file drops this process's locks on it.
        self._file = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def spend(self, who: str, rule: Rule, now: float) -> float:
        """Takes one request of that client; returns 0, or the seconds to wait (then nothing was taken)."""
        digest = hashlib.blake2b(who.encode(), key=self._key, digest_size=16).digest()
        name = int.from_bytes(digest[:8], "little") or 1
        place = int.from_bytes(digest[8:], "little") % BUCKETS * _BYTES
        with self._lock:
            fcntl.lockf(self._file, fcntl.LOCK_EX, _BYTES, place)
            try:
                return self._spend(name, place, rule, now)
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN, _BYTES, place)

    def _spend(self, name: int, place: int, rule: Rule, now: float) -> float:
        slots = list(_SLOT.iter_unpack(os.pread(self._file, _BYTES, place).ljust(_BYTES, b"\0")))
        names = [held for held, _ in slots]
        at = names.index(name) if name in names else min(range(SLOTS), key=lambda n: slots[n][1])
        owed_until = slots[at][1] if slots[at][0] == name else now
        # Nothing can be owed for longer than the whole period (and its rounding), unless the clock was set back: then
        # nothing is owed.
        owed = owed_until - now if now < owed_until <= now + rule.seconds + 1 else 0.0
        each = rule.seconds / rule.number
        if (wait := owed + each - rule.seconds) > 1e-6:
            return wait
        os.pwrite(self._file, _SLOT.pack(name, now + owed + each), place + at * _SLOT.size)
        return 0.0
