"""docs/performance.md from docs/performance.json: figures as ratios, curves of cost, how to measure again."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any  # figures are JSON

from benchmarks.machine import HOUSE

DOCS = HOUSE / "docs"
FIGURES, PAGE = DOCS / "performance.json", DOCS / "performance.md"
NOTES = tuple(Path(__file__).parent / name for name in ("notes.md", "resilience.md"))
WIDTH, HEIGHT, LEFT, FOOT = 560, 220, 60, 34
INKS = ("#1f5f8b", "#b5541c", "#3d7a3d")

Line = tuple[str, dict[int, float]]


def write() -> None:
    """Writes the page and its curves from the figures kept."""
    told = json.loads(FIGURES.read_text("utf-8"))
    sizes = {int(size): found for size, found in told["sizes"].items()}
    parts = [_opening(told["machine"]), _targets(sizes), _imports(sizes), _search(sizes), _pages(sizes)]
    PAGE.write_text("\n\n".join([*parts, *(notes.read_text("utf-8").strip() for notes in NOTES)]) + "\n", "utf-8")
    for name, title, unit, lines in _curves(sizes):
        (DOCS / f"performance-{name}.svg").write_text(curve(title, unit, lines), "utf-8")


def _number(value: float) -> str:
    return f"{value:,.0f}".replace(",", " ") if abs(value) >= 100 else f"{value:.3g}"


def _size(rows: int) -> str:
    return f"{rows / 1e6:g} M" if rows >= 1_000_000 else f"{rows // 1000} k"


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    cells = [list(map(str, head)), ["---", *["---:"] * (len(head) - 1)], *[list(map(str, r)) for r in rows]]
    return "\n".join(f"| {' | '.join(row)} |" for row in cells)


def _opening(machine: dict[str, Any]) -> str:
    versions = ", ".join(f"{n} {v}" for n, v in {**machine["versions"], **machine["rivals"]}.items())
    return f"""# Performance

Written by `make bench` from `docs/performance.json`; do not edit by hand. Everything is measured on a synthetic national
base (`benchmarks/national.py`: seeded; real communes drawn by population, the words of the starter alliances, made-up
organisations, two to five partners, one to three places and domains). Absolute times tell about this machine, which was shared:
other people developed on its two cores meanwhile, and took up to three quarters of them. Seconds of processor change less
with that (by a fifth) than seconds of clock; ratios are taken between programs run one after the other. Each line says on
which commit of the product it was measured.

Machine: {machine["processor"]}, {machine["cores"]} cores, {machine["memory_gib"]} GiB, {machine["system"]};
Python {machine["python"]}; {versions}.

```
make bench                                  # 10 k and 100 k alliances
make bench SIZES=10000,100000,1200000       # the whole country too: hours, and 15 GB under var/bench
python -m benchmarks --sizes 100000 --only search    # imports, rebuild, pages, search, datasette
python -m benchmarks.index_only FILE.csv HOME   # an index without its catalogue, to measure search alone
python -m benchmarks --page                 # this page again, from the figures kept
```"""


def _of(sizes: dict[int, Any], name: str) -> dict[int, Any]:
    return {size: found[name] for size, found in sizes.items() if name in found}


TOLD = 2  # sizes


def _largest(sizes: dict[int, Any], name: str, read: Callable[[Any], float]) -> list[tuple[str, float, str]]:
    """The figure at the largest sizes at which it was measured, each with its commit."""
    told = []
    for size, found in sorted(_of(sizes, name).items(), reverse=True):
        with suppress(KeyError):  # not measured at that size
            told.append((f"{_number(read(found))} at {_size(size)}", read(found), str(found["measured"]["commit"])))
    return told[:TOLD]


def _targets(sizes: dict[int, Any]) -> str:
    asked: tuple[tuple[str, str, str, Callable[[Any], float], Callable[[float], bool]], ...] = (
        ("search through HTTP, all facets ÷ the bare engine, warm", "≤ 3", "search", lambda f: f["times_bare_warm"], lambda v: v <= 3),
        ("the same, cold", "≤ 3", "search", lambda f: f["times_bare_cold"], lambda v: v <= 3),
        ("throughput ÷ Datasette's", "≥ 50", "datasette", lambda f: f["times_datasette"], lambda v: v >= 50),
        ("import ÷ `sqlite-utils insert` + `enable-fts`", "≤ 4", "imports", lambda f: f["times_sqlite_utils"], lambda v: v <= 4),
        ("the same in processor time, which a busy machine changes less", "≤ 4", "imports", lambda f: f["times_sqlite_utils_processor"], lambda v: v <= 4),
        ("memory of a web process of its own, the files of the index apart (MB)", "≤ 400", "search", lambda f: f["memory_after"]["own_mb"], lambda v: v <= 400),
        ("memory at the peak of an import, of all its processes, of their own (MB)", "≤ 1 000", "imports", lambda f: f["import"]["own_tree"], lambda v: v <= 1000),
        ("the same with the files that they map (the system takes those back)", "no bound", "imports", lambda f: f["import"]["whole_tree"], lambda v: True),
        ("most database queries of a page", "≤ 8", "pages", _most_queries, lambda v: v <= 8),
    )  # fmt: skip
    rows = []
    for label, target, name, read, reached in asked:
        told = _largest(sizes, name, read)
        reach = "—" if not told or target == "no bound" else "yes" if all(reached(v) for _, v, _ in told) else "**no**"
        said, commits = ("; ".join(dict.fromkeys(t[n] for t in told)) for n in (0, 2))
        rows.append([label, target, said or "not measured", reach, commits or "—"])
    return (
        "## Targets\n\n"
        + _table(["target", "asked", "measured", "reached", "commit"], rows)
        + "\n\nMemory *of its own* is what no file lies behind: the 1 GB and the 400 MB are asked of it. Files that a process maps "
        "(the segments of the index that a merge reads, above all) count beside, by the share that falls to each process: the "
        "system lends that memory as long as nobody needs it."
    )


def _most_queries(found: dict[str, Any]) -> float:
    return float(max(p[n] for p in found.values() for n in ("queries", "cold_queries") if n in p))


def _imports(sizes: dict[int, Any]) -> str:
    found, rebuilt = _of(sizes, "imports"), _of(sizes, "rebuild")
    rows: list[list[object]] = []
    memory: list[list[object]] = []
    for size, f in found.items():
        theirs = f["sqlite_utils_insert"]["wall"] + f["sqlite_utils_fts"]["wall"]
        rows.append(
            [
                _size(size),
                _number(f["import"]["wall"]),
                _number(f["import"]["processor"]),
                _number(theirs),
                f"{f['times_sqlite_utils']:.1f}",
                f"{f['times_sqlite_utils_processor']:.1f}",
                f"{f['csv_mb']:.0f} → {f['base_mb']:.0f} + {f['index_mb']:.0f}",
                f"{f['sqlite_utils_mb']:.0f}",
                f["measured"]["commit"],
            ]
        )
        memory.append(_memory(_size(size), "import", f["import"], f["measured"]["commit"]))
    memory += [_memory(_size(s), "`index --rebuild`", f, f["measured"]["commit"]) for s, f in rebuilt.items()]
    head = ["rows", "`alliage import` s", "processor s", "sqlite-utils s", "ratio", "ratio of processor"]
    head += ["CSV → base + index MB", "sqlite-utils MB", "commit"]
    memory_head = [
        "rows",
        "command",
        "s",
        "processor s",
        "own MB, all processes",
        "with mapped files",
        "of which, own / share",
    ]
    return (
        "## Imports\n\n`alliage import FILE --publish` into an empty base: reading, validation, places, recognition of doubles, "
        "journal, index. Against `sqlite-utils insert --csv` and `enable-fts` on five columns of the same file.\n\n"
        + _table(head, rows)
        + "\n\nMemory at the highest moment (four looks a second), in MB:\n\n"
        + _table([*memory_head, "commit"], memory)
        + "\n\n![seconds of an import by size](performance-import.svg)"
    )


def _memory(size: str, command: str, f: dict[str, Any], commit: str) -> list[object]:
    parts = [f"{name} {p['own']:.0f} / {p['share']:.0f}" for name, p in f.get("processes", {}).items()]
    own = _number(f["own_tree"]) if "own_tree" in f else "not told apart"
    row = [size, command, _number(f["wall"]), _number(f["processor"]), own, _number(f["whole_tree"])]
    return [*row, ", ".join(parts) or "—", commit]


def _search(sizes: dict[int, Any]) -> str:
    found, rivals = _of(sizes, "search"), _of(sizes, "datasette")
    rows: list[list[object]] = []
    for size, f in found.items():
        for name, label in (
            ("cold", "HTTP, cold"),
            ("bare_cold", "bare engine, cold"),
            ("warm", "HTTP, warm, new queries"),
            ("bare_warm", "bare engine, warm"),
            ("again", "HTTP, the same again"),
            ("datasette", "Datasette"),
        ):
            g, commit = f.get(name), f["measured"]["commit"]
            if name == "datasette" and size in rivals:
                g, commit = rivals[size][name], rivals[size]["measured"]["commit"]
            if g is None:
                continue
            kinds = [_number(g["p50_ms_by_kind"].get(k, math.nan)) for k in ("narrow", "broad", "unfiltered", "placed")]
            rows.append(
                [_size(size), label, _number(g["p50_ms"]), _number(g["p95_ms"]), _number(g["a_second"]), *kinds, commit]
            )
    head = ["rows", "", "p50 ms", "p95 ms", "a second", "narrow", "broad", "unfiltered", "place and filters"]
    head.append("commit")
    ratios: list[list[object]] = [
        [
            _size(size),
            f"{f['times_bare_cold']:.1f}",
            f"{f['times_bare_warm']:.1f}",
            f"{rivals[size]['times_datasette']:.0f}" if size in rivals else "—",
            f"{f['memory_at_start']['resident_mb']:.0f} / {f['memory_at_start']['share_mb']:.0f}",
            f"{f['memory_after']['resident_mb']:.0f} / {f['memory_after']['share_mb']:.0f} / {f['memory_after']['own_mb']:.0f}",
            f"{f['base_mb']:.0f} / {f['index_mb']:.0f} / "
            f"{rivals[size]['datasette_mb'] if size in rivals else math.nan:.0f}",
        ]
        for size, f in found.items()
    ]
    ratio_head = ["rows", "HTTP ÷ bare, cold", "HTTP ÷ bare, warm", "× Datasette", "web process at start: RSS / PSS MB"]
    ratio_head += ["after: RSS / PSS / its own MB", "base / index / Datasette's base MB"]
    return (
        "## Search\n\n`GET /api/v1/alliances` of `alliage serve`, one client, with the count and all facets, each facet "
        "counted without its own filter. The mix (`benchmarks/mix.py`): a third narrow (two rare words), a third broad (one "
        "frequent word), a tenth unfiltered, the rest a region or département with a domain and a form. *Cold*: the first 300 "
        "queries of a fresh process, the files of the index dropped from the system's memory. *Warm*: 300 other queries. The "
        "bare engine runs the same queries and aggregations in its own process, queries built beforehand. Datasette serves the "
        "same records as one table (JSON lists for several values, full-text search, indexed columns) with the 11 facets that "
        "the base fills, its limits raised until no facet times out, on a part of the warm mix of the same composition; "
        "*× Datasette* compares the same queries. Medians by kind on the right (ms).\n\n"
        + _table(head, rows)
        + "\n\n"
        + _table(ratio_head, ratios)
        + "\n\n![milliseconds of a search by size](performance-search.svg)\n\n"
        "RSS counts the pages of the index that the system keeps in memory and takes back when it needs them; PSS shares them "
        "between the processes that map them; *its own* is what no file lies behind."
    )


def _pages(sizes: dict[int, Any]) -> str:
    found = _of(sizes, "pages")
    names = dict.fromkeys(name for f in found.values() for name, page in f.items() if "p50_ms" in page)
    rows = [
        [
            name,
            *(_page(f.get(name)) for f in found.values()),
            max(max(f[name]["queries"], f[name].get("cold_queries", 0)) for f in found.values() if name in f),
        ]
        for name in names
    ]
    commits = ", ".join(f"{_size(s)}: {f['measured']['commit']}" for s, f in found.items())
    head = ["page", *(f"{_size(s)}: cold / first / p50 (processor) ms" for s in found), "queries"]
    files: list[list[object]] = [
        [
            _size(size),
            name,
            _number(f["wall"]),
            _number(f["processor"]),
            _number(f["file_mb"]),
            _number(f["largest_process"]),
        ]
        for size, pages in found.items()
        for name, f in pages.items()
        if "wall" in f
    ]
    return (
        "## Pages and files\n\nInside one process, without HTTP. *Cold*: the first page of a fresh process that has answered "
        "`/healthz`, the files of index and base dropped from the system's memory; what a process reads once (places, contours, "
        "templates) is in it. *First*: the first of seven times in a process that serves other pages; then the median of the "
        "six others, and its time of processor. The most database queries that a page made, cold or warm.\n\n"
        f"Commits: {commits}.\n\n"
        + _table(head, rows)
        + "\n\n"
        + _table(["rows", "command", "s", "processor s", "file MB", "peak MB"], files)
    )


def _page(found: dict[str, float] | None) -> str:
    if found is None:
        return "—"
    cold = _number(found["cold_ms"]) if "cold_ms" in found else "—"
    processor = f" ({_number(found['p50_processor_ms'])})" if "p50_processor_ms" in found else ""
    return f"{cold} / {_number(found['first_ms'])} / {_number(found['p50_ms'])}{processor}"


def _curves(sizes: dict[int, Any]) -> list[tuple[str, str, str, list[Line]]]:
    imports, rebuilt = _of(sizes, "imports"), _of(sizes, "rebuild")
    search, rivals = _of(sizes, "search"), _of(sizes, "datasette")
    return [
        (
            "import",
            "An import, by number of rows",
            "s",
            [
                ("alliage import", {s: f["import"]["wall"] for s, f in imports.items()}),
                ("index --rebuild", {s: f["wall"] for s, f in rebuilt.items()}),
                (
                    "sqlite-utils",
                    {s: f["sqlite_utils_insert"]["wall"] + f["sqlite_utils_fts"]["wall"] for s, f in imports.items()},
                ),
            ],
        ),
        (
            "search",
            "A search of the mix, by number of rows (mean)",
            "ms",
            [
                ("Alliage, HTTP, warm", {s: f["warm"]["mean_ms"] for s, f in search.items()}),
                ("bare engine, warm", {s: f["bare_warm"]["mean_ms"] for s, f in search.items()}),
                ("Datasette", {s: f["datasette"]["mean_ms"] for s, f in rivals.items()}),
            ],
        ),
    ]


def curve(title: str, unit: str, lines: Sequence[Line]) -> str:
    """A drawing of lines on two logarithmic scales, each with its name at its end."""
    across = [math.log10(x) for _, line in lines for x in line]
    up = [math.log10(max(y, 1e-3)) for _, line in lines for y in line.values()]
    low_x, high_x = min(across), max(max(across), min(across) + 0.1)
    low_y, high_y = math.floor(min(up)), math.ceil(max(up)) or 1

    def at(x: float, y: float) -> tuple[float, float]:
        right = LEFT + (math.log10(x) - low_x) / (high_x - low_x) * (WIDTH - LEFT - 150)
        down = HEIGHT - FOOT - (math.log10(max(y, 1e-3)) - low_y) / (high_y - low_y) * (HEIGHT - FOOT - 30)
        return round(right, 1), round(down, 1)

    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" font-family="sans-serif" '
        f'font-size="11"><title>{title}</title><rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
        f'<text x="{LEFT}" y="16" font-size="13">{title}</text>'
    ]
    smallest = 10**low_x
    for power in range(low_y, high_y + 1):
        _, y = at(smallest, 10**power)
        drawn.append(f'<path d="M{LEFT} {y}H{WIDTH - 150}" stroke="#ddd"/>')
        drawn.append(f'<text x="{LEFT - 6}" y="{y + 4}" text-anchor="end">{10**power:g} {unit}</text>')
    for x in sorted({x for _, line in lines for x in line}):
        place, _ = at(x, 10**low_y)
        drawn.append(f'<text x="{place}" y="{HEIGHT - 14}" text-anchor="middle">{_size(x)}</text>')
    for ink, (name, line) in zip(INKS, lines, strict=False):
        points = [at(x, y) for x, y in sorted(line.items())]
        if not points:
            continue
        drawn.append(
            f'<polyline fill="none" stroke="{ink}" stroke-width="2" points="{" ".join(f"{x},{y}" for x, y in points)}"/>'
        )
        drawn += [f'<circle cx="{x}" cy="{y}" r="3" fill="{ink}"/>' for x, y in points]
        drawn.append(f'<text x="{points[-1][0] + 8}" y="{points[-1][1] + 4}" fill="{ink}">{name}</text>')
    return "\n".join([*drawn, "</svg>"]) + "\n"
