"""One file to one Batch. The only door of this room for files: each is read by a child process under limits."""

from __future__ import annotations

import fcntl
import json
import logging
import os
import re
import select
import signal
import subprocess
import sys
import weakref
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any  # frames are JSON

from alliage.intake import frames
from alliage.intake.drafts import Batch, Draft, Issue, Refusal, Unreadable

_PIPE = 1 << 20
_ROOM = Path(__file__).parents[2]
_NOT_SHOWN = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_SMALLER = "Partagez ce fichier en plusieurs ; un grand tableau passe mieux en CSV, qui se lit ligne à ligne."
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may take. Between two frames (a few hundred rows): `computing` seconds of processor and
    `waiting` seconds of clock; `in_all` seconds of processor; `memory` bytes of address space, the interpreter and the
    official places included (about 100 MB)."""

    memory: int = 512 << 20
    computing: int = 60
    waiting: int = 180
    in_all: int = 3600


def open_batch(
    path: Path, *, source: str, mapping: Mapping[str, str] | None = None, limits: Limits = Limits()
) -> Batch:
    """Opens a file as a batch of drafts that streams from a child process.

    `mapping`: column → field path (see alliage/intake/columns.py), « » to leave a column out. Raises Unreadable when
    nothing of the file can be received. A file that goes beyond the limits later, while `items` streams, ends it, and
    `issues` says where and why.
    """
    source = shown_name(source)
    items = _Items(path, source, mapping, limits)
    opened = items.open()
    return Batch(
        source=source,
        file=items.file,
        checksum=opened.checksum,
        items=items,
        mapping=opened.mapping,
        unmapped_columns=opened.unmapped,
        lines=opened.lines,
        issues=items.issues,
        total=opened.total,
        drafts_only=opened.drafts_only,
    )


def shown_name(name: str) -> str:
    """A name as it can be printed and kept: signs that steer a terminal or turn a line round become « � »."""
    return _NOT_SHOWN.sub("\ufffd", name)


class _Items(Iterator[Draft | Refusal]):
    """What the child sends, item by item. The child waits while nobody reads: two frames or so are on their way."""

    def __init__(self, path: Path, source: str, mapping: Mapping[str, str] | None, limits: Limits) -> None:
        self._limits = limits
        self.file = shown_name(path.name)
        self.issues: list[Issue] = []
        self._ready: deque[Draft | Refusal] = deque()
        self._last: Draft | Refusal | None = None
        self._unread = bytearray()
        self._over = False
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-B", "-X", "utf8", "-m", "alliage.intake.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
        )
        self._end = weakref.finalize(self, _ended, self._process)
        out = self._process.stdout
        assert out is not None  # noqa: S101 - for the type checker: a pipe was asked for
        self._out: IO[bytes] = out
        if hasattr(fcntl, "F_SETPIPE_SZ"):
            with suppress(OSError):  # where that is too much, the system's own size will do
                fcntl.fcntl(out, fcntl.F_SETPIPE_SZ, _PIPE)
        request = {
            "path": os.fsdecode(path.absolute()),
            "source": source,
            "mapping": dict(mapping) if mapping is not None else None,
            "memory": limits.memory,
            "computing": limits.computing,
            "in_all": limits.in_all,
        }
        given = self._process.stdin
        assert given is not None  # noqa: S101 - as above
        with suppress(BrokenPipeError):  # dead at its start: reading tells how
            given.write(json.dumps(request).encode())
            given.close()

    def open(self) -> frames.Opened:
        """The first frame. Raises Unreadable."""
        kind, content = self._frame()
        if kind == "opened":
            opened = frames.decode_opened(content, self.file)
            self.issues += opened.issues
            return opened
        self._end()
        if kind == "unreadable":
            raise Unreadable(frames.decode_issue(content, self.file))
        raise Unreadable(self._told(kind, content))

    def __next__(self) -> Draft | Refusal:
        while not self._ready:
            if self._over:
                raise StopIteration
            kind, content = self._frame()
            if kind == "items":
                self._ready.extend(frames.decode_items(content, self.file))
            elif kind == "issues":
                self.issues += [frames.decode_issue(fields, self.file) for fields in content]
            else:
                self._over = True
                if kind == "unreadable":
                    self.issues.append(self._stopped(frames.decode_issue(content, self.file)))
                elif kind != "end":
                    self.issues.append(self._stopped(self._told(kind, content)))
                self._end()
        self._last = self._ready.popleft()
        return self._last

    def _frame(self) -> tuple[str, Any]:
        """The next frame, or the way the child died: (« no time », « no memory », « died »)."""
        searched = 0
        while (end := self._unread.find(b"\n", searched)) < 0:
            searched = len(self._unread)
            if searched > frames.LONGEST_FRAME:
                return "no memory", None
            if not self._readable():
                return "no time", None
            chunk = os.read(self._out.fileno(), _PIPE)
            if not chunk:
                return self._death(), None
            self._unread += chunk
        frame = bytes(self._unread[:end])
        del self._unread[: end + 1]
        kind, content = json.loads(frame)
        return kind, content

    def _readable(self) -> bool:
        poll = select.poll()
        poll.register(self._out, select.POLLIN | select.POLLHUP)
        return bool(poll.poll(self._limits.waiting * 1000))

    def _death(self) -> str:
        code = self._process.wait()
        _log.info("%s: the child ended with code %s", self.file, code)
        if code == -signal.SIGXCPU:
            return "no time"
        # A library that cannot have its memory aborts; the system kills what takes all of the machine's.
        return "no memory" if code in (-signal.SIGABRT, -signal.SIGKILL) else "died"

    def _told(self, kind: str, content: Any) -> Issue:
        if kind == "no memory":
            cause = f"Ce fichier demande trop de mémoire pour être lu (plus de {self._limits.memory >> 20} Mo)."
            return Issue(file=self.file, cause=cause, fix=_SMALLER)
        if kind == "no time":
            return Issue(file=self.file, cause="Ce fichier demande trop de temps pour être lu.", fix=_SMALLER)
        if kind == "failed":
            _log.info("%s: %s", self.file, content)
        return Issue(
            file=self.file,
            cause="La lecture de ce fichier a échoué : il est sans doute abîmé.",
            fix="Ouvrez-le, enregistrez-le de nouveau, en CSV si c’est un tableau, puis importez-le.",
        )

    def _stopped(self, issue: Issue) -> Issue:
        """The same remark, with the place after which nothing was read."""
        where = self._last.provenance if self._last else None
        after = f" après la ligne {where.line}" if where and where.line else ""
        after += f" ({where.sheet})" if where and where.sheet else ""
        return Issue(
            file=issue.file,
            sheet=where.sheet if where else "",
            line=where.line if where else None,
            cause=f"{issue.cause} La lecture s’est arrêtée{after} : ce qui précède est reçu, la suite ne l’est pas.",
            fix=issue.fix,
        )


def _environment() -> dict[str, str]:
    """What the child may know: where the program is. No address, no secret of the site."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LD_LIBRARY_PATH") if name in os.environ}
    # One arena: each further one would take 64 MB of the address space allowed.
    return {**kept, "PYTHONPATH": str(_ROOM), "MALLOC_ARENA_MAX": "1"}


def _ended(process: subprocess.Popen[bytes]) -> None:
    """The child is no more, whoever stopped reading."""
    if process.poll() is None:
        process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe:
            pipe.close()
