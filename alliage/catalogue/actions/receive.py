"""An intake batch becomes alliances and proposals: nothing lost, nothing doubled, no person's word overwritten."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from itertools import islice
from typing import Any  # values and reports are JSON

from django.db import DataError, IntegrityError, transaction

from alliage.catalogue.actions.keep_lines import keep_lines
from alliage.catalogue.actions.organise import Directory, free_slug, taken_slugs
from alliage.catalogue.actions.recognise import Met, Recognition
from alliage.catalogue.actions.reports import Report, already_refused, issue_at, refused_by_the_base
from alliage.catalogue.actions.set_aside import Aside
from alliage.catalogue.actions.store import (
    fingerprint_of,
    insert_together,
    natural_key_of,
    provenance_of,
    replace_rows,
    set_columns,
    settled,
)
from alliage.catalogue.journal import Author, hold_writers, next_revision, write_change
from alliage.catalogue.many_rows import long_writing
from alliage.catalogue.models import Alliance, ImportBatch, Proposal, SavedMapping
from alliage.catalogue.models.states import Publication
from alliage.catalogue.records import changed_fields, record_of
from alliage.intake import cleaning
from alliage.intake.columns_in_vain import ColumnsInVain
from alliage.intake.drafts import Batch, Draft, Refusal
from alliage.vocabulary.words import slug

ROWS_A_TRANSACTION = 2_000  # design §2: at most 5,000, so that other writers get in
# What one row can do to a transaction. Other errors (a lock, a full disk, a lost connection) are not the row's.
REFUSED_BY_THE_BASE = (IntegrityError, DataError, ValueError, OverflowError)
log = logging.getLogger(__name__)


@dataclass
class _Run:
    """What the transactions of one batch share: how it is received, and what it has already met."""

    batch: Batch
    row: ImportBatch | None
    by: Author
    at: dt.datetime
    publish: bool
    met: Met = field(default_factory=Met)
    touched: set[int] = field(default_factory=set)  # proposals

    def take_in(self, chunk: _Chunk) -> Report:
        """What a transaction that succeeded adds for the next ones."""
        self.met.learn(chunk.met)
        self.touched |= chunk.touched
        if revision := chunk.revision_taken:
            self.met.linked.learn(chunk.roles, revision)
            if self.row:
                self.row.first_revision, self.row.revision = self.row.first_revision or revision, revision
        return chunk.report


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
    in_vain = ColumnsInVain(batch.mapping)
    row = None
    if not dry_run:
        row = ImportBatch.objects.create(
            source=batch.source[:100],
            file=batch.file[:300],
            checksum=batch.checksum,
            started_at=at,
            by_label=by.label,
            publish=publish,
        )
        if batch.mapping:
            SavedMapping.objects.update_or_create(source=batch.source[:100], defaults={"mapping": dict(batch.mapping)})
    run = _Run(batch, row, by, at, publish)
    with long_writing():
        while items := list(islice(batch.items, ROWS_A_TRANSACTION)):
            in_vain.look_at(items)
            try:
                report.add(_receive_together(run, items, dry_run))
            except REFUSED_BY_THE_BASE:
                report.add(_receive_one_by_one(run, items, dry_run))
            if progress:
                progress(len(items))
    report.lines = len(batch.lines)
    report.unmapped_columns += in_vain.columns()
    report.tell_emptied(batch.file)
    report.note(*batch.issues)
    if row:
        keep_lines(batch=batch, run=row, by=by, at=at)
        row.ended_at, row.report = at, {**report.as_dict(), "issues": [i.as_dict() for i in report.issues[:500]]}
        row.save()
    return report


def _receive_together(run: _Run, items: list[Draft | Refusal], dry_run: bool) -> Report:
    """The rows of one transaction, all or none of them."""
    chunk = _Chunk(run)
    try:
        with transaction.atomic():
            hold_writers()
            chunk.receive(items)
            if dry_run:
                raise _DryRun
    except _DryRun:
        run.met.linked.forget()
    return run.take_in(chunk)


def _receive_one_by_one(run: _Run, items: list[Draft | Refusal], dry_run: bool) -> Report:
    """The rows of a transaction that failed, each under its own savepoint: what the base refuses is refused alone."""
    report = Report()
    new: set[int] = set()
    try:
        with transaction.atomic():
            hold_writers()
            for item in items:
                chunk = _Chunk(run, beside=new)
                try:
                    with transaction.atomic():
                        chunk.receive([item])
                except REFUSED_BY_THE_BASE as error:
                    report.refused += 1
                    report.note(*item.issues, refused_by_the_base(item))
                    log.warning("ligne %s refusée par la base : %s", item.provenance.line, error)
                else:
                    report.add(run.take_in(chunk))
                    new |= {alliance.pk for alliance, _ in chunk.new}
            if dry_run:
                raise _DryRun
    except _DryRun:
        run.met.linked.forget()
    return report


class _Chunk:
    """One transaction's worth of rows. `beside`: alliances that are not to be taken for doubles of these rows."""

    def __init__(self, run: _Run, beside: Collection[int] = ()) -> None:
        self.shared, self.beside = run, beside
        self.batch, self.run, self.by, self.at, self.publish = run.batch, run.row, run.by, run.at, run.publish
        self.report, self.met = Report(), dict[str, str]()
        self.new: list[tuple[Alliance, Draft]] = []
        self.roles: list[tuple[int, int, str]] = []  # of the new ones: organisation, alliance, key of its title
        self.retold: list[Alliance] = []
        self.touched: set[int] = set()
        self.revision_taken: int | None = None
        self.source = self.batch.source[:100]

    def receive(self, items: list[Draft | Refusal]) -> None:
        drafts = []
        for item in items:
            self.report.note(*item.issues)
            if isinstance(item, Refusal):
                self.report.refused += 1
            else:
                drafts.append(settled(item))
        if not drafts:
            return
        partners = [p for d in drafts for p in d.values.get("partners") or ()]
        self.directory = Directory(partners)
        self.recognition = Recognition(self.source, drafts, self.directory, self.shared.met, self.beside)
        self.aside = Aside(
            self.source,
            (d.external_id for d in drafts if d.external_id),
            (natural_key_of(d.values) for d in drafts if not d.external_id),
            self.shared.touched,
        )
        self.taken = taken_slugs(Alliance, (self._slug_base(d) for d in drafts))
        for draft in drafts:
            self._receive_one(draft)
        self._create()
        Alliance.objects.bulk_update(self.retold, ["raw", "provenance"])
        self.touched = self.aside.touched
        if self.revision_taken is not None:
            self.directory.save_names(self.revision_taken)

    @property
    def revision(self) -> int:
        """The revision of this transaction, taken at its first write: a file that changes nothing takes none."""
        if self.revision_taken is None:
            self.revision_taken = next_revision()
        return self.revision_taken

    def _slug_base(self, draft: Draft) -> str:
        return str(draft.values.get("id") or "") or slug(draft.values["title"])

    def _receive_one(self, draft: Draft) -> None:
        fingerprint = fingerprint_of(draft.values)
        natural = natural_key_of(draft.values)
        identity = draft.external_id or natural
        known = self.recognition.same(draft, natural)
        accepted = self.aside.accepted_double(identity, fingerprint)
        if accepted is not None and (known is None or accepted.pk != known.pk):
            self._receive_again(accepted, draft, fingerprint, natural)
            return
        repeated = self.met[identity] == fingerprint if identity in self.met else None
        if repeated is None:
            repeated = self.shared.met.again(identity, fingerprint)
        if repeated is not None:
            if repeated:
                self.report.unchanged += 1
            else:
                reason = "La même ligne apparaît deux fois dans le fichier, avec des valeurs différentes."
                self._set_aside(draft, Proposal.Kind.DUPLICATE, fingerprint, natural, known, reason)
            return
        self.met[identity] = fingerprint
        if known is not None:
            self._receive_again(known, draft, fingerprint, natural)
            return
        if standing := self.aside.standing(identity, Proposal.Kind.DUPLICATE, fingerprint):
            self._set_aside(draft, Proposal.Kind.DUPLICATE, fingerprint, natural, standing.alliance, standing.reason)
            return
        if self.recognition.line_is_known(draft):
            self.report.unchanged += 1
            return
        if double := self.recognition.probable_double(draft):
            alike, reason = double
            self._set_aside(draft, Proposal.Kind.DUPLICATE, fingerprint, natural, alike, reason)
            return
        self.aside.supersede(identity, [Proposal.Kind.DUPLICATE], self.at)
        alliance = Alliance(
            slug=free_slug(self._slug_base(draft), self.taken),
            source=self.source,
            external_id=draft.external_id,
            natural_key=natural,
            fingerprint=fingerprint,
            provenance=provenance_of(draft, self.batch),
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

    def _create(self) -> None:
        if not self.new:
            return
        self.roles = insert_together(self.new, self.directory, self.revision)
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
        identity = draft.external_id or natural
        if known.publication == Publication.MERGED:
            self._receive_merged(known, draft, fingerprint, natural)
            return
        record = record_of(known)
        published = known.publication == Publication.PUBLISHED
        if known.fingerprint == fingerprint and known.source == self.source:
            different: dict[str, Any] = {}
        else:
            different = changed_fields(record, draft.values)
            self.report.count_emptied(draft, record, known.corrected_fields)
        protected = {name: value for name, value in different.items() if name in known.corrected_fields}
        free = {name: value for name, value in different.items() if name not in protected}
        refused = published and self.aside.refused(identity, Proposal.Kind.UPDATE, fingerprint)
        impossible = cleaning.out_of_order({**record, **free})
        if different and (impossible or refused or (published and not self.publish)):
            reason = "La fiche est publiée : relancez avec --publish, ou décidez champ par champ."
            if impossible:
                reason = impossible.cause
                self.report.note(issue_at(draft.provenance, impossible))
            self._set_aside(draft, Proposal.Kind.UPDATE, fingerprint, natural, known, reason, different)
            return
        shown = self.publish and known.publication == Publication.DRAFT
        outdated = [Proposal.Kind.UPDATE]
        if protected:
            reason = "Une personne a corrigé ces champs : sa version reste, celle du fichier attend."
            kind, count = Proposal.Kind.CORRECTED, not (free or shown)
            self._set_aside(draft, kind, fingerprint, natural, known, reason, protected, count=count)
        else:
            outdated.append(Proposal.Kind.CORRECTED)
        self.aside.supersede(identity, outdated, self.at)
        if not free and not shown:
            if not protected:
                self.report.unchanged += 1
            if self._keep_raw(known, draft):
                self.retold.append(known)
            return
        set_columns(known, free)
        self._keep_raw(known, draft)
        self._show_if(known)
        known.revision = self.revision
        if known.source == self.source:
            known.fingerprint = fingerprint
            if known.external_id:
                known.natural_key = natural
        self.shared.met.linked.forget()
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

    def _keep_raw(self, known: Alliance, draft: Draft) -> bool:
        """Keeps what was not understood this time; another source only adds to it. Returns whether it is new."""
        own = known.source == self.source
        raw = dict(draft.raw) if own else {**known.raw, **draft.raw}
        if raw == known.raw:
            return False
        known.raw = raw
        known.provenance = provenance_of(draft, self.batch) if own else known.provenance
        return True

    def _receive_merged(self, known: Alliance, draft: Draft, fingerprint: str, natural: str) -> None:
        """A row whose record was merged into another: nothing new when it tells what the record held, else to decide."""
        same = known.fingerprint == fingerprint and known.source == self.source
        if same or not changed_fields(record_of(known), draft.values):
            self.report.unchanged += 1
            return
        kept = known.merged_into
        reason = f"Cette fiche a été fusionnée dans « {kept} »."
        self._set_aside(draft, Proposal.Kind.DUPLICATE, fingerprint, natural, kept, reason)

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
        """Keeps what cannot be decided by a machine, once; what a person refused is told, not asked again."""
        if count:
            self.report.set_aside += 1
        told = {
            "alliance": alliance,
            "values": dict(values if values is not None else draft.values),
            "reason": reason,
            "external_id": draft.external_id,
            "natural_key": natural,
            "provenance": provenance_of(draft, self.batch),
            "raw": dict(draft.raw),
            "batch": self.run,
            "made_at": self.at,
        }
        proposal = self.aside.keep(draft.external_id or natural, kind, fingerprint, told)
        if proposal.state == Proposal.State.REFUSED:
            self.report.note(already_refused(draft, proposal.decided_at))
