"""What a command looks at before it works, so that nothing is done for nothing: files, folders, mapping, port.

Each says in one French sentence what is wrong and what to do, and ends the command: 2 for wrong use, 1 when it cannot be.
"""

from __future__ import annotations

import errno
import json
import os
import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer
from rich.console import Console

if TYPE_CHECKING:
    from alliage.vocabulary.indicators import StatisticSource

say = Console(stderr=True)
LEAVING_SECONDS = 3.0


def stop(sentence: str, code: int = 2) -> NoReturn:
    """Says why nothing was done, and ends: 2 for wrong use, 1 when it could not be done."""
    say.print(sentence, markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(code)


def must_be_read(path: Path) -> None:
    """Ends the command when there is no file to read there."""
    if not path.exists():
        stop(f"« {path} » n’existe pas. Vérifiez le chemin du fichier.")
    if path.is_dir():
        stop(f"« {path} » est un dossier : donnez un fichier.")
    if not os.access(path, os.R_OK):
        stop(f"« {path} » ne peut pas être lu : vérifiez les droits du fichier.")


def must_be_written(path: Path) -> None:
    """Ends the command when no file can be written there."""
    if path.is_dir():
        stop(f"« {path} » est un dossier : donnez le nom du fichier à écrire.")
    if not path.parent.is_dir():
        stop(f"Le dossier « {path.parent} » n’existe pas : créez-le, ou donnez un autre chemin.")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        stop(f"« {path} » ne peut pas être écrit : vérifiez les droits du dossier.")


def port_asked(given: str) -> int:
    """The port asked, else ALLIAGE_PORT, else 8000."""
    told, name = (given, "--port") if given else (os.environ.get("ALLIAGE_PORT") or "8000", "ALLIAGE_PORT")
    if not told.isdecimal() or len(told) > 5 or not 0 < int(told) < 65_536:
        stop(f"{name} attend un nombre de 1 à 65535 ; « {told[:40]} » n’en est pas un.")
    return int(told)


def must_be_free(host: str, port: int) -> None:
    """Ends the command when somebody listens there: two servers on one port would share its visitors in silence.

    Waits a moment first: the web workers of a server just killed are still leaving.
    """
    until = time.monotonic() + LEAVING_SECONDS
    while error := _why_not_free(host, port):
        if error.errno != errno.EADDRINUSE:
            stop(f"Alliage ne peut pas écouter sur {host}:{port} ({error.strerror}) : changez --host ou --port.", 1)
        if time.monotonic() > until:
            stop(f"Le port {port} est déjà pris : arrêtez l’autre serveur, ou choisissez un autre port (--port).", 1)
        time.sleep(0.2)


def _why_not_free(host: str, port: int) -> OSError | None:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        return error
    return None


def source_asked(given: str) -> StatisticSource:
    """The declared source of statistics of that id; ends the command when there is none."""
    from alliage.vocabulary.indicators import indicators

    declared = indicators().sources
    if given not in declared:
        possible = ", ".join(s.id for s in declared.values() if s.files or s.id == "etudes")
        stop(f"La source « {given} » n’est pas déclarée. Sources possibles : {possible}.")
    return declared[given]


def read_mapping(path: Path) -> dict[str, str]:
    """The mapping column → path of a JSON file; ends the command when it names a field that does not exist."""
    from alliage.intake.mapping import is_path, paths_told

    must_be_read(path)
    try:
        mapping = json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError):
        mapping = None
    if not isinstance(mapping, dict) or not all(isinstance(v, str) for v in mapping.values()):
        stop(f'{path} : un objet JSON {{"colonne": "champ"}} est attendu.')
    if unknown := [f"« {to} » (colonne « {column} »)" for column, to in mapping.items() if not is_path(to)]:
        stop(f"Champ inconnu dans {path.name} : {', '.join(unknown)}. Champs possibles : {paths_told()}.")
    return mapping
