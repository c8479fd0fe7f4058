"""The catalogue as Django knows it."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """One app, one label: tables are named catalogue_*."""

    name = "alliage.catalogue"
    label = "catalogue"
    verbose_name = "Catalogue"
    default_auto_field = "django.db.models.BigAutoField"
