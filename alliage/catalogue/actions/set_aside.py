"""What waits for a person about the rows of an import: kept once, brought up to date, never asked again when refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any  # values are JSON

from django.db.models import Q

from alliage.catalogue.models import Alliance, Proposal
from alliage.catalogue.queries import whole


class Aside:
    """The proposals of one source about the rows of one transaction, looked up in one query.

    A row is known by its identity: the source's identifier, else its natural key. `before` and `touched` hold the ids
    of the proposals that this run has already met, in earlier transactions and in this one: a row repeated in a file
    never takes the place of another one.
    """

    def __init__(self, source: str, externals: Iterable[str], naturals: Iterable[str], before: Collection[int]) -> None:
        self.source, self.before = source, before
        self.touched: set[int] = set()
        rows = Proposal.objects.filter(
            Q(external_id__in=set(externals)) | Q(external_id="", natural_key__in=set(naturals)), source=source
        )
        self._held: dict[str, list[Proposal]] = {}
        for proposal in rows.exclude(state=Proposal.State.SUPERSEDED).order_by("id"):
            self._held.setdefault(proposal.external_id or proposal.natural_key, []).append(proposal)

    def _some(self, identity: str, *states: Proposal.State) -> list[Proposal]:
        return [p for p in self._held.get(identity, ()) if p.state in states]

    def standing(self, identity: str, kind: Proposal.Kind, fingerprint: str) -> Proposal | None:
        """The proposal that already says this, whether it waits or was refused."""
        same = (p for p in self._some(identity, Proposal.State.WAITING, Proposal.State.REFUSED) if p.kind == kind)
        return next((p for p in same if p.fingerprint == fingerprint), None)

    def refused(self, identity: str, kind: Proposal.Kind, fingerprint: str) -> bool:
        """Whether a person refused this very proposal."""
        standing = self.standing(identity, kind, fingerprint)
        return standing is not None and standing.state == Proposal.State.REFUSED

    def accepted_double(self, identity: str, fingerprint: str) -> Alliance | None:
        """The alliance that this very row became, when a person accepted it beside another one."""
        for proposal in self._some(identity, Proposal.State.ACCEPTED):
            if proposal.kind == Proposal.Kind.DUPLICATE and proposal.fingerprint == fingerprint:
                return whole(Alliance.objects.filter(proposals=proposal)).select_related("merged_into").first()
        return None

    def keep(self, identity: str, kind: Proposal.Kind, fingerprint: str, told: Mapping[str, Any]) -> Proposal:
        """Keeps a proposal once: one that waits takes the newer values, one that was refused stays refused.

        `told`: the other fields of the Proposal.
        """
        proposal = self.standing(identity, kind, fingerprint)
        if proposal is None:
            proposal = next(self._outdated(identity, [kind]), None) or Proposal(source=self.source, kind=kind)
            if proposal.pk is None:
                self._held.setdefault(identity, []).append(proposal)
            proposal.fingerprint = fingerprint
            for name, value in told.items():
                setattr(proposal, name, value)
            proposal.save()
        self.touched.add(proposal.pk)
        return proposal

    def supersede(self, identity: str, kinds: Collection[Proposal.Kind], at: dt.datetime) -> None:
        """What waited about a row has had its day: a newer version was received, or the base says the same."""
        for proposal in self._outdated(identity, kinds):
            proposal.state, proposal.decided_at = Proposal.State.SUPERSEDED, at
            proposal.save(update_fields=["state", "decided_at"])

    def _outdated(self, identity: str, kinds: Collection[Proposal.Kind]) -> Iterator[Proposal]:
        for proposal in self._some(identity, Proposal.State.WAITING):
            met = proposal.pk in self.before or proposal.pk in self.touched
            if proposal.kind in kinds and not met:
                yield proposal
