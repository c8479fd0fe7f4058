"""One file that holds an installation: every row, who may do what, uploads, checksums; and bringing it back.

The rows travel as JSON lines, not as a database dump: a backup made on SQLite is restored on PostgreSQL and back.
Not kept, because they are made again: the index, sessions, static files, the secret key.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, Any  # rows of any table

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group, Permission, User
from django.core.management.color import no_style
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, connections, models, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from alliage import __version__
from alliage.catalogue.models import RevisionCounter
from alliage.exports.whole_file import whole_file
from alliage.vocabulary.loading import content_version

FORMAT = 1
ROWS_AT_ONCE = 2_000
_MANIFEST, _RIGHTS = "sauvegarde.json", "droits.jsonl"
_UPLOADS = "uploads/"
Progress = Callable[[int], None]


class NotRestorable(Exception):
    """This file, or this installation, does not let the backup come back; the message says why and what to do."""


def _tables() -> list[type[models.Model]]:
    """Every table kept: accounts, then the catalogue, link tables included."""
    accounts: list[type[models.Model]] = [Group, User, User.groups.through]
    return [*accounts, *apps.get_app_config("catalogue").get_models(include_auto_created=True)]


def _name(table: type[models.Model]) -> str:
    return f"tables/{table._meta.db_table}.jsonl"


def _columns(table: type[models.Model]) -> list[str]:
    return [field.attname for field in table._meta.concrete_fields]


@contextmanager
def _frozen(folder: Path) -> Iterator[str]:
    """The alias of a database that does not change while it is read, writers going on meanwhile; `folder` holds it."""
    if connection.vendor == "sqlite":
        shutil.rmtree(folder, ignore_errors=True)  # what a killed run left
        folder.mkdir(mode=0o700)
        try:
            connection.ensure_connection()
            with sqlite3.connect(folder / "base.sqlite3") as target:
                connection.connection.backup(target)  # in one step: in several, each write meanwhile starts it again
            target.close()
            connections.databases["frozen"] = {**connections.databases["default"], "NAME": folder / "base.sqlite3"}
            try:
                yield "frozen"
            finally:
                connections["frozen"].close()
                del connections["frozen"]
                del connections.databases["frozen"]
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    else:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("set transaction isolation level repeatable read, read only")
            yield "default"


class _Hashing:
    """A file being written, its SHA-256 and its lines counted."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.sum, self.lines = file, hashlib.sha256(), 0

    def write(self, data: bytes) -> None:
        self.file.write(data)
        self.sum.update(data)

    def line(self, value: object) -> None:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), cls=DjangoJSONEncoder)
        self.write(text.encode() + b"\n")
        self.lines += 1


def back_up(out: Path, progress: Progress | None = None) -> dict[str, int]:
    """Writes the backup; a run cut short leaves no half file under that name. Returns rows by table."""
    members: dict[str, dict[str, Any]] = {}
    with (
        whole_file(out) as partial,
        _frozen(out.with_name(f".{out.name}.base")) as alias,
        zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive,
    ):

        @contextmanager
        def member(name: str) -> Iterator[_Hashing]:
            with archive.open(name, "w", force_zip64=True) as file:
                hashing = _Hashing(file)
                yield hashing
            members[name] = {"sha256": hashing.sum.hexdigest(), "lines": hashing.lines}

        for table in _tables():
            with member(_name(table)) as file:
                columns = _columns(table)
                file.line(columns)
                rows = table._base_manager.using(alias).order_by("pk").values_list(*columns)
                for row in rows.iterator(chunk_size=ROWS_AT_ONCE):
                    file.line(row)
                    if progress and file.lines % ROWS_AT_ONCE == 0:
                        progress(ROWS_AT_ONCE)
        with member(_RIGHTS) as file:
            for kind, holder in (("user", User), ("group", Group)):
                field = "user_permissions" if holder is User else "permissions"
                told = holder.objects.using(alias).exclude(**{field: None})
                for row in told.values_list("pk", f"{field}__content_type__app_label", f"{field}__codename"):
                    file.line([kind, *row])
        for upload in sorted(p for p in (settings.HOME / "uploads").rglob("*") if p.is_file()):
            with (
                member(_UPLOADS + upload.relative_to(settings.HOME / "uploads").as_posix()) as file,
                upload.open("rb") as given,
            ):
                while chunk := given.read(1 << 20):
                    file.write(chunk)
        manifest = {
            "format": FORMAT,
            "alliage": __version__,
            "content": content_version(),
            "made_at": timezone.now().isoformat(),
            "migrations": sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()),
            "members": members,
        }
        archive.writestr(_MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
    return {name: told["lines"] - 1 for name, told in members.items() if name.startswith("tables/")}


def restore(file: Path, progress: Progress | None = None) -> dict[str, int]:
    """Brings a backup back into an empty, migrated installation, all or nothing. Raises NotRestorable."""
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError):
        raise NotRestorable(f"« {file} » n’est pas une sauvegarde d’Alliage, ou elle est coupée.") from None
    with archive:
        members = _checked(archive)
        counts: dict[str, int] = {}
        with transaction.atomic():
            _alone()
            if any(table._base_manager.exists() for table in _tables() if table is not RevisionCounter):
                raise NotRestorable(
                    "Cette installation n’est pas vide : restaurez dans un dossier neuf (ALLIAGE_HOME) ou une base neuve."
                )
            RevisionCounter.objects.all().delete()
            for table in _tables():
                if _name(table) in members:
                    counts[_name(table)] = _load(archive, table, progress)
            _load_rights(archive)
            with connection.cursor() as cursor:
                for statement in connection.ops.sequence_reset_sql(no_style(), _tables()):
                    cursor.execute(statement)
            # Before the rows are there for good: killed here, the same restore can be run again.
            for name in members:
                if name.startswith(_UPLOADS):
                    _bring_upload(archive, name)
        return counts


def _alone() -> None:
    """Waits for whoever writes, a restore whose process was killed while PostgreSQL goes on committing it included.

    On SQLite the transaction itself began with the write lock.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"lock table {RevisionCounter._meta.db_table} in share row exclusive mode")


def _checked(archive: zipfile.ZipFile) -> dict[str, dict[str, Any]]:
    """The members of a backup, every byte checked against its checksum before anything is written."""
    try:
        manifest = json.loads(archive.read(_MANIFEST))
        members: dict[str, dict[str, Any]] = manifest["members"]
        if manifest["format"] > FORMAT:
            raise NotRestorable("Cette sauvegarde vient d’une version plus récente : mettez Alliage à jour d’abord.")
        ours = {f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()}
        if unknown := [m for m in manifest["migrations"] if m.startswith(("catalogue.", "auth.")) and m not in ours]:
            raise NotRestorable(
                f"Cette sauvegarde vient d’une version plus récente ({unknown[-1]}) : mettez Alliage à jour d’abord."
            )
        for name, told in members.items():
            total = hashlib.sha256()
            with archive.open(name) as given:
                while chunk := given.read(1 << 20):
                    total.update(chunk)
            if total.hexdigest() != told["sha256"]:
                raise NotRestorable(f"La sauvegarde est abîmée : « {name} » ne correspond pas à son empreinte.")
    except (KeyError, ValueError, TypeError, zipfile.BadZipFile, OSError, EOFError) as error:
        raise NotRestorable(f"La sauvegarde est abîmée ou n’en est pas une ({error}).") from None
    return members


def _load(archive: zipfile.ZipFile, table: type[models.Model], progress: Progress | None) -> int:
    number = 0
    with archive.open(_name(table)) as given:
        columns = json.loads(given.readline())
        if unknown := set(columns) - set(_columns(table)):
            raise NotRestorable(f"Colonne inconnue dans la sauvegarde : {', '.join(sorted(unknown))}.")
        read = {f.attname: f.to_python for f in table._meta.concrete_fields if isinstance(f, models.DateField)}
        rows = (json.loads(line) for line in given)
        while chunk := list(islice(rows, ROWS_AT_ONCE)):
            made = [
                table(**{c: read[c](v) if c in read else v for c, v in zip(columns, row, strict=True)}) for row in chunk
            ]
            table._base_manager.bulk_create(made)
            number += len(made)
            if progress:
                progress(len(made))
    return number


def _load_rights(archive: zipfile.ZipFile) -> None:
    with archive.open(_RIGHTS) as given:
        for line in given:
            kind, pk, app, codename = json.loads(line)
            permission = Permission.objects.filter(content_type__app_label=app, codename=codename).first()
            if permission is None:
                continue  # a right that this version no longer knows
            if kind == "user":
                User.objects.get(pk=pk).user_permissions.add(permission)
            else:
                Group.objects.get(pk=pk).permissions.add(permission)


def _bring_upload(archive: zipfile.ZipFile, name: str) -> None:
    root = (settings.HOME / "uploads").resolve()
    target = (root / name.removeprefix(_UPLOADS)).resolve()
    if not target.is_relative_to(root):
        raise NotRestorable(f"La sauvegarde contient un chemin interdit : « {name} ».")
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(name) as given, target.open("wb") as out:
        while chunk := given.read(1 << 20):
            out.write(chunk)
