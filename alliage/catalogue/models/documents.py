"""SheetLine: a line of a document that names one or several alliances, kept as printed."""

from django.db import models

from alliage.catalogue.models.alliances import Alliance


class SheetLine(models.Model):
    """An example line of a document: line, alliance and organisation are three things (docs/decisions/0006)."""

    document = models.CharField("document", max_length=100)
    number = models.PositiveIntegerField("ligne")
    text = models.TextField("texte imprimé")
    key = models.CharField(max_length=300, db_index=True)
    mode = models.CharField(max_length=40, blank=True)
    trend = models.CharField(max_length=60, blank=True)
    tag = models.CharField("thème", max_length=200, blank=True)
    passage = models.TextField("passage", blank=True)
    alliances = models.ManyToManyField(Alliance, related_name="sheet_lines", blank=True)

    class Meta:
        verbose_name, verbose_name_plural = "ligne d’exemple", "lignes d’exemples"
        ordering = ("document", "number")
        constraints = (models.UniqueConstraint(fields=["document", "number"], name="one_line_a_number"),)

    def __str__(self) -> str:
        return self.text
