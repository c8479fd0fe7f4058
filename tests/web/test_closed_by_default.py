"""What is closed by default: hosts, headers, cookies, files, error pages; and what https:// adds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from alliage.site import urls

HOUSE = Path(__file__).parents[2]
handler500 = urls.handler500


def broken(request: HttpRequest) -> HttpResponse:
    """A page that fails in a way that nobody foresaw."""
    raise RuntimeError("le mot de passe de la base est hunter2")


urlpatterns = [path("api/v1/broken", broken), path("broken", broken), *urls.urlpatterns]


def run(code: str, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs that code in a new process with the site's real settings."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("ALLIAGE_", "DJANGO_"))}
    ours = {"ALLIAGE_HOME": str(home), "DJANGO_SETTINGS_MODULE": "alliage.site.settings"}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=HOUSE, env={**kept, **ours, **environment},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def setting(name: str, home: Path, **environment: str) -> object:
    """That setting, as a process with this environment has it."""
    out = run(
        f"import json; from alliage.site import settings; print(json.dumps(settings.{name}))", home, **environment
    )
    assert out.returncode == 0, out.stderr
    return json.loads(out.stdout)


def test_django_finds_nothing_to_say_of_a_site_in_https(tmp_path):
    code = (
        "import django; django.setup(); from django.core.management import call_command;"
        "call_command('check', deploy=True, fail_level='INFO')"
    )
    out = run(code, tmp_path, ALLIAGE_URL="https://alliances.exemple.fr")
    assert out.returncode == 0, out.stderr
    assert "no issues (2 silenced)" in out.stdout


def test_in_https_cookies_are_secure_and_browsers_are_told_to_stay_there(tmp_path):
    code = """
import json, django; django.setup()
from django.core.management import call_command
call_command("collectstatic", interactive=False, verbosity=0)
from django.test import Client
c, host = Client(), {"HTTP_HOST": "alliances.exemple.fr"}
plain, inside = c.get("/glossaire/?q=a", **host), c.get("/healthz", HTTP_HOST="127.0.0.1:8000")
safe = c.get("/admin/login/", HTTP_X_FORWARDED_PROTO="https", **host)
other = c.get("/", HTTP_X_FORWARDED_PROTO="https", HTTP_HOST="exemple.com")
print(json.dumps([plain.status_code, plain["Location"], inside.status_code, safe.status_code,
    safe["Strict-Transport-Security"], safe.cookies["csrftoken"].OutputString(), other.status_code, other.content.decode()]))
"""
    out = run(code, tmp_path, ALLIAGE_URL="https://alliances.exemple.fr")
    plain, where, inside, safe, stay, cookie, other, page = json.loads(out.stdout)
    assert (plain, where) == (301, "https://alliances.exemple.fr/glossaire/?q=a")
    assert inside == 503  # neither migrated nor indexed: it answers, and truly
    assert (safe, stay) == (200, "max-age=31536000")
    assert "Secure" in cookie
    assert "SameSite=Lax" in cookie
    assert other == 400
    assert "n’est pas comprise" in page


EVERYWHERE = "0.0.0.0"  # noqa: S104 (never bound here)


def test_a_database_that_is_away_tells_its_address_to_the_log_alone(tmp_path):
    code = """
import json, django; django.setup()
from django.test import Client
answer = Client().get("/healthz", HTTP_HOST="127.0.0.1")
print(json.dumps([answer.status_code, answer.content.decode()]))
"""
    out = run(code, tmp_path, ALLIAGE_DATABASE_URL="postgresql://compte:hunter2@127.0.0.1:1/base_a_nous")
    status, told = json.loads(out.stdout)
    assert status == 503
    assert "ne répond pas" in told
    assert not [word for word in ("compte", "hunter2", "127.0.0.1", "base_a_nous") if word in told]
    assert "127.0.0.1" in out.stderr


LOCAL = ["localhost", "127.0.0.1", "[::1]"]


@pytest.mark.parametrize(
    ("environment", "hosts"),
    [
        ({}, LOCAL),
        ({"ALLIAGE_URL": "https://alliances.exemple.fr"}, [*LOCAL, "alliances.exemple.fr"]),
        ({"ALLIAGE_URL": "https://alliances.exemple.fr", "ALLIAGE_HOST": EVERYWHERE}, [*LOCAL, "alliances.exemple.fr"]),
        ({"ALLIAGE_HOSTS": "a.fr, b.fr"}, ["a.fr", "b.fr"]),
        ({"ALLIAGE_HOST": EVERYWHERE}, ["*"]),
    ],
)
def test_the_site_answers_to_its_own_names(tmp_path, environment, hosts):
    assert setting("ALLOWED_HOSTS", tmp_path, **environment) == hosts


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("ALLIAGE_LIMITS", "tout=1/m", "il connaît"),
        ("ALLIAGE_LIMITS", "api=beaucoup", "300/m"),
        ("ALLIAGE_PROXIES", "frontal", "adresses"),
        ("ALLIAGE_URL", "alliances.exemple.fr", "https://"),
    ],
)
def test_a_setting_that_cannot_be_read_says_how_to_write_it(tmp_path, name, value, said):
    out = run("import alliage.site.settings", tmp_path, **{name: value})
    last = out.stderr.strip().splitlines()[-1]
    assert name in last
    assert said in last


def test_what_is_kept_is_for_its_owner_alone(tmp_path):
    home, out = tmp_path / "home", tmp_path / "sauvegarde.zip"
    code = f"from alliage.cli import app; app(['backup', {str(out)!r}])"
    done = run(f"import os; os.umask(0o022); {code}", home)
    assert done.returncode == 0, done.stderr
    open_to_others = [f for f in (home, *home.glob("*"), out) if f.is_file() and f.stat().st_mode & 0o077]
    assert open_to_others == []
    assert home.stat().st_mode & 0o777 == 0o700
    assert {"alliage.sqlite3", "secret-key"} <= {f.name for f in home.iterdir()}


def test_a_key_that_others_could_read_is_closed_and_stays_the_same(tmp_path):
    key = setting("SECRET_KEY", tmp_path)
    (tmp_path / "secret-key").chmod(0o644)
    assert setting("SECRET_KEY", tmp_path) == key
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600


def test_processes_that_start_together_share_one_key(tmp_path):
    code = "import alliage.site.settings as s; print(s.SECRET_KEY)"
    environment = {**os.environ, "ALLIAGE_HOME": str(tmp_path / "new")}
    starting = [
        subprocess.Popen([sys.executable, "-c", code], cwd=HOUSE, env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(6)
    ]
    assert len({process.communicate(timeout=60)[0] for process in starting} - {"\n"}) == 1
    assert [f.name for f in (tmp_path / "new").iterdir() if f.name.startswith(".")] == []


@pytest.mark.django_db
@pytest.mark.usefixtures("starter_search")
class TestAnswers:
    @pytest.mark.parametrize(
        "address",
        ["/", "/exemples/solifap/", "/nulle/part", "/admin/login/", "/api/v1/typology", "/exemples.csv?q=santé"],
    )
    def test_every_answer_says_what_a_browser_must_refuse(self, client, address):
        response = client.get(address)
        policy = response["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert "camera=()" in response["Permissions-Policy"]
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["X-Frame-Options"] == "DENY"
        assert response["Cross-Origin-Opener-Policy"] == "same-origin"
        assert response["Referrer-Policy"] == "same-origin"

    def test_a_form_without_its_proof_gets_a_page_in_french(self):
        response = Client(enforce_csrf_checks=True).post("/admin/login/", {"username": "a", "password": "b"})
        assert response.status_code == 403
        assert "n’a pas pu être vérifié" in response.content.decode()

    def test_a_failure_that_nobody_foresaw_tells_a_stranger_nothing(self, client, settings):
        settings.ROOT_URLCONF = __name__
        client.raise_request_exception = False
        page, api = client.get("/broken"), client.get("/api/v1/broken")
        assert (page.status_code, api.status_code) == (500, 500)
        assert "hunter2" not in page.content.decode() + api.content.decode()
        assert "rien de ce que vous avez fait n’est perdu" in page.content.decode()
        assert api.json()["error"]["code"] == "server_error"

    def test_a_page_that_only_reads_says_so(self):
        response = Client(enforce_csrf_checks=False).post("/exemples/")
        assert response.status_code == 405
        assert response["Allow"] == "GET, HEAD"
        assert "Cette page se lit" in response.content.decode()

    def test_an_address_of_too_many_parameters_is_refused_at_once(self, client):
        assert client.get("/exemples/?" + "&".join(f"p{n}=1" for n in range(500))).status_code == 200
        refused = client.get("/exemples/?" + "&".join(f"p{n}=1" for n in range(501)))
        assert refused.status_code == 400
        assert "500" in refused.content.decode()
        assert "bad_request" in client.get("/api/v1/suggest?" + "&" * 2_000).content.decode()

    def test_a_sign_that_no_document_can_hold_is_left_out_of_it(self, client):
        response = client.get(
            "/exemples/solifap/faire-pareil.docx", {"ou": "L\0yon\x01", "role-animation": "a\0b\uffff"}
        )
        assert response.status_code == 200
