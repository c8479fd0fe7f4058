"""The road map of a diagnosis: read and edited on one page without script, taken away as a file, brought back as a table."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from alliage.catalogue.actions.save_road_map import save_road_map
from alliage.catalogue.models import Participant
from alliage.catalogue.road_maps import SeenRoadMap, road_map_seen_by
from alliage.exports.diagnosis import labels
from alliage.exports.road_map import RoadMap, RoleLine
from alliage.intake.drafts import Issue, Unreadable
from alliage.intake.road_map_child import open_road_map
from alliage.rules.advice import advise
from alliage.rules.road_map import Steps, UnfitStep, first_steps, joined, progress
from alliage.rules.road_map_edits import Add, Change, Edit, Move, Note, PutBack, Remove, Replace, Shown, mark_of
from alliage.vocabulary.agreements import Agreement, agreements
from alliage.vocabulary.method import bank
from alliage.vocabulary.road_map import RoadMapStep, road_map_words, step_of
from alliage.vocabulary.starting import starting
from alliage.vocabulary.typology import typology
from alliage.vocabulary.words import key as words_key
from alliage.web.diagnosis import absolute, private_context
from alliage.web.private_pages import BOTH, READ, private, to
from alliage.web.road_map_files import FORMATS, road_map_file

REASONS = 3
LONGEST_UPLOAD = 2 << 20  # bytes; a road map of two hundred steps takes a tenth of it
PROPOSED = "propose"  # name of the boxes before proposed steps


@private(BOTH)
def road_map(request: HttpRequest, participant: Participant, key: str) -> HttpResponseBase:
    """The page; what is sent is one edit, and the page is shown again with what it became."""
    seen = road_map_seen_by(participant)
    if seen is None:
        context = private_context(request, participant, key)
        return render(request, "pages/road_map_closed.html", context, status=200 if request.method != "POST" else 409)
    typed: RoadMapStep | None = None
    issues: tuple[Issue, ...] = ()
    error, column, at = "", "", None
    if request.method == "POST":
        at = _number(request.POST.get("rang", ""))
        try:
            edit, issues = _edit(request, _proposed(seen))
            held = save_road_map(participant=participant, edit=edit, today=timezone.localdate())
            if not issues:
                return to(f"{reverse('road_map', args=[key])}{_anchor(edit, at, len(held.steps))}")
        except UnfitStep as unfit:
            error, column = str(unfit), unfit.column
            typed = _typed(request) if request.POST.get("geste") in ("ajouter", "changer") else None
        except Unreadable as refusal:
            error = str(refusal)
        seen = road_map_seen_by(participant) or seen
    return _page(request, participant, key, seen, typed, error, column, issues, at)


def _page(
    request: HttpRequest, participant: Participant, key: str, seen: SeenRoadMap, typed: RoadMapStep | None,
    error: str, column: str, issues: tuple[Issue, ...], at: int | None,
) -> HttpResponse:  # fmt: skip
    steps = seen.held.steps if seen.held else ()
    words = road_map_words()
    removed = seen.held.removed if seen.held else None
    done, of = progress(steps)
    gesture = request.POST.get("geste", "")
    form = _composed(request, participant, seen)
    context = {
        **private_context(request, participant, key),
        "seen": seen,
        "begun": bool(steps) or removed is not None,
        "words": words,
        "steps": [
            (n, mark_of(s), s, typed if typed and gesture == "changer" and n == at else None)
            for n, s in enumerate(steps)
        ],
        "blank": step_of(what=""),
        "new": typed if typed and gesture == "ajouter" else None,
        "proposed": [(n, s) for n, s in enumerate(_proposed(seen)) if s not in _said_already(_proposed(seen), steps)],
        "removed": removed,
        "done": done,
        "of": of,
        "error": error,
        "column": column,
        # An error stands in the form where it was made; without one, at the top.
        "above": error if typed is None or (gesture == "changer" and (at is None or at >= len(steps))) else "",
        "issues": issues,
        "formats": FORMATS,
        "form": form,
        "texts": [t for t in _advised_texts(seen) if t != form.agreement],
    }
    return render(request, "pages/road_map.html", context, status=422 if error else 200)


@private(READ, forms=False)
def road_map_download(request: HttpRequest, participant: Participant, key: str, kind: str) -> HttpResponseBase:
    """The road map as a file; one that was not begun gives the proposed steps."""
    seen = road_map_seen_by(participant)
    if seen is None:
        context = private_context(request, participant, key)
        return render(request, "pages/road_map_closed.html", context, status=403)
    return road_map_file(_composed(request, participant, seen), kind, "feuille-de-route")


def _composed(request: HttpRequest, participant: Participant, seen: SeenRoadMap) -> RoadMap:
    """The road map with what the answers say around it."""
    advice = advise(seen.answers)
    mode, trend = typology().mode(advice.modes[0].id), typology().trend(advice.trends[0].id)
    trend_of_mode = trend if trend.mode == mode.id else None
    questions = bank().questions
    home = absolute(request, reverse("methods"))
    return RoadMap(
        title="Notre feuille de route",
        identity=f"{home}{participant.diagnosis_id}",
        address=home,  # a paper that goes from hand to hand does not bear the private address
        begun_on=seen.begun_on or timezone.localdate(),
        steps=seen.held.steps if seen.held else _proposed(seen),
        need=" ".join(seen.answers.get("besoin", ())),
        place=", ".join(labels(questions["lieu"], seen.answers.get("lieu", ()))),
        form=mode.label if advice.certain else f"{mode.label} (une piste, à confirmer)",
        trend=trend_of_mode.label if trend_of_mode and advice.certain else "",
        reasons=tuple(r.says for r in advice.modes[0].reasons[:REASONS]),
        roles=tuple(RoleLine(r.id, r.label, r.hint, "", "") for r in mode.roles),
        agreement=(trend_of_mode or mode).agreement,
        local_authority=(trend_of_mode or mode).local_authority,
        engages=(trend_of_mode or mode).engages,
        who_can_help=starting().who_can_help,
        model_notice=starting().model_notice,
    )


def _proposed(seen: SeenRoadMap) -> Steps:
    """The first steps that follow from the answers; those of the form only when the advice gives none, since it says
    the same ones, fitted to the time that is there."""
    advice = advise(seen.answers)
    told = joined(step_of(what=s.what, who=s.who, when=s.when, why=s.why) for s in advice.next_steps)
    return told or first_steps(typology().mode(advice.modes[0].id).first_steps)


def _advised_texts(seen: SeenRoadMap) -> list[Agreement]:
    """The other texts that the answers speak for."""
    return [agreements().by_id[d.id] for d in advise(seen.answers).documents]


def _said_already(proposed: Steps, steps: Steps) -> Steps:
    known = {words_key(s.title) for s in steps}
    return tuple(s for s in proposed if words_key(s.title) in known)


def _typed(request: HttpRequest) -> RoadMapStep:
    sent = request.POST
    return step_of(
        what=sent.get("what", ""), who=sent.get("who", ""), when=sent.get("when", ""), why=sent.get("why", ""),
        state=sent.get("state", "a-faire"),
    )  # fmt: skip


def _edit(request: HttpRequest, proposed: Steps) -> tuple[Edit, tuple[Issue, ...]]:
    """What was asked, and what is to be said of it. Raises UnfitStep, Unreadable."""
    shown = Shown(_number(request.POST.get("rang", "")) or 0, request.POST.get("marque", ""))
    match request.POST.get("geste", ""):
        case "commencer":
            wanted = {_number(n) for n in request.POST.getlist(PROPOSED)}
            chosen = tuple(s for n, s in enumerate(proposed) if n in wanted)
            if not chosen:
                raise UnfitStep("Cochez au moins un pas, ou écrivez le vôtre.")
            return Add(chosen), ()
        case "ajouter":
            return Add((_typed(request),)), ()
        case "changer":
            return Change(shown, _typed(request)), ()
        case "noter":
            return Note(shown, request.POST.get("state", "")), ()
        case "monter":
            return Move(shown, -1), ()
        case "descendre":
            return Move(shown, 1), ()
        case "enlever":
            return Remove(shown), ()
        case "remettre":
            return PutBack(), ()
        case "rapporter":
            return _brought_back(request)
        case _:
            raise UnfitStep("Ce geste n’est pas connu\u00a0: servez-vous des boutons de la page.")


def _brought_back(request: HttpRequest) -> tuple[Edit, tuple[Issue, ...]]:
    """The table of an edited file. Raises UnfitStep, Unreadable."""
    file = request.FILES.get("tableau")
    if file is None or not file.size:
        raise UnfitStep("Choisissez d’abord un fichier\u00a0: le tableau de la feuille de route.")
    if file.size > LONGEST_UPLOAD:
        raise UnfitStep("Ce fichier est trop lourd\u00a0: 2\u00a0Mo au plus. Gardez-y le seul tableau des pas.")
    with TemporaryDirectory() as folder:
        # The name of a stranger's file is only told; its end says how a text is cut.
        path = Path(folder) / f"tableau{Path(file.name or '').suffix[:6]}"
        path.write_bytes(file.read())
        table = open_road_map(path)
    return Replace(tuple(table.steps)), tuple(table.issues)


def _anchor(edit: Edit, at: int | None, steps: int) -> str:
    """Where the page is shown again: at the step that was touched."""
    if isinstance(edit, Add):
        return f"#pas-{steps}" if len(edit.steps) == 1 else "#pas"
    if at is None or isinstance(edit, PutBack | Replace | Remove):
        return "#pas"
    moved = at + edit.by if isinstance(edit, Move) else at
    return f"#pas-{min(max(moved, 0), steps - 1) + 1}"


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None
