"""Files that tests make: the same small table in every format, and the ugly one."""

from __future__ import annotations

from pathlib import Path

TABLE = [
    ["id", "Titre", "Besoin", "Partenaires", "Communes", "Domaines", "Début", "Lien"],
    ["a-1", "Le four du village", "Plus de boulanger", "Commune de Figeac (acteur public) : prête le local ; Le Levain", "46102", "commerce", "2019", "https://exemple.fr/four"],
    ["a-2", "Le garage partagé", "Aller travailler sans voiture", "Roue libre (association) ; Garage du Pont (PME) : mécanique", "Villeurbanne ; Lyon", "mobilité ; insertion", "2015", ""],
    ["", "La soupe de saison", "Des légumes jetés", "Les Maraîchers du Lot", "Cahors (46)", "alimentation", "2021", ""],
]  # fmt: skip

UGLY = [
    ["Base des partenariats du réseau"],
    ["Extraction du 03/02/2025", "", "pour les membres"],
    [],
    ["N° fiche", "Intitulé de l'action *", "Pb rencontré / enjeux", "Partenaire n°1", "Nature partenaire n°1",
     "Partenaire n°2", "Nature partenaire n°2", "Rôle du partenaire n°2", "Partenaire n°3", "Communes concernées",
     "Thématique(s)", "Année de démarrage", "Suivi par"],
    ["R-1", "Épicerie de l’ancienne gare", "Plus de commerce ; les aînés isolés", "Commune de Figeac", "collectivité",
     "Les Amis de la gare", "association", "tient la boutique", "", "Figeac (46), Cahors", "commerce", "depuis 2019", "J."],
    ["R-2", "Garage solidaire", "Pas de voiture, pas d’emploi", "Roue libre", "association", "Garage Martin & fils", "PME",
     "prête l’atelier", "Mission locale du Rhône", "Villeurbanne / Lyon", "mobilité, insertion", "01/09/2015", ""],
    ["R-3", "Cantine des « trois vallées »", "", "Lycée agricole", "", "Maraîchers; réunis", "", "", "Département du Lot",
     "46100 Figeac\nCahors", "alimentation", "sept. 2021", "M."],
    ["", "", "Une ligne sans titre", "Atelier du bois", "entreprise", "", "", "", "", "Saint-Denis", "culture", "", ""],
]  # fmt: skip
UGLY_PARTNERS = {
    "Commune de Figeac", "Les Amis de la gare", "Roue libre", "Garage Martin & fils", "Mission locale du Rhône",
    "Lycée agricole", "Maraîchers; réunis", "Département du Lot", "Atelier du bois",
}  # fmt: skip


def csv_text(rows: list[list[str]], separator: str = ";", end: str = "\r\n") -> str:
    """Rows as a text table, quoted where a cell needs it."""

    def cell(value: str) -> str:
        quoted = any(sign in value for sign in (separator, '"', "\n", "\r"))
        return '"' + value.replace('"', '""') + '"' if quoted else value

    return end.join(separator.join(cell(c) for c in row) for row in rows) + end


def write(path: Path, rows: list[list[str]]) -> Path:
    """The rows as the file's suffix says: csv, tsv, xlsx, xls, ods."""
    match path.suffix:
        case ".csv":
            path.write_text(csv_text(rows), "utf-8")
        case ".tsv":
            path.write_text(csv_text(rows, "\t"), "utf-8")
        case ".xlsx":
            import openpyxl

            book = openpyxl.Workbook()
            for row in rows:
                book.active.append([int(c) if c.isdigit() and len(c) == 4 else c or None for c in row])
            book.save(path)
        case ".xls":
            import xlwt

            book = xlwt.Workbook(encoding="utf-8")
            sheet = book.add_sheet("Fiches")
            for at, row in enumerate(rows):
                for column, value in enumerate(row):
                    sheet.write(at, column, float(value) if value.isdigit() and len(value) == 4 else value)
            book.save(str(path))
        case ".ods":
            from odf.opendocument import OpenDocumentSpreadsheet
            from odf.table import Table, TableCell, TableRow
            from odf.text import P

            document = OpenDocumentSpreadsheet()
            table = Table(name="Fiches")
            for row in rows:
                line = TableRow()
                for value in row:
                    cell = TableCell(valuetype="string")
                    cell.addElement(P(text=value))
                    line.addElement(cell)
                table.addElement(line)
            document.spreadsheet.addElement(table)
            document.save(str(path))
    return path
