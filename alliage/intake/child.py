"""The child that reads one file nobody vouches for: `python -m alliage.intake.child`, a request on its standard input,
frames on its standard output. It may use so much memory and time and no more, write no file, and knows no secret."""

from __future__ import annotations

import gc
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

_FRAME_CHARACTERS, _FRAME_ITEMS, _FRAME_SECONDS = 60_000, 500, 0.5
_YOUNG_OBJECTS = 50_000  # Python's 700 would look through all places again and again for circles that never are
_GRACE = 2  # seconds between the end that says « too long » and the one that says nothing
_NO_MEMORY = frames.encode("no memory", None)


def main() -> None:
    """Reads the request, then the file. Ends by itself; the parent is told of everything but a death."""
    request = json.load(sys.stdin)
    gc.set_threshold(_YOUNG_OBJECTS)
    out = os.dup(1)
    os.dup2(2, 1)  # what a library prints must not stand among the frames
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # without a parent there is nothing to do
    _limit(request["memory"], request["in_all"])
    sender = _Sender(out, request["computing"])
    try:
        sender.send_batch(read_batch(Path(request["path"]), source=request["source"], mapping=request["mapping"]))
    except Unreadable as refusal:
        sender.send(frames.encode("unreadable", frames.issue_fields(refusal.issue)))
    except MemoryError:
        sender.send(_NO_MEMORY)
    except Exception:  # a mistake of ours: the parent keeps what was read and says that it stops here
        sender.send(frames.encode("failed", traceback.format_exc()[-4000:]))


def _limit(memory: int, computing: int) -> None:
    """No more memory and seconds of processor than allowed, no file written, no core left behind."""
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, computing + _GRACE),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))


class _Sender:
    """Sends frames, and gives the reading so many seconds of processor from one to the next: past them it dies."""

    def __init__(self, out: int, computing: int) -> None:
        self._out, self._computing = out, computing
        self._allow_more_time()

    def send_batch(self, batch: Batch) -> None:
        """All of a batch, in frames of a few hundred items."""
        self.send(frames.encode_opened(batch))
        told = len(batch.issues)
        waiting: list[str] = []
        size, since = 0, time.monotonic()
        try:
            for item in batch.items:
                text = frames.encode_item(item)
                waiting.append(text)
                size += len(text)
                if (
                    size > _FRAME_CHARACTERS
                    or len(waiting) >= _FRAME_ITEMS
                    or time.monotonic() - since > _FRAME_SECONDS
                ):
                    self.send(frames.items_frame(waiting))
                    waiting.clear()
                    size, since = 0, time.monotonic()
        finally:  # what was read before a failure is received
            if waiting:
                self.send(frames.items_frame(waiting))
        self.send(frames.encode("issues", [frames.issue_fields(issue) for issue in batch.issues[told:]]))
        self.send(frames.encode("end", None))

    def send(self, frame: bytes) -> None:
        """One frame; waits while the parent does not read."""
        view = memoryview(frame)
        while view:
            view = view[os.write(self._out, view) :]
        self._allow_more_time()

    def _allow_more_time(self) -> None:
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        until = int(time.process_time()) + 1 + self._computing
        resource.setrlimit(resource.RLIMIT_CPU, (max(0, min(hard - _GRACE, until)), hard))


if __name__ == "__main__":
    main()
