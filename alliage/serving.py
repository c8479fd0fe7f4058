"""The site as processes: web workers, one `work` beside them that keeps the index, all living and ending together."""

from __future__ import annotations

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from granian import Granian
from granian.constants import Interfaces

from alliage.indexing import END_SECONDS, Say, WorkBeside


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
