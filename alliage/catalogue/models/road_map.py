"""The road map of a diagnosis: common to its partners, erased with it, never in the journal (docs/decisions/0013)."""

from django.db import models

from alliage.catalogue.models.diagnoses import Diagnosis


class HeldRoadMap(models.Model):
    """The steps in their order, each {what, who, when, why, state}; `removed`: what can be put back, as a dict, or None.

    One list in one row: it is always read and written whole, and its order is its meaning.
    """

    diagnosis = models.OneToOneField(Diagnosis, models.CASCADE, related_name="road_map")
    begun_on = models.DateField("commencée")
    steps = models.JSONField("pas", default=list, blank=True)
    removed = models.JSONField("à remettre", null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = "feuille de route", "feuilles de route"

    def __str__(self) -> str:
        return f"feuille de route du {self.diagnosis}"
