"""An intake batch becomes alliances and proposals: nothing lost, nothing doubled, no person's word overwritten."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any  # values and reports are JSON

from django.db import transaction

from alliage.catalogue.actions.organise import Directory, free_slug, taken_slugs
from alliage.catalogue.actions.recognise import Recognition
from alliage.catalogue.actions.store import (
    fingerprint_of,
    natural_key_of,
    places_of,
    replace_rows,
    roles_of,
    set_columns,
)
from alliage.catalogue.journal import Author, next_revision, write_change
from alliage.catalogue.models import Alliance, AlliancePlace, ImportBatch, Proposal, Role, SavedMapping, SheetLine
from alliage.catalogue.models.states import Publication
from alliage.catalogue.records import changed_fields, record_of
from alliage.intake.drafts import Batch, Draft, Issue, Refusal
from alliage.vocabulary.words import key, slug

ROWS_A_TRANSACTION = 2_000  # design §2: at most 5,000, so that other writers get in
ISSUES_KEPT = 10_000


@dataclass
class Report:
    """What became of each row; `read` is the sum of the five outcomes."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    set_aside: int = 0
    refused: int = 0
    lines: int = 0
    unmapped_columns: list[str] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    issues_left_out: int = 0

    @property
    def read(self) -> int:
        return self.created + self.updated + self.unchanged + self.set_aside + self.refused

    def note(self, *issues: Issue) -> None:
        """Adds issues, counting those past the number kept."""
        room = max(0, ISSUES_KEPT - len(self.issues))
        self.issues += issues[:room]
        self.issues_left_out += max(0, len(issues) - room)

    def as_dict(self) -> dict[str, Any]:
        """The report of design §4."""
        return {
            "read": self.read,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "set_aside": self.set_aside,
            "refused": self.refused,
            "lines": self.lines,
            "unmapped_columns": self.unmapped_columns,
            "issues": [i.as_dict() for i in self.issues],
            "issues_left_out": self.issues_left_out,
        }


class _DryRun(Exception):
    """Raised at the end of a dry run to undo its transaction."""


def receive(
    *,
    batch: Batch,
    by: Author,
    at: dt.datetime,
    publish: bool = False,
    dry_run: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Report:
    """Receives every item of a batch; see design §4 for drafts, publication and set-aside.

    Each transaction holds at most ROWS_A_TRANSACTION rows; killed between two of them and run again,
    the rows already received are found unchanged.
    """
    report = Report(unmapped_columns=list(batch.unmapped_columns))
    if publish and batch.drafts_only:
        publish = False
        report.note(batch.drafts_only)
    run = None
    if not dry_run:
        run = ImportBatch.objects.create(
            source=batch.source[:100],
            file=batch.file[:300],
            checksum=batch.checksum,
            started_at=at,
            by_label=by.label,
            publish=publish,
        )
        if batch.mapping:
            SavedMapping.objects.update_or_create(source=batch.source[:100], defaults={"mapping": dict(batch.mapping)})
    seen: dict[str, str] = {}
    while chunk := list(islice(batch.items, ROWS_A_TRANSACTION)):
        try:
            with transaction.atomic():
                _Chunk(batch, run, by, at, publish, report, seen).receive(chunk)
                if dry_run:
                    raise _DryRun
        except _DryRun:
            pass
        if progress:
            progress(len(chunk))
    report.lines = len(batch.lines)
    report.note(*batch.issues)
    if run:
        _keep_lines(batch)
        run.ended_at, run.report = at, {**report.as_dict(), "issues": [i.as_dict() for i in report.issues[:500]]}
        run.save()
    return report


def _keep_lines(batch: Batch) -> None:
    """Keeps each example line of a document, and which alliances it names."""
    with transaction.atomic():
        for line in batch.lines:
            row, _ = SheetLine.objects.update_or_create(
                document=line.document,
                number=line.number,
                defaults={
                    "text": line.text,
                    "key": key(line.text)[:300],
                    "mode": line.mode or "",
                    "trend": line.trend or "",
                    "tag": line.tag,
                    "passage": line.passage,
                },
            )
            named = Alliance.objects.filter(slug__in=line.alliances)
            drawn = Alliance.objects.filter(
                source=batch.source, provenance__document=line.document, provenance__example_line=line.number
            )
            # The same line in another document names the same alliances.
            alike = Alliance.objects.filter(sheet_lines__key=row.key).exclude(sheet_lines=row)
            row.alliances.add(*named, *(drawn or alike.distinct()))


class _Chunk:
    """One transaction's worth of rows."""

    def __init__(
        self,
        batch: Batch,
        run: ImportBatch | None,
        by: Author,
        at: dt.datetime,
        publish: bool,
        report: Report,
        seen: dict[str, str],
    ) -> None:
        self.batch, self.run, self.by, self.at, self.publish = batch, run, by, at, publish
        self.report, self.seen = report, seen
        self.source = batch.source[:100]

    def receive(self, items: list[Draft | Refusal]) -> None:
        drafts = []
        for item in items:
            self.report.note(*item.issues)
            if isinstance(item, Refusal):
                self.report.refused += 1
            else:
                drafts.append(item)
        if not drafts:
            return
        partners = [p for d in drafts for p in d.values.get("partners") or ()]
        self.directory = Directory(partners)
        self.recognition = Recognition(self.source, drafts, self.directory)
        self._revision: int | None = None
        bases = {self._slug_base(d) for d in drafts}
        self.taken = taken_slugs(Alliance, bases)
        self.new: list[tuple[Alliance, Draft]] = []
        for draft in drafts:
            self._receive_one(draft)
        self._create()
        if self._revision is not None:
            self.directory.save_names(self._revision)

    @property
    def revision(self) -> int:
        """The revision of this transaction, taken at its first write: a file that changes nothing takes none."""
        if self._revision is None:
            self._revision = next_revision()
        return self._revision

    def _slug_base(self, draft: Draft) -> str:
        return str(draft.values.get("id") or "") or slug(draft.values["title"])

    def _receive_one(self, draft: Draft) -> None:
        fingerprint = fingerprint_of(draft.values)
        natural = natural_key_of(draft.values)
        identity = draft.external_id or natural
        if identity in self.seen:
            if self.seen[identity] == fingerprint:
                self.report.unchanged += 1
            else:
                self._set_aside(
                    draft,
                    Proposal.Kind.DUPLICATE,
                    fingerprint,
                    natural,
                    None,
                    "La même ligne apparaît deux fois dans le fichier, avec des valeurs différentes.",
                )
            return
        self.seen[identity] = fingerprint
        known = self.recognition.same(draft, natural)
        if known is not None:
            self._receive_again(known, draft, fingerprint, natural)
            return
        if self.recognition.waiting(draft, natural):
            self.report.set_aside += 1
            return
        if self.recognition.line_is_known(draft):
            self.report.unchanged += 1
            return
        if double := self.recognition.probable_double(draft):
            alike, reason = double
            self._set_aside(draft, Proposal.Kind.DUPLICATE, fingerprint, natural, alike, reason)
            return
        alliance = Alliance(
            slug=free_slug(self._slug_base(draft), self.taken),
            source=self.source,
            external_id=draft.external_id[:200],
            natural_key=natural,
            fingerprint=fingerprint,
            provenance=self._provenance(draft),
            raw=dict(draft.raw),
            batch=self.run,
            revision=self.revision,
        )
        set_columns(alliance, draft.values)
        self._show_if(alliance)
        self.new.append((alliance, draft))
        self.report.created += 1

    def _show_if(self, alliance: Alliance) -> None:
        if self.publish:
            alliance.publication = Publication.PUBLISHED
            alliance.first_published_on = alliance.first_published_on or self.at.date()

    def _provenance(self, draft: Draft) -> dict[str, Any]:
        where = draft.provenance
        kept = {"file": where.file, "sheet": where.sheet, "line": where.line, "passage": where.passage}
        if draft.example_line is not None and self.batch.lines:
            kept |= {"document": self.batch.lines[0].document, "example_line": draft.example_line}
        return {name: value for name, value in kept.items() if value not in ("", None)}

    def _create(self) -> None:
        if not self.new:
            return
        Alliance.objects.bulk_create([a for a, _ in self.new])
        roles: list[Role] = []
        places: list[AlliancePlace] = []
        for alliance, draft in self.new:
            roles += roles_of(alliance, draft.values.get("partners") or (), self.directory)
            places += places_of(alliance, draft.values.get("places") or ())
        Role.objects.bulk_create(roles)
        AlliancePlace.objects.bulk_create(places)
        write_change(
            revision=self.revision,
            by=self.by,
            at=self.at,
            verb="receive",
            subject="batch",
            batch=self.run,
            after={"created": len(self.new)},
            source=self.source,
        )

    def _receive_again(self, known: Alliance, draft: Draft, fingerprint: str, natural: str) -> None:
        """A row whose alliance is in the base: unchanged, updated, or set aside for a person."""
        record = record_of(known)
        published = known.publication == Publication.PUBLISHED
        if known.fingerprint == fingerprint and known.source == self.source:
            different: dict[str, Any] = {}
        else:
            different = changed_fields(record, draft.values)
        protected = {name: value for name, value in different.items() if name in known.corrected_fields}
        free = {name: value for name, value in different.items() if name not in protected}
        if published and not self.publish and different:
            self._set_aside(
                draft,
                Proposal.Kind.UPDATE,
                fingerprint,
                natural,
                known,
                "La fiche est publiée : relancez avec --publish, ou décidez champ par champ.",
                different,
            )
            return
        shown = self.publish and known.publication == Publication.DRAFT
        if protected:
            self._set_aside(
                draft,
                Proposal.Kind.CORRECTED,
                fingerprint,
                natural,
                known,
                "Une personne a corrigé ces champs : sa version reste, celle du fichier attend.",
                protected,
                count=not (free or shown),
            )
        if not free and not shown:
            if not protected:
                self.report.unchanged += 1
            return
        set_columns(known, free)
        self._show_if(known)
        known.revision = self.revision
        if known.source == self.source:
            known.fingerprint = fingerprint
            known.natural_key = natural
        known.save()
        replace_rows(known, free, self.directory)
        before = {name: record.get(name) for name in free}
        after = dict(free)
        if shown:
            before["publication"], after["publication"] = Publication.DRAFT, Publication.PUBLISHED
        write_change(
            revision=self.revision,
            by=self.by,
            at=self.at,
            verb="update",
            subject="alliance",
            subject_id=known.slug,
            before=before,
            after=after,
            batch=self.run,
            source=self.source,
        )
        self.report.updated += 1

    def _set_aside(
        self,
        draft: Draft,
        kind: Proposal.Kind,
        fingerprint: str,
        natural: str,
        alliance: Alliance | None,
        reason: str,
        values: dict[str, Any] | None = None,
        count: bool = True,
    ) -> None:
        """Keeps what cannot be decided by a machine, once."""
        if count:
            self.report.set_aside += 1
        Proposal.objects.get_or_create(
            source=self.source,
            external_id=draft.external_id[:200],
            natural_key=natural,
            kind=kind,
            fingerprint=fingerprint,
            defaults={
                "alliance": alliance,
                "values": dict(values if values is not None else draft.values),
                "reason": reason,
                "provenance": self._provenance(draft),
                "raw": dict(draft.raw),
                "batch": self.run,
                "made_at": self.at,
            },
        )
