"""Who sees and changes which records of a kind: the interface. accounts/scope.py has the rule."""

from typing import Any, Protocol

from django.db.models import Q

from crm.fields.sort_segments import Slice


class Scope(Protocol):
    def build_visible_condition(self, user) -> Q:
        """The records that a user may see, for counts, exports and verbs."""

    def build_changeable_condition(self, user) -> Q:
        """The records that a user may change."""

    def build_slices(self, user, prefixes: tuple[str, ...]) -> list[Slice]:
        """The records outside Trash that a user may see, as crm/records/paging/keyset_pages.py reads them from indexes that start
        with these columns."""

    def may_change(self, record: Any, user) -> bool:
        """Whether the record is in the user's scope for changes, regardless of permissions."""

    def describe_visibility(self, record: Any, user, kind: Any) -> dict[str, str]:
        """Why a user sees a record, what they may do with it, and who else sees it, in words."""
