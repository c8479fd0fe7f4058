"""A backup brings everything back on an empty machine: counts, ids, history, searches; and says what it cannot take."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.intake.statistic_makers import open_rows
from tests.intake.statistic_makers import write as write_table

HOUSE = Path(__file__).parents[2]
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def installation(tmp_path: Path, new_database: Callable[[], str]) -> Callable[[str], Run]:
    """A way to run `alliage` in an installation of its own, by name."""
    addresses: dict[str, str] = {}

    def at(name: str) -> Run:
        address = addresses.setdefault(name, new_database())

        def run(*words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
            environment = {k: v for k, v in os.environ.items() if not k.startswith(("ALLIAGE_", "DJANGO_"))}
            environment |= {"ALLIAGE_HOME": str(tmp_path / name), "ALLIAGE_DATABASE_URL": address}
            return subprocess.run(
                [sys.executable, "-m", "alliage.cli", *words],
                cwd=HOUSE, env=environment, check=check, capture_output=True, text=True, timeout=300,
            )  # fmt: skip

        return run

    at.addresses = addresses  # for a test that asks the base itself
    return at


def written(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text(json.dumps({"results": rows}, ensure_ascii=False), "utf-8")
    return path


def record(id: str, **values: Any) -> dict[str, Any]:
    partner = {"name": "Ville de Figeac", "kind": "public", "role": "prête un lieu"}
    return {"id": id, "title": f"Fiche {id}", "need": "Un jardin", "partners": [partner], "places": [], **values}


def test_a_restored_backup_has_the_same_rows_history_and_searches(tmp_path, installation):
    first, second = installation("first"), installation("second")
    path = written(tmp_path / "cas.json", [record(f"cas-{n}") for n in range(30)])
    first("import", str(path), "--publish")
    written(path, [record("cas-3", need="Un moulin"), record("cas-99", title="Neuve")])
    first("import", str(path), "--publish")
    (tmp_path / "first" / "uploads").mkdir()
    (tmp_path / "first" / "uploads" / "tableur.csv").write_text("a;b", "utf-8")
    saved = tmp_path / "sauvegarde.zip"
    first("backup", str(saved))
    second("restore", str(saved))
    assert (tmp_path / "second" / "uploads" / "tableur.csv").read_text("utf-8") == "a;b"
    for run, out in ((first, "a.json"), (second, "b.json")):
        run("check")
        run("export", str(tmp_path / out), "--query", "q=moulin")
        run("backup", str(tmp_path / f"{out}.zip"))
    assert (tmp_path / "a.json").read_text("utf-8") == (tmp_path / "b.json").read_text("utf-8")
    assert json.loads((tmp_path / "a.json").read_text("utf-8"))["count"] == 1
    sums = [_sums(tmp_path / f"{out}.zip") for out in ("a.json", "b.json")]
    assert sums[0] == sums[1]
    # The journal goes on where it was: a new import takes the next revision, and old files change nothing.
    again = second("import", str(path), "--publish")
    assert "2 inchangées" in again.stdout


def _sums(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        members = json.loads(archive.read("sauvegarde.json"))["members"]
    return {name: told["sha256"] for name, told in members.items()}


def test_a_base_that_holds_something_is_never_restored_over(tmp_path, installation):
    run = installation("only")
    run("import", str(written(tmp_path / "cas.json", [record("cas-1")])))
    run("backup", str(tmp_path / "s.zip"))
    refused = run("restore", str(tmp_path / "s.zip"), check=False)
    assert refused.returncode == 1
    assert "n’est pas vide" in refused.stderr.replace("\n", " ")


def test_a_damaged_cut_or_foreign_file_is_refused_before_anything_is_written(tmp_path, installation):
    first, second = installation("first"), installation("second")
    first("import", str(written(tmp_path / "cas.json", [record("cas-1")])))
    saved = tmp_path / "s.zip"
    first("backup", str(saved))
    whole = saved.read_bytes()
    changed = tmp_path / "changed.zip"
    with zipfile.ZipFile(saved) as given, zipfile.ZipFile(changed, "w") as out:
        for item in given.infolist():
            data = given.read(item)
            out.writestr(item, data.replace(b"cas-1", b"cas-2") if "alliance" in item.filename else data)
    (tmp_path / "cut.zip").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "foreign.zip").write_text("bonjour", "utf-8")
    for name, said in (("changed", "empreinte"), ("cut", "coupée"), ("foreign", "coupée")):
        refused = second("restore", str(tmp_path / f"{name}.zip"), check=False)
        assert refused.returncode == 1
        assert said in refused.stderr.replace("\n", " "), name
        assert "Traceback" not in refused.stderr
    second("restore", str(saved))


STARTED = """
import os; os.environ["DJANGO_SETTINGS_MODULE"] = "alliage.site.settings"
import django; django.setup()
from django.utils import timezone
from alliage.catalogue.actions.check_health import mark_health, start_health_round
from alliage.catalogue.actions.invite_partner import invite_partner
from alliage.catalogue.actions.keep_diagnosis import keep_diagnosis
from alliage.catalogue.actions.start_diagnosis import start_diagnosis
from alliage.catalogue.actions.write_evaluation import write_evaluation_line
owner, key = start_diagnosis(at=timezone.now(), answers={"besoin": ("Un moulin",), "cercle": ("deux",)})
invite_partner(owner=owner, key=key, name="Mairie")
start_health_round(owner=owner, at=timezone.now())
mark_health(participant=owner, number=1, marks={"but-partage": ("vert", "")}, at=timezone.now())
write_evaluation_line(participant=owner, values={"objective": "Un moulin", "impact": "innovation"})
keep_diagnosis(owner=owner, kept=True)
print(key)
"""
ASKED = """
import os, sys; os.environ["DJANGO_SETTINGS_MODULE"] = "alliage.site.settings"
import django; django.setup()
from alliage.catalogue.diagnoses import answers_of, gathering_of, participant_of
owner = participant_of(sys.argv[1])
print(answers_of(owner)["besoin"][0], len(gathering_of(owner).partners), owner.diagnosis.kept)
"""


def test_diagnoses_come_back_to_whoever_holds_their_address_and_the_backup_holds_no_address(tmp_path, installation):
    first, second = installation("first"), installation("second")
    first("check", check=False)  # makes the base

    def ask(name: str, code: str, *words: str) -> str:
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("ALLIAGE_", "DJANGO_"))}
        environment |= {"ALLIAGE_HOME": str(tmp_path / name), "ALLIAGE_DATABASE_URL": installation.addresses[name]}
        return subprocess.run(
            [sys.executable, "-c", code, *words],
            cwd=HOUSE, env=environment, check=True, capture_output=True, text=True, timeout=120,
        ).stdout.strip()  # fmt: skip

    key = ask("first", STARTED)
    first("backup", str(tmp_path / "s.zip"))
    second("restore", str(tmp_path / "s.zip"))
    assert ask("second", ASKED, key) == "Un moulin 2 True"
    second("backup", str(tmp_path / "again.zip"))
    assert _sums(tmp_path / "s.zip") == _sums(tmp_path / "again.zip")
    with zipfile.ZipFile(tmp_path / "s.zip") as archive:
        assert not [name for name in archive.namelist() if key.encode() in archive.read(name)]
    second("check")


def test_published_statistics_come_back_with_their_history(tmp_path, installation):
    first, second = installation("first"), installation("second")
    for value in ("10.5", "11.5"):
        rows = open_rows()
        rows[1][4] = value
        first("statistics", str(write_table(tmp_path / "taux.csv", rows, ",")), "--source", "insee-filosofi")
    first("backup", str(tmp_path / "s.zip"))
    second("restore", str(tmp_path / "s.zip"))
    second("backup", str(tmp_path / "again.zip"))
    tables = _sums(tmp_path / "s.zip")
    assert {"tables/catalogue_indicatorvalue.jsonl", "tables/catalogue_statisticrelease.jsonl"} <= set(tables)
    assert tables == _sums(tmp_path / "again.zip")
    again = second("statistics", str(tmp_path / "taux.csv"), "--source", "insee-filosofi")
    assert "rien n’a changé" in again.stdout
