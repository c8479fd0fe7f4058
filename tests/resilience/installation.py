"""An installation of its own for a test: commands run, started and killed with all their children, a site served."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HOUSE = Path(__file__).parents[2]
Process = subprocess.Popen[str]


@dataclass
class Installation:
    """`home` holds its state, `database` is the address of its PostgreSQL base (SQLite when empty)."""

    home: Path
    database: str = ""
    more: dict[str, str] = field(default_factory=dict)
    house: Path = HOUSE

    @property
    def index(self) -> Path:
        return Path(self.more.get("ALLIAGE_INDEX_DIR", self.home / "index"))

    @property
    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("ALLIAGE_", "DJANGO_"))}
        ours = {"ALLIAGE_HOME": str(self.home), "ALLIAGE_DATABASE_URL": self.database, "ALLIAGE_STARTER": "0"}
        return {**kept, **ours, **self.more}

    def run(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """One command, to its end."""
        done = subprocess.run(
            [sys.executable, "-m", "alliage.cli", *words],
            cwd=self.house, env=self.environment, capture_output=True, text=True, timeout=600,
        )  # fmt: skip
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done

    def start(self, *words: str, module: str = "alliage.cli") -> Process:
        """One command, in a process group of its own; what it says goes to one pipe."""
        return subprocess.Popen(
            [sys.executable, "-m", module, *words],
            cwd=self.house, env=self.environment, text=True, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def killed_after(self, seconds: float, *words: str) -> bool:
        """Starts a command and kills it with all its children after so long. False: it had ended by itself."""
        process = self.start(*words)
        try:
            said, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            kill_group(process)
            return True
        assert process.returncode == 0, said
        return False

    @contextmanager
    def served(self, *, workers: int = 1, port: int = 0, log: str = "log") -> Iterator[Site]:
        """The site, until the end of the block; then every process it started must be gone."""
        port = port or free_port()
        self.home.mkdir(parents=True, exist_ok=True)
        with (self.home / log).open("w") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "alliage.cli", "serve", "--port", str(port), "--workers", str(workers)],
                cwd=self.house, env=self.environment, start_new_session=True, stdout=out, stderr=out,
            )  # fmt: skip
        site = Site(port, process.pid, self.home / log)
        try:
            until = time.monotonic() + 60
            while not site.answers():
                assert process.poll() is None, site.log.read_text("utf-8")
                assert time.monotonic() < until, site.log.read_text("utf-8")
                time.sleep(0.1)
            yield site
            if process.poll() is None:
                process.terminate()
                assert process.wait(timeout=30) == 0, site.log.read_text("utf-8")
            assert site.processes() == {}
        finally:
            if site.processes():
                kill_group(process)


@dataclass(frozen=True)
class Site:
    """A site that runs; `group` is the id of the process `alliage serve` and of the group it leads."""

    port: int
    group: int
    log: Path

    def get(self, path: str, timeout: float = 20) -> tuple[int, str, dict[str, str]]:
        """Status, body and headers (names in small letters) of an answer; status 0 when nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=timeout) as answer:
                return answer.status, answer.read().decode(), _lowered(answer.headers)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode(), _lowered(error.headers)
        except OSError:
            return 0, "", {}

    def answers(self) -> bool:
        return self.get("/healthz", timeout=5)[0] in (200, 503)

    def health(self) -> tuple[int, dict[str, Any]]:
        status, body, _ = self.get("/healthz")
        return status, json.loads(body or "{}")

    def count(self, query: str = "") -> int | None:
        """How many alliances answer; None when the site says that it cannot tell."""
        status, body, _ = self.get(f"/api/v1/alliances?limit=1&{query}")
        return int(json.loads(body)["count"]) if status == 200 else None

    def list(self, query: str) -> list[dict[str, Any]]:
        """The results of a search."""
        status, body, _ = self.get(f"/api/v1/alliances?{query}")
        assert status == 200, body
        return list(json.loads(body)["results"])

    def processes(self) -> dict[int, str]:
        """Id → command of every living process of the site."""
        return processes_of(self.group)

    def works(self) -> list[int]:
        """The ids of the background catch-ups."""
        return [id for id, command in self.processes().items() if command.endswith("alliage.cli work")]

    def web_workers(self) -> list[int]:
        return [id for id, command in self.processes().items() if " serve " in command and id != self.group]


def _lowered(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def processes_of(group: int) -> dict[int, str]:
    """Id → command of every living process of a process group."""
    found = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdecimal():
            continue
        try:
            state = (folder / "stat").read_text().rpartition(")")[2].split()
            command = (folder / "cmdline").read_text().replace("\0", " ").strip()
        except OSError:
            continue
        if int(state[2]) == group and state[0] != "Z":
            found[int(folder.name)] = command
    return found


def kill_group(process: subprocess.Popen[Any]) -> None:
    """SIGKILL for a process and all its children at once."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdout:
        process.stdout.close()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def eventually(holds: Any, seconds: float = 20) -> Any:
    """Asks again until it is true, at most so long; returns the last answer."""
    until = time.monotonic() + seconds
    while not (answer := holds()) and time.monotonic() < until:
        time.sleep(0.1)
    return answer
