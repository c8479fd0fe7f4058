"""Organisation, and every name under which it is known."""

from django.db import models

from alliage.catalogue.models.states import Publication, is_an_address


class Organisation(models.Model):
    """An association, a company, a public body… `slug` is its public id and never changes."""

    slug = models.SlugField("identifiant", max_length=100, unique=True)
    name = models.CharField("nom", max_length=300)
    kind = models.CharField("nature", max_length=30, blank=True)
    size = models.CharField("taille", max_length=20, blank=True)
    siren = models.CharField("SIREN", max_length=9, blank=True)
    siret = models.CharField("SIRET", max_length=14, blank=True)
    rna = models.CharField("RNA", max_length=10, blank=True)
    is_group = models.BooleanField("groupe d’organisations", default=False)
    publication = models.CharField(
        "publication", max_length=10, choices=Publication.choices, default=Publication.PUBLISHED
    )
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, verbose_name="fusionnée dans")
    corrected_fields = models.JSONField("champs corrigés par une personne", default=list, blank=True)
    revision = models.BigIntegerField(default=0, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = "organisation", "organisations"
        indexes = (
            models.Index(fields=["revision"]),
            models.Index(fields=["siren"], condition=~models.Q(siren=""), name="organisation_siren"),
            models.Index(fields=["rna"], condition=~models.Q(rna=""), name="organisation_rna"),
        )
        constraints = (
            models.CheckConstraint(condition=is_an_address("slug"), name="organisation_slug_is_an_address"),
            models.CheckConstraint(condition=~models.Q(name=""), name="organisation_has_a_name"),
            models.CheckConstraint(
                condition=models.Q(publication="merged", merged_into__isnull=False)
                | (~models.Q(publication="merged") & models.Q(merged_into__isnull=True)),
                name="organisation_merged_has_a_target",
            ),
        )

    def __str__(self) -> str:
        return self.name


class OrganisationName(models.Model):
    """A name of an organisation; `key` (folded words) is what an import compares."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="names")
    name = models.CharField("nom", max_length=300)
    key = models.CharField(max_length=300, db_index=True)

    class Meta:
        verbose_name, verbose_name_plural = "autre nom", "autres noms"
        constraints = (models.UniqueConstraint(fields=["organisation", "key"], name="one_key_an_organisation"),)

    def __str__(self) -> str:
        return self.name
