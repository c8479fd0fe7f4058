"""Is this archive (XLSX, ODS, DOCX) what it says? Its real size once expanded is known before any parser sees it."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from alliage.intake.drafts import Unreadable

MOST_EXPANDED = 1 << 30
# Text deflates 5 to 50 times; a thousand times is the mark of a bomb. Small files may be as regular as they like.
MOST_TIMES, NOT_BEFORE = 200, 20 << 20
_CHUNK = 1 << 20
_LOOKED_AT_FOR_ENTITIES = 1 << 16

_AGAIN = "Ouvrez-le dans votre logiciel, enregistrez-le de nouveau, puis importez-le."


def names_in(path: Path) -> list[str]:
    """The names of the files that an archive holds. Raises Unreadable when it is damaged."""
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Unreadable.because(path, "Ce fichier est abîmé ou incomplet.", _AGAIN) from error


def check_archive(path: Path) -> None:
    """Raises Unreadable for a bomb, a password, a damaged archive, or a document that defines XML entities."""
    try:
        with zipfile.ZipFile(path) as archive:
            declared = sum(info.file_size for info in archive.infolist())
            _check_size(path, declared)
            if any(info.flag_bits & 1 for info in archive.infolist()):
                raise Unreadable.because(
                    path, "Ce fichier est protégé par un mot de passe.", "Enregistrez-le sans mot de passe."
                )
            expanded = 0
            for info in archive.infolist():
                for number, chunk in enumerate(_chunks(archive, info)):
                    expanded += len(chunk)
                    _check_size(path, expanded)
                    if not number and info.filename.endswith(".xml") and _defines_entities(chunk):
                        raise Unreadable.because(
                            path, "Ce fichier définit des entités XML, ce que ne fait aucun logiciel de bureau.", _AGAIN
                        )
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError) as error:
        raise Unreadable.because(path, "Ce fichier est abîmé ou incomplet.", _AGAIN) from error


def _chunks(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """The real bytes of a member; reading stops at the size declared, and a checksum that disagrees is an error."""
    with archive.open(info) as member:
        while chunk := member.read(_CHUNK):
            yield chunk


def _check_size(path: Path, expanded: int) -> None:
    times = expanded / max(1, path.stat().st_size)
    if expanded > MOST_EXPANDED or (expanded > NOT_BEFORE and times > MOST_TIMES):
        raise Unreadable.because(
            path,
            f"Une fois décompressé, ce fichier serait démesuré ({expanded >> 20} Mo, {times:.0f} fois sa taille).",
            "Partagez-le en plusieurs fichiers, ou enregistrez le tableau en CSV.",
        )


def _defines_entities(start: bytes) -> bool:
    looked_at = start[:_LOOKED_AT_FOR_ENTITIES].replace(b"\0", b"")
    return b"<!ENTITY" in looked_at
