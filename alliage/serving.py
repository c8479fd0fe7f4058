"""The site as processes: web workers, one `work` beside them that keeps the index, all living and ending together."""

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
from django.core.management import call_command
from django.db import close_old_connections, connections
from granian import Granian
from granian.constants import Interfaces

from alliage.search import writing

RESTART_SECONDS = 1.0
LOOK_SECONDS = 0.25  # between two looks at what changed; one look costs 2 ms
RETRY_SECONDS = 5.0
FAILURES_BEFORE_REBUILD = 3
END_SECONDS = 10
Say = Callable[[str], None]


def serve_site(*, host: str, port: int, workers: int, say: Say) -> None:
    """Serves until SIGTERM or SIGINT, then ends every process it started."""
    collect_static()
    connections.close_all()  # the web workers are forks: none may inherit an open connection
    beside = WorkBeside(say)
    try:
        Granian(
            "alliage.site.served:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=4,
            log_access=False,
            respawn_failed_workers=True,
            workers_kill_timeout=END_SECONDS,
        ).serve()
    finally:
        beside.stop()


def collect_static() -> None:
    """Static files gathered under ALLIAGE_HOME; what a killed run left half copied is thrown away first."""
    whole = settings.HOME / "static.whole"
    call_command("collectstatic", interactive=False, verbosity=0, clear=not whole.exists())
    whole.touch()


class WorkBeside:
    """`alliage work` in a process of its own, started again whenever it ends, until `stop`."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._process = self._start()
        threading.Thread(target=self._watch, name="work-beside", daemon=True).start()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-m", "alliage.cli", "work"])

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


def keep_index(*, once: bool, say: Say) -> None:
    """Catches the index up as soon as the catalogue changes, until SIGTERM or until the parent process is gone.

    Ending in the middle of a commit is safe, so that a signal ends it at once. An index that cannot be caught up
    several times running is made anew.
    """
    parent = os.getppid()
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGINT, _end)
    failures = 0
    while True:
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


def _end(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)
