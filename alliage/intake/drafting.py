"""A row of a table, its columns understood, to one Draft or one Refusal. Nothing of the row is lost on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any  # a draft's values are JSON

from alliage.intake import cleaning
from alliage.intake.cleaning import Problem
from alliage.intake.cleaning_partners import Partner, add_role, attribute_of, merged, partner_of, partners_of_cell
from alliage.intake.cleaning_places import places_of_row
from alliage.intake.columns import ColumnGuess
from alliage.intake.drafts import Draft, Issue, Provenance, Refusal
from alliage.intake.own_records import own_id
from alliage.intake.tables import Row
from alliage.vocabulary.fields import fields
from alliage.vocabulary.words import one_line

PARTNERS_IN_A_TITLE = 3
_NAME_TOO_LONG = f"Ce nom dépasse {cleaning.LONGEST_NAME} signes : il est coupé."
_NAME_FIX = "Écrivez ici le seul nom, et le reste dans une autre colonne ; la cellule entière est gardée avec la fiche."
_NO_COLUMN = "au-delà de la dernière colonne"


@dataclass
class _Drawing:
    """What is being drawn from one row."""

    file: str
    sheet: str
    row: Row
    guess: ColumnGuess
    values: dict[str, Any] = field(default_factory=dict)
    raw: dict[str, str] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    _by_path: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        cells = self.row.cells
        for column, path in self.guess.paths.items():
            if column in cells:
                self._by_path.setdefault(path, []).append((column, cells[column]))

    def note(self, column: str, problem: Problem) -> None:
        """A problem becomes an issue, and its cell stays as raw provenance."""
        self.issues.append(
            Issue(
                file=self.file,
                sheet=self.sheet,
                line=self.row.line,
                column=column,
                value=problem.value[:200],
                cause=problem.cause,
                fix=problem.fix,
            )
        )
        if column in self.row.cells:
            self.raw[column] = self.row.cells[column]

    def cells(self, path: str) -> Sequence[tuple[str, str]]:
        """The column and cell of every column of this path, in order."""
        return self._by_path.get(path, ())


def draft_of(row: Row, guess: ColumnGuess, file: str, sheet: str = "", *, own_ids: bool = False) -> Draft | Refusal:
    """One row to one Draft, or to a Refusal when it names neither an alliance nor a partner.

    `own_ids`: the table is one of our own exports, so that its identifiers are ours.
    """
    drawing = _Drawing(file, sheet, row, guess)
    where = Provenance(file=file, sheet=sheet, line=row.line)
    if row.broken:
        drawing.note(
            "", Problem("", row.broken, "Ouvrez le fichier, corrigez cette ligne, puis importez-le de nouveau.")
        )
        return Refusal(tuple(drawing.issues), where)
    for column in guess.unmapped:
        if column in row.cells:
            drawing.raw[column] = row.cells[column]
    for number, cell in enumerate(row.extra, 1):
        drawing.raw[f"{_NO_COLUMN} ({number})"] = cell
    if row.extra:
        fix = "Vérifiez les séparateurs de cette ligne ; ces cellules sont gardées telles quelles avec la fiche."
        drawing.note(
            "", Problem(" | ".join(row.extra), "Cette ligne a plus de cellules que le tableau de colonnes.", fix)
        )
    external_id = next((cell for _, cell in drawing.cells("id")), "")
    _draw_fields(drawing)
    if out_of_order := cleaning.out_of_order(drawing.values):
        drawing.note(next((column for column, _ in drawing.cells("end_year")), ""), out_of_order)
        del drawing.values["end_year"]
    _draw_partners(drawing)
    _draw_places(drawing)
    if not _entitle(drawing):
        if external_id or drawing.raw or drawing.values:
            cause = "Cette ligne n’a ni titre ni partenaire."
        else:
            cause = "Cette ligne n’a aucune cellule comprise."
        fix = "Donnez-lui un titre, ou dites par --map quelle colonne le contient."
        shown = " | ".join(row.cells.values())[:200]
        drawing.issues.append(Issue(file=file, sheet=sheet, line=row.line, value=shown, cause=cause, fix=fix))
        return Refusal(tuple(drawing.issues), where)
    if own_ids and external_id:
        column = next(column for column, _ in drawing.cells("id"))
        drawing.values["id"] = own_id(external_id, lambda problem: drawing.note(column, problem))
    empty = tuple(
        name
        for name, columns in guess.columns.items()
        if name not in drawing.values and not any(column in row.cells for column in columns)
    )
    return Draft(drawing.values, where, external_id, drawing.raw, tuple(drawing.issues), empty=empty)


def _draw_fields(drawing: _Drawing) -> None:
    """Every field but partners and places."""
    for name, declared in fields().items():
        for column, cell in drawing.cells(name):
            problems: list[Problem] = []
            value: Any = None
            match declared.type:
                case "text" | "prose" if name != "id":
                    value = cell if declared.type == "prose" else one_line(cell)
                case "year":
                    value = _draw_year(drawing, name, column, cell)
                case "date":
                    value = cleaning.date(cell)
                    if not cleaning.DAY.fullmatch(cell):
                        drawing.raw[column] = cell
                case "choice":
                    value = cleaning.choice(cell, str(declared.list))
                case "choices":
                    value, problems = cleaning.choices(cell, declared.list)
                case "sdgs":
                    value, problems = cleaning.sdgs(cell)
                case "results" | "resources":
                    value = cleaning.facts(cell, column)
                case "readings":
                    value = [{"title": fact["text"]} for fact in cleaning.facts(cell)]
                case "sources":
                    value, problems = cleaning.sources(cell)
            if isinstance(value, Problem):
                value, problems = None, [value]
            for problem in problems:
                drawing.note(column, problem)
            if value in (None, "", []):
                continue
            held = drawing.values.get(name)
            if held is None or (declared.type == "year" and held == value):
                drawing.values[name] = value
            elif isinstance(value, list):
                drawing.values[name] = held + [v for v in value if v not in held]
            elif declared.type == "prose" and value not in held:
                drawing.values[name] = f"{held}\n\n{value}"


def _draw_year(drawing: _Drawing, name: str, column: str, cell: str) -> int | Problem:
    """The year of a cell; « 2018-2022 » tells both years of an alliance; what is more than a year stays raw."""
    told = cleaning.both_years(cell)
    other = {"start_year": "end_year", "end_year": "start_year"}.get(name)
    if told and other and not any(True for _ in drawing.cells(other)):
        start, end = told
        drawing.values[other] = end if name == "start_year" else start
        return start if name == "start_year" else end
    if not cleaning.ONLY_A_YEAR.fullmatch(cell):
        drawing.raw[column] = cell
    return cleaning.year(cell, last=name != "start_year")


def _draw_partners(drawing: _Drawing) -> None:
    """Cells of names, columns of a family, numbered columns, and the attributes beside them."""
    found: list[Partner] = []
    numbered: dict[int, Partner] = {}
    attributes: dict[int, list[tuple[str, str, str]]] = {}
    for column, path in drawing.guess.paths.items():
        cell = drawing.row.cells.get(column)
        if cell is None or not path.startswith("partners"):
            continue
        named: list[Partner] = []
        if path == "partners" or path.startswith("partners:"):
            named = partners_of_cell(cell, path.partition(":")[2] or None)
            found += named
        else:
            _, digits, attribute = path.split(".")
            number = int(digits)
            if attribute != "name":
                attributes.setdefault(number, []).append((column, attribute, cell))
            elif number == 0:
                named = partners_of_cell(cell)
                found += named
            elif partner := partner_of(cell):
                named = [partner]
                numbered[number] = partner
        for partner in named:
            if len(partner["name"]) > cleaning.LONGEST_NAME:
                drawing.note(column, Problem(partner["name"], _NAME_TOO_LONG, _NAME_FIX))
    for number, given in sorted(attributes.items()):
        for column, attribute, cell in given:
            if number in numbered:
                _tell(drawing, numbered[number], column, attribute, cell)
            elif number:
                drawing.raw[column] = cell
            else:
                _tell_each(drawing, [*found, *(numbered[n] for n in sorted(numbered))], column, attribute, cell)
    partners = merged([*found, *(numbered[n] for n in sorted(numbered))])
    if partners:
        drawing.values["partners"] = partners


def _tell(drawing: _Drawing, partner: Partner, column: str, attribute: str, cell: str) -> None:
    value, problems = attribute_of(attribute, cell)
    for problem in problems:
        drawing.note(column, problem)
    if value in (None, "", []):
        return
    if attribute == "role":
        add_role(partner, value)
    else:
        partner[attribute] = value


def _tell_each(drawing: _Drawing, partners: list[Partner], column: str, attribute: str, cell: str) -> None:
    """An attribute without number: of the only partner, or one item a partner; else it stays raw."""
    items = [cell] if len(partners) == 1 else cleaning.split_strong(cell)
    if len(items) != len(partners) or not partners:
        drawing.raw[column] = cell
        return
    for partner, item in zip(partners, items, strict=True):
        _tell(drawing, partner, column, attribute, item)


def _draw_places(drawing: _Drawing) -> None:
    cells: dict[str, list[str]] = {}
    columns: dict[str, str] = {}
    for column, path in drawing.guess.paths.items():
        if path.startswith("places") and column in drawing.row.cells:
            cells.setdefault(path, []).append(drawing.row.cells[column])
            columns.setdefault(path, column)
    if not cells:
        return
    found = places_of_row(cells)
    for path, problem in found.problems:
        drawing.note(columns[path], problem)
    for path in found.formerly:  # shown at today's boundaries, kept as written
        for column, at in drawing.guess.paths.items():
            if at == path and drawing.row.cells.get(column):
                drawing.raw[column] = drawing.row.cells[column]
    if places := found.as_values():
        drawing.values["places"] = places
    if found.scale:
        drawing.values.setdefault("scale", found.scale)


def _entitle(drawing: _Drawing) -> bool:
    """A row needs a title; its partners give one when no cell does."""
    title = one_line(str(drawing.values.get("title") or ""))
    if not title:
        names = [p["name"] for p in drawing.values.get("partners") or ()]
        if not names:
            return False
        title = " et ".join(names) if len(names) < PARTNERS_IN_A_TITLE else f"{', '.join(names[:-1])} et {names[-1]}"
    drawing.values["title"] = title
    for name, whole in cleaning.cut_long(drawing.values):
        drawing.raw[f"{fields()[name].label} (en entier)"] = whole
    return True


def own_table(guess: ColumnGuess) -> bool:
    """Whether a table is one of our own exports: it has the identifier and nearly every column, under our titles."""
    ours = {field.export for field in fields().values()}
    return "id" in guess.paths and len(ours & set(guess.paths)) >= 0.9 * len(ours)


def drafts_of_rows(rows: Iterator[Row], guess: ColumnGuess, file: str, sheet: str = "") -> Iterator[Draft | Refusal]:
    """Every row of a table, in order."""
    own_ids = own_table(guess)
    for row in rows:
        yield draft_of(row, guess, file, sheet, own_ids=own_ids)


def columns_told(guesses: Mapping[str, ColumnGuess]) -> tuple[dict[str, str], tuple[str, ...]]:
    """The mapping of a whole file and its columns not understood, from the guess of each sheet."""
    mapping: dict[str, str] = {}
    unmapped: list[str] = []
    for guess in guesses.values():
        mapping |= guess.mapping
        unmapped += [c for c in guess.unmapped if c not in unmapped]
    return mapping, tuple(unmapped)
