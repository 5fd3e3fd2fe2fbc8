"""Who sees and changes which activities: users who see the record see them, and authors change their own.

For the activities of other users, `crm.change_activity` is required too. It covers deleting them. A private activity exists only
for the user that it is private to.
"""

from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery, Value
from django.db.models.lookups import GreaterThan

from crm.fields.sort_segments import Slice
from crm.platform.record_types import RECORD_TYPES

OTHERS = "crm.change_activity"


class ActivityScope:
    """Follows the scope of each record type (crm/fields/scope.py)."""

    def build_visible_condition(self, user) -> Q:
        return self.build_not_private_condition(user) & self._build_records_condition(
            user, "view", "visible_to"
        )

    def build_listed_condition(self, user) -> Q:
        """Those in lists: without the ones of records in Trash."""
        return self.build_not_private_condition(user) & self._build_records_condition(
            user, "view", "visible_to", present=True
        )

    def build_changeable_condition(self, user) -> Q:
        theirs = Q() if user.has_perm(OTHERS) else Q(created_by=user.pk) | Q(private_to=user.pk)
        return (
            theirs
            & self.build_not_private_condition(user)
            & self._build_records_condition(user, "change", "changeable_by")
        )

    def build_restored_condition(self, user) -> Q:
        """Those that come back with a record that the user deleted permanently: also what is private to others."""
        of_records = self._build_records_condition(user, "change", "changeable_by")
        return self.build_changeable_condition(user) | (Q(private_to__isnull=False) & of_records)

    def build_not_private_condition(self, user) -> Q:
        """All except what is private to another user. Whoever views pages as this user sees nothing private."""
        return Q(private_to=None) | Q(private_to=user.pk) if user.sees_private else Q(private_to=None)

    def build_present_record_condition(self) -> Q:
        """Those of records that aren't in Trash, whoever may see them."""
        found = Q(pk__in=[])
        for kind in RECORD_TYPES.values():
            present = kind.model._default_manager.all().present()
            found |= Q(Exists(present.filter(pk=OuterRef("record"))), of=kind.name)
        return found

    def _build_records_condition(self, user, right: str, scope: str, *, present: bool = False) -> Q:
        found = Q(pk__in=[])
        for kind in RECORD_TYPES.values():
            if user.has_perms([kind.get_right("view"), kind.get_right(right)]):
                rows = getattr(kind.model.objects, scope)(user)
                rows = rows.present() if present else rows
                # Looked up one by one: an EXISTS may become a list of a million visible records for one page.
                seen = Subquery(rows.filter(pk=OuterRef("record")).values("pk")[:1])
                found |= Q(GreaterThan(seen, Value(0)), of=kind.name)
        return found

    def may_change(self, record: Any, user) -> bool:
        return type(record).objects.changeable_by(user).filter(pk=record.pk).exists()

    def build_slices(self, user, prefixes: tuple[str, ...]) -> list[Slice]:
        """No list walks activities alone: they are read by their record."""
        return [Slice(self.build_visible_condition(user))]

    def describe_visibility(self, record: Any, user, kind: Any) -> dict[str, str]:
        return {}
