"""To write the evaluation frame of an alliance, line by line: it is common to all partners."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.db.models import Max

from alliage.catalogue.actions.invite_partner import NotAllowed
from alliage.catalogue.models import Diagnosis, EvaluationLine, Participant
from alliage.vocabulary.evaluation import evaluation

MOST_LINES = 60
FIELDS = ("impact", "whose", "objective", "indicator", "nature", "provider", "due", "start", "target")


def write_evaluation_line(*, participant: Participant, values: Mapping[str, str], line: int | None = None) -> None:
    """Adds a line, or writes that one anew; any partner of the diagnosis may. Raises NotAllowed."""
    cleaned = _cleaned(values)
    with transaction.atomic():
        diagnosis = Diagnosis.objects.select_for_update().get(pk=participant.diagnosis_id)
        lines = diagnosis.evaluation_lines
        if line is not None:
            if not lines.filter(pk=line).update(**cleaned):
                raise NotAllowed("Cette ligne vient d’être enlevée par quelqu’un d’autre.")
            return
        told = lines.aggregate(last=Max("position"))
        if lines.count() >= MOST_LINES:
            raise NotAllowed(f"{MOST_LINES} lignes au plus\u00a0: peu d’indicateurs, mais suivis.")
        EvaluationLine.objects.create(diagnosis=diagnosis, position=(told["last"] or 0) + 1, **cleaned)


def remove_evaluation_line(*, participant: Participant, line: int) -> None:
    """Takes a line out of the frame."""
    EvaluationLine.objects.filter(diagnosis=participant.diagnosis_id, pk=line).delete()


def _cleaned(values: Mapping[str, str]) -> dict[str, str]:
    cleaned = {name: " ".join(values.get(name, "").split()) for name in FIELDS}
    if not cleaned["objective"]:
        raise NotAllowed("Écrivez l’objectif\u00a0: ce qui aura changé.")
    if cleaned["impact"] not in {impact.id for impact in evaluation().impacts}:
        raise NotAllowed("Choisissez l’impact dont il s’agit.")
    if cleaned["nature"] not in {"", *(nature.id for nature in evaluation().natures)}:
        raise NotAllowed("Choisissez un indicateur chiffré ou raconté.")
    for column in EvaluationLine._meta.concrete_fields:
        longest = column.max_length or 0
        if len(cleaned.get(column.name, "")) > longest > 0:
            told = f"«\u00a0{column.verbose_name}\u00a0» est trop long\u00a0: {longest} signes au plus."
            raise NotAllowed(told)
    return cleaned
