"""Settings of the test run: a home of its own, plain static files, PostgreSQL when ALLIAGE_TEST_POSTGRES is set."""

import os
import tempfile
from pathlib import Path

os.environ["ALLIAGE_HOME"] = tempfile.mkdtemp(prefix="alliage-tests-")
os.environ["ALLIAGE_DATABASE_URL"] = os.environ.get("ALLIAGE_TEST_POSTGRES", "")

from alliage.site.settings import *  # noqa: F403

INDEX_DIR = Path(os.environ["ALLIAGE_HOME"]) / "index"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STATIC_ROOT = Path(os.environ["ALLIAGE_HOME"]) / "static"
STATIC_ROOT.mkdir()  # whitenoise warns when it is missing, and warnings are errors here
