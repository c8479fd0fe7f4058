"""Files as the world sends them, damaged, endless or meant to harm; each made by code, with what must come of it."""

from __future__ import annotations

import io
import json
import os
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.intake.document_makers import docx_of, html_of, pdf_of
from tests.intake.makers import UGLY, csv_text, write


@dataclass(frozen=True)
class Ugly:
    """`drafts` and `refused` that come of the file, None when the whole file is refused; `said`: in one of the causes."""

    name: str
    make: Callable[[Path], Any]
    drafts: int | None = 1
    refused: int = 0
    said: str = ""
    titles: tuple[str, ...] = ()


def _bytes(content: bytes) -> Callable[[Path], Any]:
    return lambda path: path.write_bytes(content)


def _text(content: str, encoding: str = "utf-8") -> Callable[[Path], Any]:
    return _bytes(content.encode(encoding))


def _book(*sheets: tuple[str, list[list[Any]]], merge: str = "") -> Callable[[Path], Any]:
    def make(path: Path) -> None:
        import openpyxl

        book = openpyxl.Workbook()
        book.remove(book.active)
        for name, rows in sheets:
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(row)
            if merge:
                sheet.merge_cells(merge)
        book.save(path)

    return make


def _changed(make: Callable[[Path], Any], change: Callable[[bytes], bytes]) -> Callable[[Path], Any]:
    """A good file, its bytes changed afterwards."""

    def remake(path: Path) -> None:
        make(path)
        path.write_bytes(change(path.read_bytes()))

    return remake


def _with_member(make: Callable[[Path], Any], name: str, change: Callable[[bytes], bytes]) -> Callable[[Path], Any]:
    """A good archive, one of its members changed."""

    def change_member(content: bytes) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
            for info in old.infolist():
                held = old.read(info)
                new.writestr(info.filename, change(held) if info.filename == name else held)
        return out.getvalue()

    return _changed(make, change_member)


def _half(content: bytes) -> bytes:
    return content[: len(content) // 2]


def _zip(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), content)
    return out.getvalue()


def _liar(content: bytes) -> bytes:
    """A bomb that declares one kilobyte for each of its members."""
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = content.find(signature)
        while at >= 0:
            content = content[: at + offset] + struct.pack("<I", 1024) + content[at + offset + 4 :]
            at = content.find(signature, at + 4)
    return content


_ENTITIES = b'<!DOCTYPE x [<!ENTITY a "lol">' + b"".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">'.encode() for n in range(10)
)


def _with_entities(content: bytes) -> bytes:
    head, mark, rest = content.partition(b"?>")
    return head + mark + _ENTITIES + b"]>" + rest


def _under_a_password(path: Path) -> None:
    from msoffcrypto.format.ooxml import OOXMLFile

    plain = io.BytesIO()
    write(path, [["Titre"], ["A"]])
    with path.open("rb") as file:
        OOXMLFile(file).encrypt("secret", plain)
    path.write_bytes(plain.getvalue())


def _pdf_under_a_password(path: Path) -> None:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(pdf_of(path)))
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(path)


def _pdf_of_pictures(path: Path) -> None:
    from fpdf import FPDF
    from PIL import Image

    pdf = FPDF()
    for shade in range(3):
        pdf.add_page()
        pdf.image(Image.new("RGB", (200, 280), (shade * 60, 90, 90)), 0, 0, 210)
    pdf.output(str(path))


def _nested_tables(path: Path) -> None:
    import docx

    document = docx.Document()
    outer = document.add_table(2, 2)
    for cell, text in zip(
        [c for row in outer.rows for c in row.cells], ["Titre", "Besoin", "Le four", "Du pain"], strict=True
    ):
        cell.text = text
    inner = outer.cell(1, 1)
    for depth in range(12):
        table = inner.add_table(2, 2)
        for cell, text in zip(
            [c for row in table.rows for c in row.cells], ["Titre", "Besoin", f"Dedans {depth}", "x"], strict=True
        ):
            cell.text = text
        inner = table.cell(1, 1)
    document.save(str(path))


def _circle(content: bytes) -> bytes:
    """An XLS whose first sector is followed by itself, for ever."""
    first = struct.unpack_from("<I", content, 76)[0]
    at = 512 * (first + 1)
    return content[:at] + struct.pack("<I", 0) + content[at + 4 :]


def _page_damaged(path: Path) -> None:
    """A PDF of three pages, the text of the second one under a filter that does not exist."""
    content = pdf_of(path, copies=3).read_bytes()
    at = content.find(b"/FlateDecode", content.find(b"/FlateDecode") + 1)
    path.write_bytes(content[: at + 1] + b"Perdu" + content[at + 6 :])


def _many_sheets(path: Path) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(str(path)) as book:
        for number in range(300):
            sheet = book.add_worksheet(f"F{number}")
            if number == 299:
                sheet.write_row(0, 0, ["Titre"])
                sheet.write_row(1, 0, ["Le dernier"])
            elif number % 2:
                sheet.write_row(0, 0, ["x", "y"])
                sheet.write_row(1, 0, [1, 2])


def _many_names(content: bytes) -> bytes:
    """A workbook that names ten thousand sheets, all of them the same part."""
    head, _, rest = content.partition(b"<sheets>")
    _, _, tail = rest.partition(b"</sheets>")
    names = b"".join(b'<sheet name="N%d" sheetId="%d" r:id="rId1"/>' % (n, n) for n in range(1, 10_001))
    start = head.replace(
        b"<workbook ", b'<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    )
    return start + b"<sheets>" + names + b"</sheets>" + tail


def _endless_line(path: Path) -> None:
    with path.open("wb") as file:
        file.write(b"titre;besoin\nAvant;b\n")
        for _ in range(200):
            file.write(b"x" * 1_000_000)
        file.write(b"\nApr\xc3\xa8s;b\n")


def _ods(path: Path) -> Path:
    return write(path.with_suffix(".ods"), [["Titre", "Besoin"], ["A", "b"]]).rename(path)


_RECORD = '{"titre": "A", "besoin": "b"}'
_DEEP = "[" * 100_000 + "]" * 100_000
_SHORT: list[tuple[str, int, Any]] = [("heading", 2, "Mécénat collectif"), ("item", 1, "Le Relais / Garage Martin")]
_ROWS = [["Titre", "Besoin"], ["Le four", "Du pain"]]
_BOMB = {"xl__workbook_xml": b"<workbook/>", "xl__sharedStrings_xml": b"\0" * 60_000_000}

UGLY_FILES = [
    # Encodings, separators, lines
    Ugly("windows.csv", _text("titre;besoin\nÉpicerie d’été;œufs\n", "cp1252"), titles=("Épicerie d’été",)),
    Ugly("utf-16.csv", _text("titre;besoin\nÉpicerie;b\n", "utf-16"), titles=("Épicerie",)),
    Ugly("utf-16-sans-marque.csv", _text("titre;besoin\nÉpicerie;b\n", "utf-16-be"), titles=("Épicerie",)),
    Ugly("utf-32.csv", _text("titre;besoin\nÉpicerie;b\n", "utf-32"), titles=("Épicerie",)),
    Ugly("marque.csv", _text("titre;besoin\nÉpicerie;b\n", "utf-8-sig"), titles=("Épicerie",)),
    Ugly("faux-utf-8.csv", _bytes("titre;besoin\nÉté;b\n".encode() + b"\xc9t\xe9;b\n"), 2),
    Ugly("virgules.csv", _text("titre;besoin\nUn four, un pain;Du blé, de l’eau\n"), titles=("Un four, un pain",)),
    Ugly("vieux-mac.csv", _text("titre;besoin\rA;b\rC;d\r"), 2),
    Ugly("titres-plus-bas.csv", _text(csv_text(UGLY), "cp1252"), 4),
    Ugly("inegal.csv", _text("titre;besoin;lieu\nA\nB;b\nC;c;Figeac;de;trop\n"), 3, said="plus de cellules"),
    Ugly("doublons.csv", _text("titre;titre;besoin;besoin\nA;A2;b;b2\n"), titles=("A",)),
    Ugly("trois-cents-colonnes.csv", _text("titre;" + ";".join(f"c{n}" for n in range(299)) + "\nA" + ";x" * 299 + "\n")),
    Ugly("seize-mille-colonnes.csv", _text("titre;besoin" + ";" * 16_000 + "\nA" + ";x" * 16_000 + "\n")),
    Ugly("guillemet.csv", _text('titre;besoin\n"A;b\nB;c\n'), 2),
    Ugly("controles.csv", _text("titre;besoin\nLe\x07 four\x1b[2J;d\x0bu pain\n"), titles=("Le four[2J",)),
    Ugly("zeros.csv", _bytes(b"titre;besoin\nLe\0 four;du\0 pain\n"), titles=("Le four",)),
    Ugly("en-tete-seul.csv", _text("titre;besoin\n"), 0),
    Ugly("que-des-blancs.csv", _text("\n \n;;;\n\n"), None),
    Ugly("vide.csv", _bytes(b""), None, said="vide"),
    Ugly("ligne-sans-fin.csv", _endless_line, 2, 1, "démesurée", ("Avant", "Après")),
    Ugly("cellule-de-10-mo.csv", _text(f'titre;besoin\nA;"{"x" * 10_000_000}"\nB;b\n'), 1, 1, "démesurée", ("B",)),
    # What would be run, were it not for text
    Ugly("balises.csv", _text("titre;besoin\n<script>alert(1)</script>;<img src=x onerror=y>\n"),
         titles=("<script>alert(1)</script>",)),
    Ugly("sql.csv", _text("titre;besoin\n'); DROP TABLE alliance;--;b\n"), 1),
    Ugly("formules.csv", _text("titre;lien\nA;\"=HYPERLINK(\"\"http://x.fr\"\")\"\n=cmd|' /C calc'!A0;\n"), 2),
    Ugly("adresses.csv", _text("titre;lien\nA;file:///etc/passwd\nB;javascript:alert(1)\n"), 2, said="adresse"),
    # Spreadsheets
    Ugly("fusionne.xlsx", _book(("F", [["Titre", "Région"], ["A", "Bretagne"], ["B", None]]), merge="B2:B3"), 2),
    Ugly("formules.xlsx", _book(("F", [["Titre", "Besoin"], ["A", "=1+1"], ['=HYPERLINK("x")', "b"]])), 1, 1, "ni titre"),
    Ugly("dates.xlsx", _book(("F", [["Titre", "Début"], ["A", 43831]]))),
    Ugly("feuilles-vides.xlsx", _book(("V", []), ("F", _ROWS), ("W", []))),
    Ugly("toutes-vides.xlsx", _book(("V", []), ("W", [])), None, said="aucune ligne"),
    Ugly("erreurs.xlsx", _book(("F", [["Titre", "Besoin", "Année"], ["A", "#REF!", "#DIV/0!"]]))),
    Ugly("trois-cents-feuilles.xlsx", _many_sheets, 1, said="autres tableaux"),
    Ugly("dix-mille-noms.xlsx", _with_member(_book(("F", _ROWS)), "xl/workbook.xml", _many_names), 10_000),
    Ugly("mot-de-passe.xlsx", _under_a_password, None, said="mot de passe"),
    Ugly("coupe.xlsx", _changed(_book(("F", _ROWS)), _half), None, said="abîmé"),
    Ugly("casse.xlsx", _with_member(_book(("F", _ROWS)), "xl/worksheets/sheet1.xml", lambda b: b"<x"), None),
    Ugly("entites.ods", _with_member(_ods, "content.xml", _with_entities), None, said="entités"),
    Ugly("tableau.xls", _text("<table><tr><td>Titre<td>Besoin<tr><td>A<td>b</table>")),
    Ugly("coupe.xls", _changed(lambda p: write(p, _ROWS), _half), None),
    Ugly("en-rond.xls", _changed(lambda p: write(p, _ROWS), _circle), None),
    # Archives
    Ugly("archive.xlsx", _bytes(_zip(a_txt=b"x", b_csv=b"titre\nA\n")), None, said="archive ZIP"),
    Ugly("bombe.xlsx", _bytes(_zip(**_BOMB)), None, said="démesuré"),
    Ugly("bombe-qui-ment.xlsx", _bytes(_liar(_zip(**_BOMB))), None, said="abîmé"),
    Ugly("bombe.docx", _bytes(_zip(word__document_xml=b" " * 60_000_000)), None, said="démesuré"),
    # Documents
    Ugly("coupe.docx", _changed(docx_of, _half), None, said="abîmé"),
    Ugly("entites.docx", _with_member(docx_of, "word/document.xml", _with_entities), None, said="entités"),
    Ugly("sans-texte.docx", _with_member(docx_of, "word/document.xml", lambda b: b""), None, said="ne s’ouvre pas"),
    Ugly("tableaux-emboites.docx", _nested_tables, 13),
    Ugly("ancien.doc", _bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600) + "WordDocument".encode("utf-16-le")), None,
         said=".doc"),
    Ugly("texte.odt", _bytes(_zip(mimetype=b"", content_xml=b"")), None),
    Ugly("images.pdf", _pdf_of_pictures, None, said="que des images"),
    Ugly("mot-de-passe.pdf", _pdf_under_a_password, None, said="mot de passe"),
    Ugly("coupe.pdf", _changed(pdf_of, _half), None),
    Ugly("page-abimee.pdf", _page_damaged, 10, said="Ces pages sont abîmées"),
    Ugly("cinq-cents-pages.pdf", lambda path: pdf_of(path, _SHORT, copies=500), 500),
    Ugly("page.html", _text(html_of().replace("</body>", "<script>alert(1)</script></body>")), 6),
    Ugly("emboitee.html", _text("<html><body>" + "<div>" * 100_000 + "<h2>Mécénat</h2><ul><li>A / B"), None, said="imbrique"),
    Ugly("sans-memoire.html", _bytes(b"<html><body>" + b"<li>x" * 8_000_000), None, said="mémoire"),
    Ugly("emboite.md", _text("> " * 20_000 + "x\n\n" + "- " * 5_000 + "A\n"), None),
    # JSON
    Ugly("profond.json", _text(_DEEP), None),
    Ugly("profond-dedans.json", _text(f'[{_RECORD}, {{"titre": "B", "x": {_DEEP}}}]'), None, said="mémoire"),
    Ugly("nombres.json", _text(f'[{_RECORD}, {{"titre": NaN, "besoin": "b"}}, {{"titre": "C", "x": 1e999}}, {_RECORD}]'),
         3, 1, "ni titre"),
    Ugly("profond-dedans.jsonl", _text(f'{_RECORD}\n{{"titre": "B", "x": {_DEEP}}}\n{_RECORD}\n'), 2, 1, "imbrique"),
    Ugly("casse.json", _text(f'[{_RECORD}, {{"titre": "B", "bes'), 1, 1, "incomplet"),
    Ugly("nombres.jsonl", _text(f'{{"titre": "A", "besoin": NaN, "x": -Infinity, "y": 1e999, "z": 1{"0" * 400}}}\n')),
    Ugly("nombre-sans-fin.jsonl", _text(f'{{"titre": "A", "z": {"9" * 5_000}}}\n{_RECORD}\n'), 1, 1),
    Ugly("demi-signes.jsonl", _text('{"titre": "A\\ud800 four", "besoin": "\\udfff\\u0000"}\n'), titles=("A? four",)),
    Ugly("demi-signes-a-nous.json", _text(json.dumps(
        [{"id": "a\ud800", "title": "A\0\x1b", "need": "\udcff", "partners": [], "places": []}]))),
    Ugly("pas-des-objets.json", _text('[1, "a", null, [2]]'), None, said="aucune fiche"),
    # What is no such file at all
    Ugly("photo.csv", _bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40), None),
    Ugly("programme.exe", _bytes(b"MZ" + bytes(500)), None, said="reconnu"),
    Ugly("dossier.csv", lambda path: path.mkdir(), None, said="pas un fichier"),
    Ugly("peripherique.csv", lambda path: path.symlink_to("/dev/zero"), None, said="pas un fichier"),
    Ugly("tube.csv", lambda path: os.mkfifo(path), None, said="pas un fichier"),
    Ugly("nulle-part.csv", lambda path: path.symlink_to("ailleurs.csv"), None, said="n’existe pas"),
    Ugly("absent.csv", lambda path: None, None, said="n’existe pas"),
    # Names that are traps
    Ugly("..\\..\\etc\\passwd.csv", _text("titre\nA\n")),
    Ugly("--map=x; rm -rf $HOME `id`.csv", _text("titre\nA\n")),
    Ugly("a\x1b[2J\n\u202evsc.csv", _text("titre\nA\n")),
    Ugly(os.fsdecode(b"\xff\xfe.csv"), _text("titre\nA\n")),
]  # fmt: skip
