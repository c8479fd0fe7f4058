"""A diagnosis, who answers it, what each answered: personal, erased in time, never in the journal (docs/decisions/0013)."""

from django.db import models


class Diagnosis(models.Model):
    """A need being thought through, by one or several partners. `opened_at`: when its owner showed the answers to all."""

    created_at = models.DateTimeField("commencé")
    last_used_on = models.DateField("ouvert pour la dernière fois", db_index=True)
    kept = models.BooleanField("gardé", default=False)
    opened_at = models.DateTimeField("réponses ouvertes", null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = "diagnostic", "diagnostics"
        constraints = (
            models.CheckConstraint(
                condition=models.Q(opened_at__isnull=True) | models.Q(opened_at__gte=models.F("created_at")),
                name="diagnosis_opens_after_it_starts",
            ),
        )

    def __str__(self) -> str:
        return f"diagnostic {self.pk}"


class Participant(models.Model):
    """Somebody who answers. Position 0 owns the diagnosis; the others were invited.

    Only digests of the private addresses are held: neither the base nor a backup lets anybody in. Who has not joined
    yet has an invitation and no key; whoever joins gets a key, and the invitation is spent.
    """

    diagnosis = models.ForeignKey(Diagnosis, models.CASCADE, related_name="participants")
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField("nom", max_length=100, blank=True)
    seed = models.CharField(max_length=32, editable=False)
    key_digest = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)
    invitation_digest = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)
    shared_digest = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)
    joined_at = models.DateTimeField("arrivé", null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = "participant", "participants"
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=["diagnosis", "position"], name="one_participant_a_position"),
            models.CheckConstraint(
                condition=models.Q(
                    key_digest__isnull=False, invitation_digest__isnull=True, joined_at__isnull=False
                )
                | models.Q(
                    key_digest__isnull=True,
                    invitation_digest__isnull=False,
                    joined_at__isnull=True,
                    shared_digest__isnull=True,
                ),
                name="participant_is_invited_or_joined",
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return self.name or f"participant {self.position}"

    @property
    def owns(self) -> bool:
        """Whether the diagnosis is this participant's."""
        return self.position == 0


class Answer(models.Model):
    """What a participant answered to a question of the bank; no value means that the question was passed."""

    participant = models.ForeignKey(Participant, models.CASCADE, related_name="answers")
    question = models.CharField("question", max_length=80)
    values = models.JSONField("réponse", default=list, blank=True)
    answered_at = models.DateTimeField("répondu")

    class Meta:
        verbose_name, verbose_name_plural = "réponse", "réponses"
        constraints = (
            models.UniqueConstraint(fields=["participant", "question"], name="one_answer_a_question"),
            models.CheckConstraint(condition=~models.Q(question=""), name="answer_has_a_question"),
        )

    def __str__(self) -> str:
        return self.question


class HealthRound(models.Model):
    """One time that the partners looked at the health of their alliance; `opened_at` as for a diagnosis."""

    diagnosis = models.ForeignKey(Diagnosis, models.CASCADE, related_name="health_rounds")
    number = models.PositiveSmallIntegerField("numéro")
    started_at = models.DateTimeField("commencé")
    opened_at = models.DateTimeField("réponses ouvertes", null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = "bulletin de santé", "bulletins de santé"
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=["diagnosis", "number"], name="one_health_round_a_number"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="health_rounds_start_at_one"),
        )

    def __str__(self) -> str:
        return f"bulletin {self.number}"


class HealthMark(models.Model):
    """The colour that a participant gives to an aspect in a round, and why."""

    COLOURS = ("vert", "orange", "rouge", "ne-sais-pas")

    round = models.ForeignKey(HealthRound, models.CASCADE, related_name="marks")
    participant = models.ForeignKey(Participant, models.CASCADE, related_name="health_marks")
    aspect = models.CharField("aspect", max_length=60)
    colour = models.CharField("couleur", max_length=12)
    note = models.CharField("en un mot", max_length=500, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = "couleur", "couleurs"
        constraints = (
            models.UniqueConstraint(fields=["round", "participant", "aspect"], name="one_colour_an_aspect"),
            models.CheckConstraint(
                condition=models.Q(colour__in=("vert", "orange", "rouge", "ne-sais-pas")), name="health_colour_is_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.aspect}\u00a0: {self.colour}"


class EvaluationLine(models.Model):
    """A line of the evaluation frame, written together: an objective, what shows it, who gives the figure and when."""

    diagnosis = models.ForeignKey(Diagnosis, models.CASCADE, related_name="evaluation_lines")
    position = models.PositiveSmallIntegerField("rang")
    impact = models.CharField("impact", max_length=40)
    whose = models.CharField("l’objectif de qui", max_length=100, blank=True)
    objective = models.CharField("objectif", max_length=300)
    indicator = models.CharField("indicateur", max_length=300, blank=True)
    nature = models.CharField("nature", max_length=20, blank=True)
    provider = models.CharField("qui donne le chiffre", max_length=100, blank=True)
    due = models.CharField("quand", max_length=100, blank=True)
    start = models.CharField("au départ", max_length=100, blank=True)
    target = models.CharField("visé", max_length=100, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = "ligne d’évaluation", "cadre d’évaluation"
        ordering = ("position", "pk")
        constraints = (models.CheckConstraint(condition=~models.Q(objective=""), name="evaluation_has_an_objective"),)

    def __str__(self) -> str:
        return self.objective
