"""Every ugly file ends in its rows and clear remarks, or in one clear refusal; never in a traceback or in much memory."""

from __future__ import annotations

import json
import logging
import os
import re
import resource
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from alliage.intake.drafts import Draft, Unreadable
from alliage.intake.pipeline import open_batch
from tests.intake.ugly_files import UGLY_FILES

MOST_MEMORY = 512 << 10  # kilobytes, as the system counts them
READ = """
import resource, sys
from pathlib import Path
from alliage.intake.drafts import Unreadable
from alliage.intake.pipeline import open_batch
try:
    list(open_batch(Path(sys.argv[1]), source="laid").items)
except Unreadable:
    pass
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def peak_of_reading(path: Path) -> int:
    """The memory (kB) of the largest child of a new process that reads a file."""
    done = subprocess.run([sys.executable, "-c", READ, os.fsencode(path)], capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.parametrize("ugly", UGLY_FILES, ids=lambda ugly: ascii(ugly.name))
def test_an_ugly_file_ends_in_its_rows_or_in_one_clear_refusal(tmp_path, caplog, ugly):
    caplog.set_level(logging.INFO, "alliage.intake")
    path = tmp_path / ugly.name
    ugly.make(path)
    items, issues = [], []
    try:
        batch = open_batch(path, source="laid")
    except Unreadable as refusal:
        issues.append(refusal.issue)
        assert ugly.drafts is None, refusal  # noqa: PT017 - a refusal is one of the two good ends
    else:
        items = list(batch.items)
        issues += [issue for item in items for issue in item.issues] + batch.issues
        found = [item for item in items if isinstance(item, Draft)]
        assert (len(found), len(items) - len(found)) == (ugly.drafts, ugly.refused), [i.cause for i in issues][:3]
        assert {d.values["title"] for d in found}.issuperset(ugly.titles)
    for issue in issues:
        assert issue.cause.endswith((".", "…"))
        assert issue.fix
        assert not re.search(r"Error|Exception|Traceback|None", issue.cause)
    assert not ugly.said or any(ugly.said in issue.cause for issue in issues), [i.cause for i in issues]
    kept = json.dumps([asdict(thing) for thing in [*items, *issues]], ensure_ascii=False, allow_nan=False)
    assert kept.encode("utf-8")
    assert not re.search(r"\\u00[01]|\\u007f", json.dumps(json.loads(kept)).replace("\\n", ""))
    assert "Traceback" not in caplog.text
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    # The system keeps the largest child of all: when another test had a larger one, the file is read again by a process
    # that has had no child yet.
    assert (peak if peak <= MOST_MEMORY else peak_of_reading(path)) <= MOST_MEMORY
