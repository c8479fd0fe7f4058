"""Every ugly file ends in its rows and clear remarks, or in one clear refusal; never in a traceback or in much memory."""

from __future__ import annotations

import json
import logging
import re
import resource
from dataclasses import asdict

import pytest

from alliage.intake.drafts import Draft, Unreadable
from alliage.intake.pipeline import open_batch
from tests.intake.ugly_files import UGLY_FILES

MOST_MEMORY = 512 << 10  # kilobytes, as the system counts them


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
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss <= MOST_MEMORY
