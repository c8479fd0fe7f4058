"""Under the name that was asked, a file is whole or absent: it is written beside, then takes its place."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class BeingWritten(Exception):
    """Another process is writing this very file."""


@contextmanager
def whole_file(out: Path) -> Iterator[Path]:
    """The path to write: what a killed run left there is overwritten. Raises BeingWritten."""
    partial = out.with_name(f".{out.name}.partial")
    with partial.open("a") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BeingWritten(
                f"Un autre processus écrit « {out} ». Attendez qu’il finisse, ou changez de nom."
            ) from None
        try:
            yield partial
            with partial.open("rb") as written:
                os.fsync(written.fileno())
            os.replace(partial, out)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
