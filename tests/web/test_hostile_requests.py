"""Whatever a stranger sends, nothing breaks: each answer is a page, a file or one clear refusal in French."""

from __future__ import annotations

import gzip
import json
from collections import Counter

import pytest
from django.test import Client

from tests.web.hostile import Hostile, hostile_requests

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("starter_search"), pytest.mark.slow]
LEAKS = ("Traceback", "site-packages", "Exception", "settings.py", "DEBUG", "ALLIAGE_", "sqlite", "psycopg", "SECRET")


def faults(client: Client, asked: Hostile) -> list[str]:
    """What is wrong in the answer to that request: nothing, we hope. The status comes first."""
    try:
        response = client.generic(
            asked.method,
            "/",
            asked.body,
            asked.content_type,
            **{"PATH_INFO": asked.path, "QUERY_STRING": asked.query, **asked.headers},
        )
        body = b"".join(response.streaming_content) if response.streaming else response.content
    except Exception as error:  # the server would have nothing to answer
        return ["raised", repr(error)]
    found = [str(response.status_code)]
    if response.status_code >= 500:
        found.append("a server error")
    if any("\n" in value or "\r" in value for _, value in response.items()):
        found.append("a header cut in two")
    if response.get("Content-Encoding") == "gzip" and body:
        body = gzip.decompress(body)
    if response.get("Content-Type", "").startswith("text/html") and b"<script>alert(1)" in body:
        found.append("markup of the visitor")
    if response.status_code >= 400 and asked.method != "HEAD":
        text = body.decode()
        found += [f"leaks {leak}" for leak in LEAKS if leak in text]
        if response["Content-Type"].startswith("application/json"):
            error = json.loads(text)["error"]
            if set(error) != {"code", "message", "field"} or not error["message"]:
                found.append("an error of another shape")
        elif 'lang="fr"' not in text or "<h1>" not in text:
            found.append("an error page of another kind")
    return found


def _told(wrong: list[tuple[Hostile, list[str]]]) -> str:
    return "\n".join(f"{found} {asked}"[:600] for asked, found in wrong[:20])


def test_five_thousand_hostile_requests_break_nothing(client):
    client.raise_request_exception = False
    answers, wrong = Counter(), []
    for asked in hostile_requests(seed=17, number=5_000):
        status, *others = faults(client, asked)
        answers[status] += 1
        if others:
            wrong.append((asked, [status, *others]))
    assert not wrong, f"{len(wrong)} of 5000: {dict(answers)}\n{_told(wrong)}"
    assert answers["200"] > 500, "hostile requests that never reach a page prove little"
    assert answers["400"] > 500


def test_the_editor_stands_bent_addresses_too(admin_client):
    admin_client.raise_request_exception = False
    wrong = []
    places = (
        "",
        "alliance/",
        "alliance/1/change/",
        "alliance/add/",
        "organisation/",
        "proposal/",
        "change/",
        "importbatch/",
    )
    for number, asked in enumerate(hostile_requests(seed=18, number=400)):
        asked.method, asked.body, asked.path = "GET", b"", f"/admin/catalogue/{places[number % len(places)]}"
        asked.headers = {n: v for n, v in asked.headers.items() if n not in ("HTTP_COOKIE", "HTTP_HOST")}
        status, *others = faults(admin_client, asked)
        if status >= "500":
            wrong.append((asked, [status, *others]))
    assert not wrong, _told(wrong)
