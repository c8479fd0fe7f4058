"""The evaluation frame of an alliance, built line by line by its partners: page, print, CSV."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from alliage.catalogue.actions.invite_partner import NotAllowed
from alliage.catalogue.actions.write_evaluation import FIELDS, remove_evaluation_line, write_evaluation_line
from alliage.catalogue.diagnoses import evaluation_lines_of, gathering_of
from alliage.catalogue.models import Participant
from alliage.exports.diagnosis import evaluation_csv
from alliage.vocabulary.evaluation import evaluation
from alliage.web.asked import typed
from alliage.web.diagnosis import private_context
from alliage.web.diagnosis_keeping import line_values
from alliage.web.private_pages import BOTH, READ, private, to

ALL = "Nous tous"


@private(BOTH)
def evaluation_frame(request: HttpRequest, participant: Participant, key: str) -> HttpResponseBase:
    """The frame; sent: a line added, written anew or taken out. `ligne` in the address opens one to be changed."""
    error, values = "", {name: typed(request.POST.get(name, "")) for name in FIELDS}
    line = _number(request.POST.get("ligne") or request.GET.get("ligne", ""))
    if request.method == "POST":
        try:
            if request.POST.get("geste") == "enlever" and line is not None:
                remove_evaluation_line(participant=participant, line=line)
            else:
                write_evaluation_line(participant=participant, values=values, line=line)
            return to(f"{reverse('evaluation', args=[key])}#cadre")
        except NotAllowed as refusal:
            error = str(refusal)
    lines = evaluation_lines_of(participant)
    changed = next((row for row in lines if row.pk == line), None)
    if changed and not error:
        values = line_values(changed)
    elif not error:
        values = {name: typed(request.GET.get(name, ""))[:300] for name in FIELDS}
    context = {
        **private_context(request, participant, key),
        "evaluation": evaluation(),
        "groups": [(impact, [row for row in lines if row.impact == impact.id]) for impact in evaluation().impacts],
        "natures": {n.id: n.label for n in evaluation().natures},
        "number": len(lines),
        "whose": [ALL, *(p.shown for p in gathering_of(participant).partners)],
        "changed": changed,
        "values": values,
        "error": error,
    }
    return render(request, "pages/diagnosis_evaluation.html", context, status=422 if error else 200)


@private(READ, forms=False)
def evaluation_table(request: HttpRequest, participant: Participant, key: str) -> HttpResponseBase:
    """The frame as a table to take away."""
    lines = [line_values(row) for row in evaluation_lines_of(participant)]
    response = HttpResponse("".join(evaluation_csv(lines)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="cadre-d-evaluation.csv"'
    return response


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
