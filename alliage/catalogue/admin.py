"""The first editor, in Django's admin: every save goes through an action, so that it is journalled."""

from __future__ import annotations

from typing import Any  # form data

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from alliage.catalogue.actions import correct
from alliage.catalogue.actions.decide import NotPossible, accept_proposal, refuse_proposal
from alliage.catalogue.actions.suggest_tool import decide_suggestion
from alliage.catalogue.admin_forms import AllianceForm, ListsForm
from alliage.catalogue.journal import Author
from alliage.catalogue.models import (
    Alliance,
    Change,
    ImportBatch,
    Organisation,
    OrganisationName,
    Proposal,
    Role,
    SavedMapping,
    SheetLine,
    ToolSuggestion,
)
from alliage.catalogue.models.states import Publication

admin.site.site_header = admin.site.site_title = "Alliage, l’éditeur"
admin.site.index_title = "La base"


def author(request: HttpRequest) -> Author:
    """Who acts in this request."""
    return Author(request.user.get_username(), request.user)  # type: ignore[arg-type]


class _ReadOnlyRows(admin.TabularInline):  # type: ignore[type-arg]
    """Rows shown beside a record."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class RoleRows(_ReadOnlyRows):
    model = Role
    fields = ("name", "organisation", "role", "contributions")


@admin.register(Alliance)
class AllianceAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Correct, publish, withdraw an alliance."""

    form = AllianceForm
    list_display = ("title", "mode", "trend", "publication", "source")
    list_filter = ("publication", "mode", "trend", "source", "documentation")
    search_fields = ("title", "slug", "need")
    fields = (
        "slug",
        "publication",
        "title",
        "summary",
        "need",
        "action",
        "keywords",
        "mode",
        "trend",
        "domains",
        "fragilities",
        "sdgs",
        "partners",
        "places",
        "scale",
        "place_note",
        "start_year",
        "end_year",
        "status",
        "status_year",
        "confirmed_on",
        "results",
        "resources",
        "lessons",
        "lessons_basis",
        "doubts",
        "documentation",
        "sources",
        "collections",
        "corrected_fields",
        "source",
        "external_id",
        "provenance",
        "raw",
    )
    readonly_fields = ("slug", "publication", "corrected_fields", "source", "external_id", "provenance", "raw")
    inlines = (RoleRows,)
    actions = ("publish", "withdraw")

    def save_model(self, request: HttpRequest, obj: Alliance, form: Any, change: bool) -> None:
        values = {name: form.cleaned_data[name] for name in form.changed_data}
        if values.get("confirmed_on"):
            values["confirmed_on"] = values["confirmed_on"].isoformat()
        if change:
            correct.correct_alliance(slug=obj.slug, values=values, by=author(request), at=timezone.now())
        else:
            created = correct.create_alliance(values=values, by=author(request), at=timezone.now())
            obj.pk, obj.slug = created.pk, created.slug

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def _set(self, request: HttpRequest, rows: QuerySet[Alliance], publication: Publication, done: str) -> None:
        number = sum(
            correct.set_publication(slug=a.slug, publication=publication, by=author(request), at=timezone.now())
            for a in rows
        )
        messages.success(request, f"{number} fiche(s) {done}.")

    @admin.action(description="Publier")
    def publish(self, request: HttpRequest, rows: QuerySet[Alliance]) -> None:
        self._set(request, rows, Publication.PUBLISHED, "publiée(s)")

    @admin.action(description="Retirer du site")
    def withdraw(self, request: HttpRequest, rows: QuerySet[Alliance]) -> None:
        self._set(request, rows, Publication.WITHDRAWN, "retirée(s)")


class NameRows(_ReadOnlyRows):
    model = OrganisationName
    fields = ("name",)


@admin.register(Organisation)
class OrganisationAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Correct an organisation."""

    form = ListsForm
    list_display = ("name", "kind", "size", "siren")
    list_filter = ("kind", "size", "is_group")
    search_fields = ("name", "names__name", "siren", "rna")
    fields = ("slug", "name", "kind", "size", "siren", "siret", "rna", "is_group", "corrected_fields")
    readonly_fields = ("slug", "corrected_fields")
    inlines = (NameRows,)

    def save_model(self, request: HttpRequest, obj: Organisation, form: Any, change: bool) -> None:
        values = {name: form.cleaned_data[name] for name in form.changed_data}
        correct.correct_organisation(slug=obj.slug, values=values, by=author(request), at=timezone.now())

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class _Kept(admin.ModelAdmin):  # type: ignore[type-arg]
    """What is read and never edited by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Proposal)
class ProposalAdmin(_Kept):
    """What waits for a person: accept or refuse."""

    list_display = ("__str__", "kind", "state", "alliance", "source", "made_at")
    list_filter = ("state", "kind", "source")
    actions = ("accept", "refuse")

    @admin.action(description="Accepter", permissions=["view"])
    def accept(self, request: HttpRequest, rows: QuerySet[Proposal]) -> None:
        number = 0
        for proposal in rows:
            try:
                number += accept_proposal(proposal_id=proposal.pk, by=author(request), at=timezone.now())
            except NotPossible as error:
                messages.error(request, f"{proposal}. {error}")
        messages.success(request, f"{number} proposition(s) acceptée(s).")

    @admin.action(description="Refuser", permissions=["view"])
    def refuse(self, request: HttpRequest, rows: QuerySet[Proposal]) -> None:
        number = sum(refuse_proposal(proposal_id=p.pk, by=author(request), at=timezone.now()) for p in rows)
        messages.success(request, f"{number} proposition(s) refusée(s).")


@admin.register(Change)
class ChangeAdmin(_Kept):
    list_display = ("revision", "at", "by_label", "verb", "subject", "subject_id", "source")
    list_filter = ("verb", "subject")
    search_fields = ("subject_id",)


@admin.register(ImportBatch)
class ImportBatchAdmin(_Kept):
    list_display = ("file", "source", "started_at", "by_label", "publish")


@admin.register(SavedMapping)
class SavedMappingAdmin(_Kept):
    """The columns kept for a source: without them, its next file is guessed anew."""

    list_display = ("source",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return admin.ModelAdmin.has_delete_permission(self, request, obj)


@admin.register(SheetLine)
class SheetLineAdmin(_Kept):
    list_display = ("document", "number", "text", "mode", "trend")
    list_filter = ("document",)


@admin.register(ToolSuggestion)
class ToolSuggestionAdmin(_Kept):
    """Tools that visitors suggest: an editor who keeps one writes its card in content/tools.yaml, with its source."""

    list_display = ("name", "url", "stage", "state", "made_at")
    list_filter = ("state", "stage")
    search_fields = ("name", "url", "purpose")
    exclude = ("fingerprint",)
    actions = ("keep", "refuse")

    def _decide(self, request: HttpRequest, rows: QuerySet[ToolSuggestion], keep: bool, done: str) -> None:
        by, at = author(request), timezone.now()
        number = sum(decide_suggestion(suggestion_id=row.pk, keep=keep, by=by, at=at) for row in rows)
        messages.success(request, f"{number} suggestion(s) {done}.")

    @admin.action(description="Retenir", permissions=["view"])
    def keep(self, request: HttpRequest, rows: QuerySet[ToolSuggestion]) -> None:
        self._decide(request, rows, True, "retenue(s)")

    @admin.action(description="Écarter", permissions=["view"])
    def refuse(self, request: HttpRequest, rows: QuerySet[ToolSuggestion]) -> None:
        self._decide(request, rows, False, "écartée(s)")
