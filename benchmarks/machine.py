"""The machine, and commands watched from outside: wall time, processor time, memory of their whole tree."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any  # figures are JSON

HOUSE = Path(__file__).parents[1]
STATE = HOUSE / "var" / "bench"
ALLIAGE = str(Path(sys.executable).with_name("alliage"))
WATCHED_EVERY = 0.25


@dataclass(frozen=True, slots=True)
class Memory:
    """Megabytes of one process: resident, its share of what several map, and its own.

    Own is what no file lies behind: the system cannot take it back. Mapped files, an index above all, are memory that it
    lends and takes back when another program wants it.
    """

    pid: int
    command: str
    resident: float
    share: float
    own: float


@dataclass(frozen=True, slots=True)
class Run:
    """One finished command: seconds, and the highest memory (MB) seen.

    `largest_process`: resident, of one process; `whole_tree` and `own_tree`: the shares and the own memory of all processes
    at one moment; `processes`: part played → the highest own memory and share of the process that plays it.
    """

    wall: float
    processor: float
    largest_process: float
    whole_tree: float
    own_tree: float
    processes: dict[str, dict[str, float]]

    def as_dict(self) -> dict[str, Any]:
        return {n: round(v, 2) if isinstance(v, float) else v for n, v in asdict(self).items()}


def facts() -> dict[str, object]:
    """What a reader needs to compare with another machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    model = next((line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "")
    return {
        "processor": model or platform.machine(),
        "cores": os.cpu_count(),
        "memory_gib": round(memory, 1),
        "system": platform.system(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in ("tantivy", "Django", "granian", "django-ninja")},
    }


def measured() -> dict[str, str]:
    """When, and on which commit of the product."""
    told = subprocess.run(["git", "rev-parse", "--short=8", "HEAD"], cwd=HOUSE, capture_output=True, text=True)
    return {"on": time.strftime("%Y-%m-%d", time.gmtime()), "commit": told.stdout.strip()}


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text("utf-8", "replace").splitlines()
    except OSError:
        return []


def tree(pid: int) -> Iterator[int]:
    """A process and all that it started."""
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):  # each thread has those that it started
        for line in _lines(str(children)):
            for child in line.split():
                yield from tree(int(child))


def memory_of(pid: int) -> Memory | None:
    """The memory of one process now; None when it has ended."""
    told = {}
    for line in _lines(f"/proc/{pid}/smaps_rollup")[1:]:
        name, _, rest = line.partition(":")
        told[name] = int(rest.split()[0]) / 1024
    if "Pss" not in told:
        return None
    command = " ".join(_lines(f"/proc/{pid}/cmdline")).replace("\0", " ").strip()
    own = max(told.get("Anonymous", 0.0), told.get("Private_Dirty", 0.0))
    return Memory(pid, command, round(told["Rss"], 1), round(told["Pss"], 1), round(own, 1))


def part_of(command: str) -> str:
    """What a process of Alliage does beside the command itself."""
    if "alliage.intake.child" in command:
        return "reading the file"
    return "index beside" if command.endswith(" work") else "the command"


def environment(home: Path) -> dict[str, str]:
    """The settings of an Alliage of its own under that folder, without the starter base."""
    return {**os.environ, "ALLIAGE_HOME": str(home), "ALLIAGE_STARTER": "0"}


def run(command: Sequence[str], env: Mapping[str, str] | None = None) -> Run:
    """Runs a command to its end, watching its memory; raises CalledProcessError when it fails."""
    started = time.monotonic()
    process = subprocess.Popen(command, env=env, cwd=HOUSE, stdout=subprocess.DEVNULL)
    shares, owns, ended = [0.0], [0.0], threading.Event()
    parts: dict[str, dict[str, float]] = {}

    def watch() -> None:
        while not ended.wait(WATCHED_EVERY):
            found = [m for p in list(tree(process.pid)) if (m := memory_of(p))]
            shares.append(sum(m.share for m in found))
            owns.append(sum(m.own for m in found))
            for m in found:
                peak = parts.setdefault(part_of(m.command), {"own": 0.0, "share": 0.0})
                peak["own"], peak["share"] = max(peak["own"], m.own), max(peak["share"], m.share)

    watcher = threading.Thread(target=watch)
    watcher.start()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - started
    ended.set()
    watcher.join()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    processor = usage.ru_utime + usage.ru_stime
    return Run(wall, processor, usage.ru_maxrss / 1024, max(shares), max(owns), parts)


def size_of(path: Path) -> float:
    """Megabytes of a file or of all the files under a folder."""
    files = [path] if path.is_file() else [p for p in path.rglob("*") if p.is_file()]
    return round(sum(p.stat().st_size for p in files) / 2**20, 1)


def forget(path: Path) -> None:
    """Asks the system to drop the files of a folder from its memory, so that the next reader finds them on disk."""
    for file in path.rglob("*"):
        if file.is_file():
            descriptor = os.open(file, os.O_RDONLY)
            try:
                os.fsync(descriptor)
                os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            finally:
                os.close(descriptor)
