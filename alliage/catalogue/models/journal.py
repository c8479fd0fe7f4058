"""The journal: one append-only Change for every accepted modification, under a growing revision."""

from django.conf import settings
from django.db import models


class RevisionCounter(models.Model):
    """The one row whose lock orders all writers; `value` is the last revision given."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    value = models.BigIntegerField(default=0)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="one_revision_counter"),)

    def __str__(self) -> str:
        return str(self.value)


class Change(models.Model):
    """Who did what, when, to which record: what it held before and after, and from which batch or proposal."""

    revision = models.BigIntegerField("révision", db_index=True)
    at = models.DateTimeField("quand")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name="par")
    by_label = models.CharField("par", max_length=150)
    verb = models.CharField("action", max_length=30)
    subject = models.CharField("objet", max_length=20, blank=True)
    subject_id = models.CharField("identifiant", max_length=100, blank=True)
    before = models.JSONField("avant", null=True, blank=True)
    after = models.JSONField("après", null=True, blank=True)
    batch = models.ForeignKey("ImportBatch", models.SET_NULL, null=True, blank=True, related_name="changes")
    proposal = models.ForeignKey("Proposal", models.SET_NULL, null=True, blank=True, related_name="changes")
    source = models.CharField("source", max_length=200, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = "changement", "journal"
        ordering = ("-revision", "-id")
        indexes = (models.Index(fields=["subject", "subject_id"]),)

    def __str__(self) -> str:
        return f"{self.revision} {self.verb} {self.subject_id}"


class Tombstone(models.Model):
    """An alliance that left the table: the index pulls it to forget the record; its slug is never given again."""

    slug = models.CharField(max_length=100, unique=True)
    revision = models.BigIntegerField(db_index=True)

    def __str__(self) -> str:
        return self.slug
