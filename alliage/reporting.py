"""What a command says of what it did: a report as JSON, and sentences on the terminal. Works on nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any  # reports are JSON

from rich.console import Console

from alliage.exports.whole_file import whole_file

SHOWN = 20  # issues on the terminal


def write_report(out: Path, told: Mapping[str, Any]) -> None:
    """Writes a report as JSON; a run cut short leaves no half file."""
    with whole_file(out) as path:
        path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _tell_issues(out: Console, issues: Sequence[Mapping[str, Any]], in_all: int) -> None:
    for issue in issues[:SHOWN]:
        where = ", ".join(
            str(part)
            for part in (
                issue["file"],
                issue["sheet"],
                issue["line"] and f"ligne {issue['line']}",
                issue["column"] and f"colonne {issue['column']}",
            )
            if part
        )
        value = f" « {issue['value'][:60]} »" if issue["value"] else ""
        out.print(f"  {where}{value} : {issue['cause']} {issue['fix']}", highlight=False, markup=False, soft_wrap=True)
    if in_all > SHOWN:
        out.print(f"  … et {in_all - SHOWN} autres remarques (--report FICHIER.json en donne davantage).")


def tell_import(told: Mapping[str, Any], dry_run: bool, publish: bool) -> None:
    """What became of the rows of an import, its first remarks, and what to do next."""
    out = Console()
    if dry_run:
        out.print("Essai : rien n’a été gardé.")
    out.print(
        f"{told['read']} alliances lues : {told['created']} nouvelles, {told['updated']} mises à jour, "
        f"{told['unchanged']} inchangées, {told['set_aside']} mises de côté, {told['refused']} refusées."
    )
    if told["lines"]:
        out.print(f"{told['lines']} lignes d’exemples dans le document.")
    if told["unmapped_columns"]:
        out.print("Colonnes non comprises, gardées telles quelles : " + ", ".join(told["unmapped_columns"]))
    _tell_issues(out, told["issues"], len(told["issues"]))
    if told["created"] and not publish and not dry_run:
        out.print("Ce sont des brouillons : relancez avec --publish pour les publier.")


def tell_statistics(told: Mapping[str, Any], dry_run: bool) -> None:
    """What became of a file of statistics: published, the same as before, or stopped and why."""
    out = Console()
    if told["stopped"]:
        out.print(f"{told['file']} : rien n’est publié, et ce qui l’était reste en place. Ce qui ne va pas :")
        _tell_issues(out, told["issues"], told["issues_in_all"])
        return
    if dry_run:
        out.print("Essai : rien n’a été publié.")
    if told["unchanged"]:
        out.print(f"{told['file']} : ces valeurs sont déjà publiées, rien n’a changé.")
    else:
        out.print(
            f"{told['file']} : {told['values']} valeurs, dont {told['derived']} sommes de communes ; "
            f"{told['hidden']} non diffusées par la source ; {told['replaced']} remplacées, gardées en historique."
        )
    for note in told["notes"][:SHOWN]:
        out.print(f"  {note}", highlight=False, markup=False, soft_wrap=True)
    if len(told["notes"]) > SHOWN:
        out.print(f"  … et {len(told['notes']) - SHOWN} autres remarques (--report FICHIER.json les donne toutes).")
