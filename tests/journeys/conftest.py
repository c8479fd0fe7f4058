"""A real site (`alliage serve`, its own home) and a real browser (Debian's Chromium), once for all journeys."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import skip_or_fail

HOUSE = Path(__file__).parents[2]
SOFTWARE_WEBGL = "--enable-unsafe-swiftshader"
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=2) as response:  # noqa: S310 - our own address
            return bool(response.status == 200)
    except OSError:
        return False


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the running site keeps its state."""
    return tmp_path_factory.mktemp("site")


@pytest.fixture(scope="session")
def site(home: Path) -> Iterator[str]:
    """The address of a running site that holds the starter base."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("ALLIAGE_", "DJANGO_"))}
    with (home / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "alliage.cli", "serve", "--port", str(port)],
            cwd=HOUSE, env={**environment, "ALLIAGE_HOME": str(home)}, stdout=log, stderr=log,
        )  # fmt: skip
        address = f"http://127.0.0.1:{port}"
        try:
            for _ in range(240):
                if _answers(address):
                    break
                assert process.poll() is None, (home / "log").read_text("utf-8")
                time.sleep(0.5)
            yield address
        finally:
            process.terminate()
            process.wait(timeout=30)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Debian's Chromium, driven by Playwright; ended with its file, since no test asks a database while it runs."""
    path = shutil.which("chromium")
    if path is None:
        skip_or_fail("ce test conduit Chromium (apt-get install chromium).")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def browsers() -> Iterator[dict[str, Any]]:
    """Debian's Chromium twice: with WebGL made by software, and without any."""
    path = shutil.which("chromium")
    if path is None:
        skip_or_fail("ce test conduit Chromium (apt-get install chromium).")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        flags = {"webgl": SOFTWARE_WEBGL, "none": "--disable-3d-apis"}
        opened = {
            kind: playwright.chromium.launch(executable_path=path, args=[*QUIET, flag]) for kind, flag in flags.items()
        }
        yield opened
        for browser in opened.values():
            browser.close()
