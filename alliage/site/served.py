"""The WSGI entry of one web worker of `alliage serve`: it ends when the process that started it is gone."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time

from alliage.site.wsgi import application

__all__ = ["application"]
LOOK_SECONDS = 0.3
END_SECONDS = 5.0


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    while parent is not None and os.getppid() == parent.pid:
        time.sleep(LOOK_SECONDS)
    # An orphan would keep the port, so that the site could not be served again.
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(END_SECONDS)
    os._exit(1)


if multiprocessing.parent_process() is not None:
    threading.Thread(target=_end_with_parent, name="end-with-parent", daemon=True).start()
