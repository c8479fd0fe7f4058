"""The child that reads a file: the same drafts as without it, in little memory, and an end that is told."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import MISSING, fields
from itertools import islice
from pathlib import Path

import pytest

from alliage.intake import frames
from alliage.intake.drafts import Draft, Issue, Provenance, Unreadable
from alliage.intake.pipeline import Limits, open_batch
from alliage.intake.reading import read_batch
from tests.intake.document_makers import document
from tests.intake.makers import TABLE, UGLY, csv_text, write
from tests.intake.test_documents import SHEET

ROWS = 20_000


def children() -> list[int]:
    """The processes that this one started and that still live."""
    return [int(pid) for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()]


def table_of(path: Path, rows: int = ROWS) -> Path:
    path.write_text("titre;besoin\n" + "".join(f"T{n};{'pain ' * 20}\n" for n in range(rows)), "utf-8")
    return path


@pytest.mark.parametrize(
    "name", ["t.csv", "t.xlsx", "t.ods", "t.md", "t.docx", "t.pdf", "t.html", "t.json", "ugly.csv"]
)
def test_a_file_gives_the_same_through_the_child_as_without_it(tmp_path, name):
    path = tmp_path / name
    match path.suffix:
        case ".md":
            path.write_text(SHEET, "utf-8")
        case ".docx" | ".pdf" | ".html":
            document(path)
        case ".json":
            path.write_text('[{"titre": "A\\n😀", "ville": "Figeac", "sous": {"a": [1, 2.5, true]}}, 3]', "utf-8")
        case _ if name == "ugly.csv":
            path.write_text(csv_text(UGLY), "utf-8")
        case _:
            write(path, TABLE)
    inside, through = read_batch(path, source="s"), open_batch(path, source="s")
    assert list(through.items) == list(inside.items)
    for held in (
        "source",
        "file",
        "checksum",
        "mapping",
        "unmapped_columns",
        "lines",
        "issues",
        "total",
        "drafts_only",
    ):
        assert getattr(through, held) == getattr(inside, held), held


def test_all_that_a_draft_holds_crosses():
    full = Draft(
        values={"title": "A", "sdgs": [1]},
        provenance=Provenance("t.csv", "F", 3, "Ici"),
        external_id="x-1",
        raw={"autre": "b"},
        issues=(Issue("t.csv", "cause", "fix", "F", 3, "c", "v"),),
        example_line=4,
        empty=("need",),
    )
    assert all(
        getattr(full, f.name) != f.default
        and (f.default_factory is MISSING or getattr(full, f.name) != f.default_factory())
        for f in fields(Draft)
    )
    sent = json.loads(frames.items_frame([frames.encode_item(full)]))[1]
    assert list(frames.decode_items(sent, "t.csv")) == [full]


def test_a_mapping_reaches_the_child(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("quoi;qui\nUn jardin;Les Voisins\n", "utf-8")
    (one,) = open_batch(path, source="t", mapping={"quoi": "title", "qui": "partners.1.name"}).items
    assert one.values == {"title": "Un jardin", "partners": [{"name": "Les Voisins"}]}


def test_the_child_knows_no_secret_and_loads_neither_the_site_nor_what_another_format_needs(tmp_path, monkeypatch):
    monkeypatch.setenv("ALLIAGE_SECRET_KEY", "secret")
    batch = open_batch(table_of(tmp_path / "t.csv"), source="t")
    (child,) = children()
    known = Path(f"/proc/{child}/environ").read_bytes()
    assert b"ALLIAGE" not in known
    assert b"PYTHONPATH" in known
    del batch
    check = "import sys, alliage.intake.child as c; print(sorted({'django', 'tantivy', 'pypdf', 'docx'} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert told.stdout == "[]\n"


def test_a_child_waits_for_its_reader_and_ends_with_it(tmp_path):
    batch = open_batch(table_of(tmp_path / "t.csv", 200_000), source="t")
    first = list(islice(batch.items, 10))
    assert len(first) == 10
    (child,) = children()
    until = time.monotonic() + 20
    while Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[0] != "S":
        assert time.monotonic() < until, "l’enfant lit en avance sans fin"
        time.sleep(0.05)
    del batch
    assert children() == []


def test_a_file_that_asks_for_too_much_memory_keeps_what_was_read_before(tmp_path):
    path = tmp_path / "t.json"
    with path.open("w") as file:
        file.write("[" + ",".join(f'{{"titre": "T{n}"}}' for n in range(600)) + ',{"titre": "B", "x": [')
        for _ in range(40):
            file.write("0," * 1_000_000)
        file.write("0]}]")
    batch = open_batch(path, source="t", limits=Limits(memory=200 << 20))
    assert len([i for i in batch.items if isinstance(i, Draft)]) == 600
    (issue,) = batch.issues
    assert "trop de mémoire (plus de 200 Mo)" in issue.cause.replace(" pour être lu", "")
    assert "après la ligne 600" in issue.cause
    assert (issue.file, issue.line) == ("t.json", 600)
    assert "CSV" in issue.fix
    assert children() == []


def test_a_file_that_asks_for_too_much_time_is_told_so(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("titre;besoin\n" + "\n" * 5_000_000 + "A;b\n", "utf-8")
    with pytest.raises(Unreadable) as refusal:
        open_batch(path, source="t", limits=Limits(in_all=0))
    assert "trop de temps" in refusal.value.issue.cause
    batch = open_batch(table_of(tmp_path / "long.csv", 100_000), source="t", limits=Limits(in_all=1))
    received = len(list(batch.items))
    assert 0 < received < 100_000
    (issue,) = batch.issues
    assert "trop de temps" in issue.cause
    assert f"après la ligne {received + 1} " in issue.cause


def test_a_child_that_dies_is_told_and_what_it_had_sent_is_kept(tmp_path):
    batch = open_batch(table_of(tmp_path / "t.csv", 100_000), source="t")
    first = list(islice(batch.items, 1_000))
    (child,) = children()
    os.kill(child, signal.SIGSEGV)
    rest = list(batch.items)
    titles = [d.values["title"] for d in [*first, *rest]]
    assert titles == [f"T{n}" for n in range(len(titles))]
    assert len(titles) < 100_000
    (issue,) = batch.issues
    assert "sans doute abîmé" in issue.cause
    assert f"après la ligne {len(titles) + 1} " in issue.cause


def test_a_reader_that_is_killed_leaves_no_child_behind(tmp_path):
    path = table_of(tmp_path / "t.csv", 200_000)
    program = (
        "import sys; from pathlib import Path; from alliage.intake.pipeline import open_batch\n"
        f"batch = open_batch(Path({str(path)!r}), source='t'); next(batch.items)\n"
        "print(batch.items._process.pid, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as reader:
        child = int(reader.stdout.readline())
        reader.kill()
        reader.wait()
    until = time.monotonic() + 20
    while Path(f"/proc/{child}").exists() and " Z " not in Path(f"/proc/{child}/stat").read_text():
        assert time.monotonic() < until, "l’enfant survit à son lecteur"
        time.sleep(0.05)
