"""The house itself: rooms, names, sizes, docs in step, nothing that must not be committed."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

from alliage.catalogue.models import Alliance, Organisation
from alliage.catalogue.records import COLUMNS
from alliage.vocabulary.fields import fields
from alliage.vocabulary.loading import ROOT

HOUSE = Path(__file__).parents[2]
MODULES = sorted((HOUSE / "alliage").rglob("*.py"))
OURS = [m for m in MODULES if "migrations" not in m.parts]


def _name(path: Path) -> str:
    return str(path.relative_to(HOUSE))


@pytest.mark.parametrize("module", OURS, ids=_name)
def test_a_module_says_what_lives_there_and_stays_short(module):
    text = module.read_text("utf-8")
    if text.strip():
        assert ast.get_docstring(ast.parse(text)), "un module s’ouvre par ce qui y vit"
    assert text.count("\n") <= 400


def test_there_is_no_drawer_without_a_name():
    drawers = re.compile(r"^(utils?|helpers?|common|core|misc|managers?|services)$")
    assert not [_name(m) for m in MODULES if drawers.match(m.stem) or drawers.match(m.parent.name)]


def test_every_template_is_used():
    templates = HOUSE / "alliage/web/templates"
    said = "\n".join(p.read_text("utf-8") for p in [*OURS, *templates.rglob("*.html")])
    unused = [
        str(t.relative_to(templates)) for t in templates.rglob("*.html") if f'"{t.relative_to(templates)}"' not in said
    ]
    assert unused == []


def test_the_fields_file_and_the_tables_name_the_same_fields():
    columns = {f.name for f in Alliance._meta.get_fields()}
    apart = {"id", "partners", "places"}
    assert {n for n in fields() if n not in apart} <= columns
    assert {n for n in COLUMNS if n != "place_note"} == set(fields()) - apart
    names = {f.name for f in Organisation._meta.get_fields()}
    assert {n for n in fields("organisation") if n not in ("id", "role", "contributions")} <= names


def test_every_command_and_setting_is_documented():
    from typer.main import get_command

    from alliage.cli import app

    told = (HOUSE / "README.md").read_text("utf-8") + (HOUSE / "docs/commands.md").read_text("utf-8")
    for name in get_command(app).commands:
        assert f"alliage {name}" in told, name
    settings = (HOUSE / "alliage/site/settings.py").read_text("utf-8") + (HOUSE / "alliage/cli.py").read_text("utf-8")
    for variable in set(re.findall(r"ALLIAGE_[A-Z_]+", settings)):
        assert variable in told, variable


def test_the_places_are_the_committed_ones():
    import hashlib

    import yaml

    source = yaml.safe_load((ROOT / "places" / "SOURCE.yaml").read_text("utf-8"))
    for name, checksum in source["sha256"].items():
        assert hashlib.sha256((ROOT / "places" / name).read_bytes()).hexdigest() == checksum, name


def test_locks_hold_no_address():
    for lock in (*sorted((HOUSE / "requirements").glob("*.txt")), HOUSE / "package-lock.json"):
        text = lock.read_text("utf-8")
        assert not re.search(
            r"https?://(?!opencollective|github\.com/(?:sponsors|[\w-]+/[\w-]+\?sponsor))|--index-url|--find-links|\"resolved\"",
            text,
        ), lock.name


@pytest.mark.django_db
def test_no_migration_is_missing():
    from django.core.management import call_command

    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_starting_the_site_loads_no_heavy_engine():
    code = "import alliage.site.wsgi, sys; print([m for m in ('duckdb', 'splink', 'pyspark', 'pandas', 'openpyxl') if m in sys.modules])"
    out = subprocess.run(
        [HOUSE / ".venv/bin/python", "-c", code], capture_output=True, text=True, check=False, cwd=HOUSE
    )
    if out.returncode:
        pytest.skip("l’environnement n’est pas dans .venv")
    assert out.stdout.strip() == "[]"


SPACED_BADLY = re.compile(r"(?<=\S) [:;?!»](?=[\s<]|$)|« (?=\S)|\d %", re.MULTILINE)


@pytest.mark.parametrize("path", [*(HOUSE / "alliage/web/templates").rglob("*.html")], ids=lambda p: p.name)
def test_a_page_keeps_french_signs_with_their_word(path):
    text = re.sub(r"{%.*?%}", "", path.read_text("utf-8"), flags=re.DOTALL)
    text = re.sub(r"<[^>]*>", "", re.sub(r"{{.*?}}", "x", text, flags=re.DOTALL))
    assert SPACED_BADLY.findall(text) == [], "une espace insécable manque"


def test_content_keeps_french_signs_with_their_word():
    words_to_match = ("synonyms", "stopwords", "organisations")
    badly = [
        f"{path.name} : {line.strip()}"
        for path in sorted((HOUSE / "alliage/content").rglob("*.yaml"))
        if path.stem not in words_to_match
        for line in path.read_text("utf-8").splitlines()
        if not line.lstrip().startswith("#") and SPACED_BADLY.search(line.rstrip("'\""))
    ]
    assert badly == [], "une espace insécable manque"


def _said(module: Path) -> list[str]:
    """The strings of a module as a reader sees them: « x » stands for a value; docstrings and patterns are left out."""
    tree = ast.parse(module.read_text("utf-8"))
    inside = {id(v) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for v in node.values}
    docstrings = {ast.get_docstring(n, clean=False) for n in ast.walk(tree) if isinstance(n, _DOCUMENTED)}
    said = []
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            said.append("".join(str(v.value) if isinstance(v, ast.Constant) else "x" for v in node.values))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            said += [] if node.value in docstrings else [node.value]
    return said


_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef)
_JOINED_DATA = {"x ; x"}  # what a role or a list of values is joined with: read back by the import
_SPEAKING = [
    *(HOUSE / "alliage").glob("*.py"),
    *(HOUSE / "alliage/catalogue").rglob("*.py"),
    *(HOUSE / "alliage/intake").glob("cleaning*.py"),
    *(HOUSE / "alliage/intake").glob("road_map*.py"),
    *(HOUSE / "alliage/exports").glob("road_map*.py"),
    *(HOUSE / "alliage/rules").glob("road_map*.py"),
    *(HOUSE / "alliage/vocabulary" / f"{name}.py" for name in ("road_map", "agreements", "workshop")),
    *(HOUSE / "alliage/intake").glob("statistic*.py"),
    *(HOUSE / "alliage/rules").glob("*.py"),
    HOUSE / "alliage/web/territory.py",
    *(HOUSE / "alliage/intake" / f"{name}.py" for name in ("drafting", "own_records", "mapping")),
    *(HOUSE / "alliage/exports" / f"{name}.py" for name in ("template", "agreement", "workshop")),
]


@pytest.mark.parametrize("module", [m for m in _SPEAKING if "migrations" not in m.parts], ids=_name)
def test_a_message_keeps_french_signs_with_their_word(module):
    badly = [text for text in _said(module) if text not in _JOINED_DATA and SPACED_BADLY.search(text)]
    assert badly == [], "une espace insécable manque"
