"""Who sees and changes which records of a kind: what the machine asks of it. accounts/scope.py has the rule."""

from typing import Any, Protocol

from django.db.models import Q

from crm.records.segments import Slice


class Scope(Protocol):
    def seen(self, user) -> Q:
        """The records that a user may see, for counts, exports and verbs."""

    def changed(self, user) -> Q:
        """The records that a user may change."""

    def slices(self, user, prefixes: tuple[str, ...]) -> list[Slice]:
        """The present ones that a user may see, as crm/records/pages.py reads them from indexes that these columns lead
        and that leave out Trash."""

    def may_change(self, record: Any, user) -> bool:
        """Whether a record is among those that the user may change, whatever the right to do so."""

    def why(self, record: Any, user, kind: Any) -> dict[str, str]:
        """Why a user sees a record, what they may do with it, and who else sees it, in words."""
