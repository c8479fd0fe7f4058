"""The loop of `alliage work`: the index kept in step, what is due erased; and that command run beside another."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType

from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from alliage.catalogue.actions.erase_old_diagnoses import erase_old_diagnoses
from alliage.search import writing

RESTART_SECONDS = 1.0
LOOK_SECONDS = 0.25  # between two looks at what changed; one look costs 2 ms
RETRY_SECONDS = 5.0
FAILURES_BEFORE_REBUILD = 3
END_SECONDS = 10
ERASE_SECONDS = 3_600.0
SERVED_BY = "ALLIAGE_SERVED_BY"  # for the process `work` alone: the id of the process that started it
Say = Callable[[str], None]


class WorkBeside:
    """`alliage work` in a process of its own, started again whenever it ends, until `stop`."""

    def __init__(self, say: Say, *, silent: bool = False) -> None:
        self._say = say
        self._output = subprocess.DEVNULL if silent else None
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._process = self._start()
        threading.Thread(target=self._watch, name="work-beside", daemon=True).start()

    def _start(self) -> subprocess.Popen[bytes]:
        environment = {**os.environ, SERVED_BY: str(os.getpid())}
        return subprocess.Popen(
            [sys.executable, "-m", "alliage.cli", "work"], env=environment, stdout=self._output, stderr=self._output
        )

    def _watch(self) -> None:
        while True:
            code = self._process.wait()
            if self._stopping.wait(RESTART_SECONDS):
                return
            with self._lock:
                if self._stopping.is_set():
                    return
                self._say(f"« alliage work » s’est arrêté (code {code}) : il est relancé.")
                self._process = self._start()

    def stop(self) -> None:
        """Ends the process, by force when it does not end by itself."""
        with self._lock:
            self._stopping.set()
            self._process.terminate()
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class IndexBehind:
    """Lets the index follow a long import from the second processor: past ROWS_ALONE rows, `work` runs beside it.

    Whatever it does not do, the catch-up at the end of the import does: it says nothing, and may fail.
    """

    ROWS_ALONE = 4_000  # a start of Python and Django costs about as much as the documents of 2,000 alliances

    def __init__(self) -> None:
        self._rows = 0
        self._work: WorkBeside | None = None

    def rows_stored(self, number: int) -> None:
        """To be told after each transaction."""
        self._rows += number
        if self._work is None and self._rows > self.ROWS_ALONE:
            self._work = WorkBeside(lambda _: None, silent=True)

    def __enter__(self) -> IndexBehind:
        return self

    def __exit__(self, *_: object) -> None:
        """Ends it; the last catch-up stands inside the block, and waits for what was being written."""
        if self._work:
            self._work.stop()


def keep_index(*, once: bool, say: Say) -> None:
    """Catches the index up as soon as the catalogue changes, until SIGTERM or until the parent process is gone.

    Ending in the middle of a commit is safe, so that a signal ends it at once. An index that cannot be caught up
    several times running is made anew.
    """
    # Told by the parent itself: one that is killed while this process starts is already gone from os.getppid().
    parent = int(os.environ.get(SERVED_BY) or os.getppid())
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGINT, _end)
    failures, erase_at = 0, time.monotonic()
    while True:
        if time.monotonic() >= erase_at:
            _erase_what_is_due(say)
            erase_at = time.monotonic() + ERASE_SECONDS
        try:
            if failures and failures % FAILURES_BEFORE_REBUILD == 0:
                writing.rebuild(settings.INDEX_DIR)
            else:
                writing.catch_up(settings.INDEX_DIR)
            failures = 0
        except writing.IndexBusy:
            pass
        except Exception as error:  # the index is disposable: say it, wait, try again
            failures += 1
            say(f"Index : {error}. Nouvel essai dans cinq secondes.")
            time.sleep(0 if once else RETRY_SECONDS)
        close_old_connections()
        if once or os.getppid() != parent:
            return
        time.sleep(LOOK_SECONDS)


def _erase_what_is_due(say: Say) -> None:
    """Erases the diagnoses that nobody opened for the stated time; a base that is busy is asked again an hour later."""
    try:
        erase_old_diagnoses(today=timezone.localdate(), days=settings.DIAGNOSIS_DAYS)
    except DatabaseError as error:
        say(f"Diagnostics anciens : {error}. Nouvel essai dans une heure.")


def _end(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)
