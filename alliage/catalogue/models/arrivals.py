"""What arrives: import batches, the column mappings they saved, and proposals that wait for a person."""

from django.db import models


class ImportBatch(models.Model):
    """One run of an import: which file, when, how many rows became what, under which revisions (0: changed nothing)."""

    source = models.CharField("source", max_length=100, db_index=True)
    file = models.CharField("fichier", max_length=300)
    checksum = models.CharField("empreinte", max_length=64, blank=True)
    started_at = models.DateTimeField("commencé")
    ended_at = models.DateTimeField("terminé", null=True, blank=True)
    by_label = models.CharField("par", max_length=150)
    publish = models.BooleanField("publié à l’arrivée", default=False)
    first_revision = models.BigIntegerField("première révision", default=0)
    revision = models.BigIntegerField("dernière révision", default=0)
    report = models.JSONField("compte rendu", default=dict, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = "import", "imports"
        ordering = ("-started_at",)

    def __str__(self) -> str:
        return f"{self.file} ({self.started_at:%d/%m/%Y})"


class SavedMapping(models.Model):
    """Which column becomes which field for a source; used again at its next file with the same headers."""

    source = models.CharField("source", max_length=100, unique=True)
    mapping = models.JSONField("colonnes", default=dict)

    class Meta:
        verbose_name, verbose_name_plural = "correspondance de colonnes", "correspondances de colonnes"

    def __str__(self) -> str:
        return self.source


class Proposal(models.Model):
    """A change or a record that waits for a person's decision."""

    class Kind(models.TextChoices):
        UPDATE = "update", "modification d’une fiche publiée"
        CORRECTED = "corrected", "contredit une correction faite par une personne"
        DUPLICATE = "duplicate", "doublon probable"

    class State(models.TextChoices):
        WAITING = "waiting", "en attente"
        ACCEPTED = "accepted", "acceptée"
        REFUSED = "refused", "refusée"
        SUPERSEDED = "superseded", "remplacée par une version plus récente"

    kind = models.CharField("nature", max_length=12, choices=Kind.choices)
    state = models.CharField("état", max_length=10, choices=State.choices, default=State.WAITING, db_index=True)
    alliance = models.ForeignKey("Alliance", models.CASCADE, null=True, blank=True, related_name="proposals")
    values = models.JSONField("valeurs proposées", default=dict)
    reason = models.TextField("pourquoi", blank=True)
    source = models.CharField("source", max_length=100)
    external_id = models.CharField("identifiant dans la source", max_length=200, blank=True)
    natural_key = models.CharField(max_length=64, blank=True)
    fingerprint = models.CharField(max_length=64, blank=True)
    provenance = models.JSONField("provenance", default=dict, blank=True)
    raw = models.JSONField("valeurs non comprises", default=dict, blank=True)
    batch = models.ForeignKey(ImportBatch, models.SET_NULL, null=True, blank=True, related_name="proposals")
    made_at = models.DateTimeField("reçue")
    decided_at = models.DateTimeField("décidée", null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = "proposition", "propositions"
        ordering = ("-made_at", "-id")
        indexes = (models.Index(fields=["source", "external_id"]), models.Index(fields=["source", "natural_key"]))

    def __str__(self) -> str:
        return f"{self.get_kind_display()} : {self.values.get('title', '')}"
