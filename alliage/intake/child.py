"""The child that reads one file nobody vouches for: `python -m alliage.intake.child`, a request on its standard input,
frames on its standard output. It may use so much memory and time and no more, write no file, and knows no secret."""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
import traceback
from pathlib import Path

from alliage.intake import frames
from alliage.intake.drafts import Batch, Unreadable
from alliage.intake.reading import read_batch

MEMORY = 512 << 20  # bytes of address space, the interpreter and the official places included (about 100 MB)
CPU_A_FRAME, CPU_IN_ALL = 60, 3600  # seconds
_FRAME_CHARACTERS, _FRAME_ITEMS, _FRAME_SECONDS = 60_000, 500, 0.5
_NO_MEMORY = frames.encode("no memory", None)


def main() -> None:
    """Reads the request, then the file. Ends by itself; the parent is told of everything but a death."""
    request = json.load(sys.stdin)
    out = os.dup(1)
    os.dup2(2, 1)  # what a library prints must not stand among the frames
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # without a parent there is nothing to do
    _limit(request["memory"])
    _allow_more_time()
    try:
        _send_batch(out, read_batch(Path(request["path"]), source=request["source"], mapping=request["mapping"]))
    except Unreadable as refusal:
        _send(out, frames.encode("unreadable", frames.issue_fields(refusal.issue)))
    except MemoryError:
        _send(out, _NO_MEMORY)
    except Exception:  # a mistake of ours: the parent keeps what was read and says that it stops here
        _send(out, frames.encode("failed", traceback.format_exc()[-4000:]))


def _limit(memory: int) -> None:
    """No more memory than allowed, no file written, no core left behind."""
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    most = CPU_IN_ALL if hard == resource.RLIM_INFINITY else min(CPU_IN_ALL, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (most, most))


def _allow_more_time() -> None:
    """From here, so many seconds of computing until the next frame; past them, the system ends the process."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (min(hard, int(time.process_time()) + CPU_A_FRAME), hard))


def _send_batch(out: int, batch: Batch) -> None:
    _send(out, frames.encode_opened(batch))
    waiting: list[str] = []
    size, since = 0, time.monotonic()
    for item in batch.items:
        text = frames.encode_item(item)
        waiting.append(text)
        size += len(text)
        if size > _FRAME_CHARACTERS or len(waiting) >= _FRAME_ITEMS or time.monotonic() - since > _FRAME_SECONDS:
            _send(out, frames.items_frame(waiting))
            waiting.clear()
            size, since = 0, time.monotonic()
    if waiting:
        _send(out, frames.items_frame(waiting))
    _send(out, frames.encode("issues", [frames.issue_fields(issue) for issue in batch.issues]))
    _send(out, frames.encode("end", None))


def _send(out: int, frame: bytes) -> None:
    view = memoryview(frame)
    while view:
        view = view[os.write(out, view) :]
    _allow_more_time()


if __name__ == "__main__":
    main()
