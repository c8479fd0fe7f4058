"""`alliage statistics`: exit codes, the report, and what is said on the terminal."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from alliage.catalogue.models import IndicatorValue
from alliage.cli import app
from tests.intake.statistic_makers import open_rows, write

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def index_of_its_own(settings, tmp_path):
    """The command catches the index up: not the one that other tests share, whose base forgets this test."""
    settings.INDEX_DIR = tmp_path / "index"


def run(*arguments):
    return CliRunner().invoke(app, ["statistics", *[str(a) for a in arguments]])


def test_a_sound_file_is_published_and_told(tmp_path):
    path, out = write(tmp_path / "taux.csv", open_rows(), ","), tmp_path / "compte-rendu.json"
    answer = run(path, "--source", "insee-filosofi", "--report", out)
    assert answer.exit_code == 0, answer.output
    assert "101 valeurs" in answer.output
    told = json.loads(out.read_text("utf-8"))
    assert (told["published"], told["values"], told["issues"]) == (True, 101, [])
    assert len(told["checksum"]) == 64
    again = run(path, "--source", "insee-filosofi")
    assert again.exit_code == 0
    assert "rien n’a changé" in again.output


def test_a_broken_file_ends_with_1_and_names_line_value_cause_and_fix(tmp_path):
    rows = open_rows()
    rows[20][0], rows[30][4] = "2a", "12,5"
    out = tmp_path / "compte-rendu.json"
    answer = run(write(tmp_path / "taux.csv", rows, ","), "--source", "insee-filosofi", "--report", out)
    assert answer.exit_code == 1
    assert "rien n’est publié" in answer.output
    told = json.loads(out.read_text("utf-8"))
    assert told["stopped"]
    assert [(i["line"], i["value"]) for i in told["issues"]] == [(21, "2a"), (31, "12,5")]
    assert all(i["cause"] and i["fix"] for i in told["issues"])
    assert "taux.csv, ligne 31, colonne value" in answer.output
    assert not IndicatorValue.objects.exists()


def test_a_file_of_another_kind_is_one_sentence_and_no_traceback(tmp_path):
    (tmp_path / "page.html").write_text("<html><body>404</body></html>", "utf-8")
    answer = run(tmp_path / "page.html", "--source", "insee-rp")
    assert answer.exit_code == 1
    assert "Ce n’est pas un tableau de statistiques." in answer.output
    assert "Traceback" not in answer.output


def test_a_source_that_is_not_declared_is_wrong_use(tmp_path):
    answer = run(write(tmp_path / "taux.csv", open_rows(), ","), "--source", "insee")
    assert answer.exit_code == 2
    assert "insee-filosofi" in answer.output
    assert run(tmp_path / "absent.csv", "--source", "insee-rp").exit_code == 2


def test_a_dry_run_publishes_nothing(tmp_path):
    answer = run(write(tmp_path / "taux.csv", open_rows(), ","), "--source", "insee-filosofi", "--dry-run")
    assert answer.exit_code == 0
    assert "Essai" in answer.output
    assert not IndicatorValue.objects.exists()
