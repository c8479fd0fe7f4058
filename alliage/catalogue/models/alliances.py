"""Alliance, Role (the part an organisation plays in it) and AlliancePlace (where)."""

from django.db import models

from alliage.catalogue.models.organisations import Organisation
from alliage.catalogue.models.states import Publication, is_an_address


class Alliance(models.Model):
    """One alliance. `slug` is its public id: it never changes and is never used again.

    Lists of controlled values (domains, fragilities, sdgs, collections, keywords) and of facts (results,
    resources, sources, readings) are JSON in the shapes of alliage.intake.drafts.Draft. `life` is the state of
    the alliance itself, `publication` who may see the record, `confirmed_on` when a partner confirmed it.
    """

    slug = models.SlugField("identifiant", max_length=100, unique=True)
    title = models.CharField("titre", max_length=300)
    summary = models.TextField("en une phrase", blank=True)
    need = models.TextField("le besoin", blank=True)
    action = models.TextField("ce qu’ils font ensemble", blank=True)
    keywords = models.JSONField("autres mots", default=list, blank=True)
    mode = models.CharField("forme d’alliance", max_length=40, blank=True)
    trend = models.CharField("tendance", max_length=60, blank=True)
    domains = models.JSONField("domaines", default=list, blank=True)
    fragilities = models.JSONField("fragilités", default=list, blank=True)
    sdgs = models.JSONField("ODD", default=list, blank=True)
    scale = models.CharField("échelle", max_length=20, blank=True)
    place_note = models.TextField("précision sur le lieu", blank=True)
    start_year = models.PositiveSmallIntegerField("depuis", null=True, blank=True)
    end_year = models.PositiveSmallIntegerField("jusqu’en", null=True, blank=True)
    status = models.CharField("vie de l’alliance", max_length=20, default="unknown")
    status_year = models.PositiveSmallIntegerField("vue en", null=True, blank=True)
    confirmed_on = models.DateField("confirmée le", null=True, blank=True)
    results = models.JSONField("résultats", default=list, blank=True)
    resources = models.JSONField("moyens engagés", default=list, blank=True)
    lessons = models.TextField("leçons", blank=True)
    lessons_basis = models.CharField("origine des leçons", max_length=100, blank=True)
    doubts = models.TextField("ce que nous ne savons pas", blank=True)
    documentation = models.CharField("documentation", max_length=20, blank=True)
    readings = models.JSONField("autres lectures", default=list, blank=True)
    sources = models.JSONField("sources", default=list, blank=True)
    collections = models.JSONField("collections", default=list, blank=True)

    publication = models.CharField(
        "publication", max_length=10, choices=Publication.choices, default=Publication.DRAFT, db_index=True
    )
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, verbose_name="fusionnée dans")
    corrected_fields = models.JSONField("champs corrigés par une personne", default=list, blank=True)
    source = models.CharField("source", max_length=100)
    external_id = models.CharField("identifiant dans la source", max_length=200, blank=True)
    title_key = models.CharField(max_length=300, db_index=True, editable=False)
    natural_key = models.CharField("clé naturelle", max_length=64)
    fingerprint = models.CharField("empreinte des valeurs reçues", max_length=64, blank=True)
    provenance = models.JSONField("provenance", default=dict, blank=True)
    raw = models.JSONField("valeurs non comprises", default=dict, blank=True)
    batch = models.ForeignKey("ImportBatch", models.SET_NULL, null=True, blank=True, related_name="alliances")
    first_published_on = models.DateField("publiée le", null=True, blank=True)
    revision = models.BigIntegerField(default=0, editable=False)

    organisations = models.ManyToManyField(Organisation, through="Role", related_name="alliances")

    class Meta:
        verbose_name, verbose_name_plural = "alliance", "alliances"
        indexes = (models.Index(fields=["revision", "id"]),)
        constraints = (
            models.CheckConstraint(condition=is_an_address("slug"), name="alliance_slug_is_an_address"),
            models.CheckConstraint(condition=~models.Q(title=""), name="alliance_has_a_title"),
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=~models.Q(external_id=""),
                name="one_alliance_an_external_id",
            ),
            models.UniqueConstraint(
                fields=["source", "natural_key"], condition=models.Q(external_id=""), name="one_alliance_a_natural_key"
            ),
            models.CheckConstraint(
                condition=models.Q(end_year__isnull=True)
                | models.Q(start_year__isnull=True)
                | models.Q(end_year__gte=models.F("start_year")),
                name="alliance_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=models.Q(publication="merged", merged_into__isnull=False)
                | (~models.Q(publication="merged") & models.Q(merged_into__isnull=True)),
                name="alliance_merged_has_a_target",
            ),
        )

    def __str__(self) -> str:
        return self.title


class Role(models.Model):
    """The part an organisation plays in an alliance, under the name the source gives it."""

    alliance = models.ForeignKey(Alliance, models.CASCADE, related_name="roles")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="roles")
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField("nommée ainsi", max_length=300)
    role = models.TextField("rôle", blank=True)
    contributions = models.JSONField("apports", default=list, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = "partenaire", "partenaires"
        ordering = ("position",)
        constraints = (models.UniqueConstraint(fields=["alliance", "position"], name="one_role_a_position"),)

    def __str__(self) -> str:
        return self.name


class AlliancePlace(models.Model):
    """A place of an alliance by level and official code, as of the places vintage."""

    alliance = models.ForeignKey(Alliance, models.CASCADE, related_name="places")
    position = models.PositiveSmallIntegerField(default=0)
    level = models.CharField("niveau", max_length=12)
    code = models.CharField("code", max_length=12)
    name = models.CharField("nom", max_length=200)

    class Meta:
        verbose_name, verbose_name_plural = "lieu", "lieux"
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=["alliance", "level", "code"], name="one_place_once_an_alliance"),
        )
        indexes = (models.Index(fields=["level", "code"]),)

    def __str__(self) -> str:
        return self.name
