"""What a command refuses before it works: one French sentence, the right exit code, nothing done."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from alliage.catalogue.models import SavedMapping
from alliage.cli import app
from alliage.intake.mapping import is_path


def run(*arguments, **environment):
    return CliRunner().invoke(app, [str(a) for a in arguments], env=environment)


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "base.csv"
    path.write_text("quoi;qui\nUn jardin;Les Voisins\nUn four;La Commune\n", "utf-8")
    return path


@pytest.fixture
def mapping(tmp_path):
    def write(told):
        path = tmp_path / "map.json"
        path.write_text(json.dumps(told), "utf-8")
        return path

    return write


def test_a_port_that_is_none_breaks_no_other_command(tmp_path):
    out = tmp_path / "modele.csv"
    told = subprocess.run(
        [sys.executable, "-m", "alliage.cli", "template", str(out)],
        env={**os.environ, "ALLIAGE_PORT": "abc"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (told.returncode, out.exists()) == (0, True), told.stderr


@pytest.mark.parametrize("port", ["abc", "0", "70000", "-1", "9" * 5000])
def test_serve_wants_a_number_for_its_port(port):
    answer = run("serve", ALLIAGE_PORT=port)
    assert answer.exit_code == 2
    assert "ALLIAGE_PORT attend un nombre" in answer.stderr


@pytest.mark.parametrize("shared", [False, True], ids=["alone", "a socket that would share its port"])
def test_serve_does_not_take_a_port_where_another_listens(shared):
    with socket.socket() as other:
        if shared:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        answer = run("serve", "--port", other.getsockname()[1])
    assert answer.exit_code == 1
    assert answer.stderr.count("\n") == 1
    assert "déjà pris" in answer.stderr


def test_serve_says_that_an_address_is_not_its_own():
    answer = run("serve", "--port", "8123", "--host", "192.0.2.1")
    assert answer.exit_code == 1
    assert "192.0.2.1:8123" in answer.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["import", "absent.csv"], "absent.csv\u00a0» n’existe pas"),
        (["import", "."], "est un dossier"),
        (["import", "base.csv", "--map", "absent.json"], "n’existe pas"),
        (["import", "base.csv", "--report", "nulle/part/r.json"], "Le dossier «\u00a0nulle/part\u00a0» n’existe pas"),
        (["export", "nulle/part/tout.csv"], "n’existe pas"),
        (["export", "tout.docx"], "Format inconnu"),
        (["template", "nulle/part/modele.xlsx"], "n’existe pas"),
    ],
)
def test_what_cannot_be_read_or_written_is_said_before_the_work(table, monkeypatch, arguments, said):
    monkeypatch.chdir(table.parent)
    answer = run(*arguments)
    assert answer.exit_code == 2
    assert said in answer.stderr


@pytest.mark.django_db
def test_a_mapping_to_a_field_that_does_not_exist_is_refused_and_not_kept(table, mapping):
    answer = run("import", table, "--map", mapping({"quoi": "titre", "qui": "partners.1.name"}))
    assert answer.exit_code == 2
    assert "«\u00a0titre\u00a0» (colonne «\u00a0quoi\u00a0»)" in answer.stderr
    assert "title, summary, need" in answer.stderr
    assert not SavedMapping.objects.filter(source="base").exists()


@pytest.mark.django_db
def test_a_mapped_column_that_the_file_does_not_have_is_told(table, mapping, tmp_path):
    told = {"quoi": "title", "QUI": "partners.1.name", "Quand": "start_year"}
    report = tmp_path / "r.json"
    answer = run("import", table, "--map", mapping(told), "--dry-run", "--report", report)
    assert answer.exit_code == 0, answer.stderr
    (issue,) = json.loads(report.read_text("utf-8"))["issues"]
    assert issue["column"] == "Quand"


@pytest.mark.django_db
def test_a_mapping_kept_before_is_used_without_its_fields_that_do_not_exist(table, tmp_path):
    SavedMapping.objects.create(source="base", mapping={"quoi": "title", "qui": "n’existe pas"})
    report = tmp_path / "r.json"
    run("import", table, "--dry-run", "--report", report)
    assert json.loads(report.read_text("utf-8"))["unmapped_columns"] == ["qui"]


@pytest.mark.parametrize("path", ["", "title", "partners", "partners.2.role", "partners:association", "places.commune"])
def test_a_column_may_fill_these(path):
    assert is_path(path)


@pytest.mark.parametrize(
    "path", ["titre", "partners.x.role", "partners.1.id", "partners:x", "places.x", "places.", "."]
)
def test_a_column_may_not_fill_these(path):
    assert not is_path(path)
