"""Columns that were understood, but whose every value stayed raw: told with those that were not understood."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from alliage.intake.columns import field_of
from alliage.intake.drafts import Draft, Refusal


class ColumnsInVain:
    """Looks at the drafts of a file as they pass. `mapping`: column → path, as the batch tells it."""

    def __init__(self, mapping: Mapping[str, str]) -> None:
        self._unseen = {column: path for column, path in mapping.items() if path}
        self._raw: dict[str, None] = {}

    def look_at(self, items: Iterable[Draft | Refusal]) -> None:
        """Notes which of the columns gave a value to a field, and which left theirs as they were."""
        for item in items:
            if not isinstance(item, Draft) or not self._unseen:
                continue
            self._raw |= dict.fromkeys(c for c in item.raw if c in self._unseen)
            for column in [c for c, path in self._unseen.items() if _gives(item, path)]:
                del self._unseen[column]

    def columns(self) -> list[str]:
        """The columns of which nothing was taken, in the order met."""
        return [column for column in self._raw if column in self._unseen]


def _gives(draft: Draft, path: str) -> bool:
    name, _, attribute = path.rpartition(".") if path.startswith("partners.") else (field_of(path), "", "")
    if attribute:
        return any(partner.get(attribute) for partner in draft.values.get("partners") or ())
    if name == "id":
        return bool(draft.external_id)
    return bool(draft.values.get(name)) or (name == "places" and bool(draft.values.get("scale")))
