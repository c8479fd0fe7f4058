"""The command `alliage`: each verb is one call. Django is set up here, at the first line of each verb."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from alliage.before_work import (
    must_be_free,
    must_be_read,
    must_be_written,
    port_asked,
    read_mapping,
    say,
    source_asked,
    stop,
)
from alliage.exports.whole_file import BeingWritten
from alliage.places_commands import places_app
from alliage.reporting import tell_import, tell_statistics, write_report
from alliage.tools_commands import tools_app

app = typer.Typer(help="Alliage : apprendre à faire alliance.", no_args_is_help=True, add_completion=False)
admin_app = typer.Typer(help="Comptes d’administration.", no_args_is_help=True)
app.add_typer(admin_app, name="admin")
app.add_typer(places_app, name="places")
app.add_typer(tools_app, name="tools")


def _ready() -> None:
    """Django set up and the base migrated."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliage.site.settings")
    import django

    django.setup()
    from alliage.site.migrated import migrate

    migrate()


def _catch_up(rebuild: bool = False) -> int:
    from django.conf import settings

    from alliage.search import writing

    try:
        return (writing.rebuild if rebuild else writing.catch_up)(settings.INDEX_DIR)
    except writing.IndexBusy as error:
        stop(str(error), 1)


def _catch_up_or_say() -> None:
    """What is stored stays stored when the index cannot follow at once: `alliage work` catches it up later."""
    from django.conf import settings

    from alliage.search import writing

    try:
        writing.catch_up(settings.INDEX_DIR)
    except (writing.IndexBusy, OSError, ValueError) as error:
        say.print(f"Tout est gardé ; l’index suivra (« alliage work », « alliage index ») : {error}")


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=say, transient=True, refresh_per_second=2)


def _load_starter() -> int:
    """Loads the starter base into an empty catalogue, or ends a loading that was cut. Returns the alliances created."""
    from django.utils import timezone

    from alliage.catalogue import queries
    from alliage.catalogue.actions.receive import receive
    from alliage.catalogue.journal import Author
    from alliage.intake.starter import starter_batch

    by = Author("alliage serve")
    wanted = queries.catalogue_is_empty() or queries.import_was_cut(by.label)
    if os.environ.get("ALLIAGE_STARTER") == "0" or not wanted:
        return 0
    batch = starter_batch()
    with _bar() as bar:
        task = bar.add_task("Socle d’alliances", total=batch.total)
        report = receive(
            batch=batch,
            by=by,
            at=timezone.now(),
            publish=True,
            progress=lambda n: bar.advance(task, n),
        )
    return report.created


@app.command()
def serve(
    port: Annotated[str, typer.Option(help="Port d’écoute ; ALLIAGE_PORT sinon.", metavar="N")] = "",
    host: Annotated[str, typer.Option(help="Adresse d’écoute.")] = os.environ.get("ALLIAGE_HOST", "127.0.0.1"),
    workers: Annotated[int, typer.Option(help="Nombre de processus web.", min=1)] = 1,
) -> None:
    """Charge le socle si la base est vide, met l’index à jour, lance « work » à côté, sert le site."""
    number = port_asked(port)
    must_be_free(host, number)
    os.environ["ALLIAGE_HOST"] = host  # the settings, here and in the workers, choose the names to answer to
    _ready()
    from alliage.serving import serve_site

    if received := _load_starter():
        say.print(f"Socle chargé : {received} alliances.")
    _catch_up_or_say()
    say.print(f"Alliage répond sur [bold]http://{host}:{number}/[/bold]  (Ctrl-C pour arrêter)")
    serve_site(host=host, port=number, workers=workers, say=say.print)


@app.command()
def work(once: Annotated[bool, typer.Option("--once", help="Un tour, puis fin.")] = False) -> None:
    """Met l’index à jour dès que le catalogue change."""
    _ready()
    from alliage.indexing import keep_index

    keep_index(once=once, say=say.print)


@app.command("import")
def import_(
    paths: Annotated[list[Path], typer.Argument(help="Fichiers à importer.")],
    source: Annotated[str, typer.Option(help="Nom de la source ; le nom du fichier sinon.")] = "",
    map: Annotated[Path | None, typer.Option("--map", help="JSON : {colonne: champ}.")] = None,
    publish: Annotated[
        bool, typer.Option("--publish", help="Publier ce qui arrive ; sinon ce sont des brouillons.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tout lire, ne rien garder.")] = False,
    report: Annotated[Path | None, typer.Option(help="Où écrire le compte rendu (JSON).")] = None,
) -> None:
    """Importe des fichiers : CSV, TSV, XLSX, XLS, ODS, JSON, JSONL, Markdown, DOCX, PDF, HTML.

    Ce qui vient d’un document (DOCX, PDF, HTML) reste à l’état de brouillon, même avec --publish.
    """
    for path in paths:
        must_be_read(path)
    mapping = read_mapping(map) if map else None
    if report:
        must_be_written(report)
    _ready()
    from django.utils import timezone

    from alliage.catalogue.actions.receive import receive
    from alliage.catalogue.actions.reports import Report
    from alliage.catalogue.journal import Author
    from alliage.catalogue.models import SavedMapping
    from alliage.indexing import IndexBehind
    from alliage.intake.drafts import Unreadable
    from alliage.intake.mapping import absent_columns, is_path
    from alliage.intake.pipeline import open_batch, shown_name

    total = Report()
    with IndexBehind() as behind:

        def received(number: int, bar: Progress, task: TaskID) -> None:
            bar.advance(task, number)
            if not dry_run:
                behind.rows_stored(number)

        for path in paths:
            name = shown_name(source or path.stem)
            saved = SavedMapping.objects.filter(source=name[:100]).values_list("mapping", flat=True).first()
            sound = {column: to for column, to in (saved or {}).items() if is_path(to)} or None
            used = mapping if mapping is not None else sound
            try:
                batch = open_batch(path, source=name, mapping=used)
                columns = (*batch.mapping, *batch.unmapped_columns)
                if used and (columns or mapping) and (issue := absent_columns(used, columns, path.name)):
                    batch.issues.append(issue)
                with _bar() as bar:
                    task = bar.add_task(escape(shown_name(path.name)), total=batch.total)
                    part = receive(
                        batch=batch,
                        by=Author("alliage import"),
                        at=timezone.now(),
                        publish=publish,
                        dry_run=dry_run,
                        progress=partial(received, bar=bar, task=task),
                    )
            except Unreadable as error:
                total.note(error.issue)
                continue
            total.add(part)
        if not dry_run:
            _catch_up_or_say()
    told = total.as_dict()
    if report:
        write_report(report, told)
    tell_import(told, dry_run, publish)
    if total.created + total.updated + total.unchanged + total.set_aside == 0:
        raise typer.Exit(1)


@app.command()
def statistics(
    file: Annotated[Path, typer.Argument(help="Fichier de statistiques : CSV, TSV, XLSX, XLS, ODS ou Parquet.")],
    source: Annotated[str, typer.Option(help="Source déclarée dans content/indicators.yaml, par exemple insee-rp.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tout vérifier, ne rien publier.")] = False,
    report: Annotated[Path | None, typer.Option(help="Où écrire le compte rendu (JSON).")] = None,
) -> None:
    """Publie un fichier de statistiques ouvertes, tout ou rien ; un fichier abîmé laisse en place ce qui est publié."""
    must_be_read(file)
    declared = source_asked(source)
    if report:
        must_be_written(report)
    _ready()
    from django.utils import timezone

    from alliage.catalogue.actions.publish_statistics import publish_file
    from alliage.catalogue.journal import Author

    told = publish_file(file, source=declared, by=Author("alliage statistics"), at=timezone.now(), dry_run=dry_run)
    if told.published:
        _catch_up_or_say()
    if report:
        write_report(report, told.as_dict())
    tell_statistics(told.as_dict(), dry_run)
    if told.stopped:
        raise typer.Exit(1)


@app.command()
def export(
    out: Annotated[Path, typer.Argument(help="Fichier à écrire : .csv, .xlsx, .json, .geojson.")],
    query: Annotated[str, typer.Option(help="Les mêmes paramètres que l’adresse d’une liste : q=…&mode=….")] = "",
) -> None:
    """Exporte les alliances publiées, avec les mêmes filtres que le site, jamais coupées."""
    from alliage.exports.formats import KINDS, write_list

    if out.suffix.lower().removeprefix(".") not in KINDS:
        stop(f"Format inconnu : « {out.suffix} ». Formats possibles : .csv, .xlsx, .json, .geojson.")
    must_be_written(out)
    _ready()
    from urllib.parse import parse_qs

    from django.conf import settings
    from django.urls import reverse

    from alliage.catalogue.queries import records_in_order
    from alliage.search.request import BadRequest, read_request
    from alliage.search.shared import search_in

    _catch_up()
    try:
        asked = read_request(parse_qs(query.lstrip("?")))
    except BadRequest as error:
        stop(str(error))
    ids = list(search_in(settings.INDEX_DIR).ids(asked))
    page = settings.SITE_URL + reverse("alliance", args=["_"])
    write_list(out, records_in_order(ids), len(ids), lambda id: page.replace("/_/", f"/{id}/"))
    say.print(f"{len(ids)} alliances écrites dans {out}.")


@app.command()
def template(out: Annotated[Path, typer.Argument(help="Fichier à écrire : .xlsx ou .csv.")]) -> None:
    """Écrit la feuille vierge à remplir, avec ses listes de valeurs."""
    from alliage.exports.template import write_csv_template, write_xlsx_template

    writers = {".xlsx": write_xlsx_template, ".csv": write_csv_template}
    if out.suffix.lower() not in writers:
        stop(f"Format inconnu : « {out.suffix} ». Formats possibles : .xlsx, .csv.")
    must_be_written(out)
    writers[out.suffix.lower()](out)
    say.print(f"Feuille vierge écrite dans {out}.")


@app.command()
def index(
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Tout refaire, à côté, puis échanger.")] = False,
) -> None:
    """Met l’index à jour, ou le refait."""
    _ready()
    number = _catch_up(rebuild)
    say.print(f"Index à jour : {number} alliances {'tenues' if rebuild else 'regardées'}.")


@app.command()
def check() -> None:
    """Contenu, base, index et journal sont-ils d’accord ? Liste les écarts et répond non s’il y en a."""
    _ready()
    from django.conf import settings

    from alliage.agreement import find_disagreements

    found = find_disagreements(settings.INDEX_DIR)
    for sentence in found:
        print(sentence)
    if found:
        raise typer.Exit(1)
    say.print("Tout s’accorde : contenu, base, index, journal.")


@app.command()
def backup(out: Annotated[Path, typer.Argument(help="Fichier à écrire, par exemple sauvegarde.zip.")]) -> None:
    """Sauvegarde la base, les droits et les fichiers déposés en un seul fichier vérifiable ; le site peut tourner."""
    must_be_written(out)
    os.umask(0o077)  # it holds drafts and accounts: for its owner alone
    _ready()
    from alliage.backup import back_up

    with _bar() as bar:
        task = bar.add_task("Sauvegarde", total=None)
        rows = back_up(out, lambda n: bar.advance(task, n))
    say.print(f"{sum(rows.values())} lignes de {len(rows)} tables sauvegardées dans {out}.")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="La sauvegarde.")],
) -> None:
    """Restaure une sauvegarde dans une installation vide, tout ou rien, puis refait l’index."""
    must_be_read(file)
    _ready()
    from alliage.backup import NotRestorable
    from alliage.backup import restore as bring_back

    try:
        with _bar() as bar:
            task = bar.add_task("Restauration", total=None)
            rows = bring_back(file, lambda n: bar.advance(task, n))
    except NotRestorable as error:
        stop(str(error), 1)
    held = _catch_up(rebuild=True)
    say.print(f"{sum(rows.values())} lignes restaurées ; l’index tient {held} alliances publiées.")


@admin_app.command("create")
def admin_create(
    name: Annotated[str, typer.Option(prompt="Nom d’utilisateur")],
    email: Annotated[str, typer.Option(prompt="Adresse électronique")],
    password: Annotated[
        str, typer.Option(prompt="Mot de passe (10 signes au moins)", hide_input=True, confirmation_prompt=True)
    ],
) -> None:
    """Crée le premier compte d’administration."""
    _ready()
    from django.contrib.auth import get_user_model
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    users = get_user_model().objects
    if users.filter(username=name).exists():
        stop(f"Le compte « {name} » existe déjà.", 1)
    try:
        validate_password(password)
    except ValidationError as error:
        stop(" ".join(error.messages), 1)
    users.create_superuser(username=name, email=email, password=password)
    say.print(f"Compte « {name} » créé. L’éditeur est à l’adresse /admin/.")


def main() -> None:
    """The command; a file that another process is writing is a sentence, not a traceback."""
    try:
        app()
    except BeingWritten as error:
        say.print(str(error))
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
