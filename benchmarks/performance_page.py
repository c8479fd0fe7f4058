"""docs/performance.md from docs/performance.json."""


def write() -> None: ...
