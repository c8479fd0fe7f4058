"""Imported statistics: each file published is a release; its values stay when a later release replaces them."""

from django.db import models


class StatisticRelease(models.Model):
    """One file of open statistics, published whole. `current`: at least one of its values is the one shown today."""

    source = models.CharField("source", max_length=60, db_index=True)
    file = models.CharField("fichier", max_length=300)
    checksum = models.CharField("empreinte", max_length=64)
    imported_at = models.DateTimeField("publié")
    by_label = models.CharField("par", max_length=150)
    indicators = models.JSONField("indicateurs", default=list)
    counts = models.JSONField("comptes", default=dict)
    notes = models.JSONField("remarques", default=list, blank=True)
    revision = models.BigIntegerField("révision")
    current = models.BooleanField("en vigueur", default=True)

    class Meta:
        verbose_name, verbose_name_plural = "publication de statistiques", "publications de statistiques"
        ordering = ("-revision",)

    def __str__(self) -> str:
        return f"{self.source} : {self.file}"


class IndicatorValue(models.Model):
    """The value of an indicator for a place of today, as one release gives it; `derived` when Alliage added communes up."""

    release = models.ForeignKey(StatisticRelease, models.CASCADE, related_name="values")
    indicator = models.CharField("indicateur", max_length=60)
    level = models.CharField("niveau", max_length=12)
    code = models.CharField("code", max_length=12)
    year = models.PositiveSmallIntegerField("année")
    value = models.FloatField("valeur")
    unit = models.CharField("unité", max_length=60)
    source = models.CharField("source", max_length=300)
    note = models.TextField("remarque", blank=True)
    derived = models.BooleanField("calculée", default=False)
    current = models.BooleanField("en vigueur", default=True)

    class Meta:
        verbose_name, verbose_name_plural = "valeur d’un indicateur", "valeurs d’indicateurs"
        indexes = (
            models.Index(fields=["level", "code"], condition=models.Q(current=True), name="indicator_value_of_a_place"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["indicator", "level", "year", "code"],
                condition=models.Q(current=True),
                name="one_current_value_of_a_place",
            ),
        )

    def __str__(self) -> str:
        return f"{self.indicator} {self.year} {self.level}:{self.code}"
