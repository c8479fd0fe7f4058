"""What visitors suggest without an account: tools, kept for an editor. Nothing says who sent them."""

from django.db import models


class ToolSuggestion(models.Model):
    """A tool that somebody would like to see on the site; `fingerprint` is that of its name and address."""

    class State(models.TextChoices):
        WAITING = "waiting", "à lire"
        KEPT = "kept", "retenue"
        REFUSED = "refused", "écartée"

    name = models.CharField("nom", max_length=150)
    url = models.CharField("adresse", max_length=500, blank=True)
    purpose = models.TextField("à quoi il sert", max_length=2_000)
    stage = models.CharField("étape", max_length=60, blank=True)
    state = models.CharField("état", max_length=10, choices=State.choices, default=State.WAITING, db_index=True)
    fingerprint = models.CharField(max_length=64)
    made_at = models.DateTimeField("reçue")
    decided_at = models.DateTimeField("décidée", null=True, blank=True)
    decided_by = models.CharField("par", max_length=150, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = "outil suggéré", "outils suggérés"
        ordering = ("-made_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["fingerprint"], condition=models.Q(state="waiting"), name="one_waiting_suggestion_of_a_tool"
            ),
        )

    def __str__(self) -> str:
        return self.name
