"""A record with an owner: a user, a department, and whether everyone sees it."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.scope import OwnedScope
from crm.fields.custom.unique.unique_triggers import RESTORED_TWICE
from crm.fields.models.record import PRESENT, Record, RecordQuerySet
from crm.fields.types.field_type import build_sort_index
from crm.platform.models.undo_rules import Guard, UndoRules


class OwnedQuerySet(RecordQuerySet):
    def takeable_by(self, user):
        """Unassigned records of the user's departments, which a sales rep may take."""
        return self.filter(self.scope.build_takeable_condition(user))

    def own_of(self, user):
        """The user's own records, which they see and may change. Asked for as `changeable_by(user).owned_by(user)`, the planner
        would read all ways to see a record besides, and take ten times as long for a user with many."""
        return self.filter(self.scope.build_own_condition(user))

    def open(self):
        """The records that still need work; kinds with closed records exclude those."""
        return self

    def owned_by(self, user):
        return self.filter(owner=user)

    def in_department(self, department):
        return self.filter(department=department)


class OwnedRecord(Record):
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("owner"),
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    department = models.ForeignKey(
        "accounts.Department", models.PROTECT, verbose_name=_("department"), db_index=False
    )
    shared = models.BooleanField(
        _("shared with everyone"),
        default=False,
        db_default=False,
        help_text=_("Everyone can view this record. Who can change it stays the same."),
    )

    scope: ClassVar = OwnedScope()
    # An undo never gives a record back to a user who has left, or makes it the second one with a unique value
    # (crm/records/history/undo/field_reversal.py).
    undo = UndoRules(
        guards={
            "owner_id": Guard(
                "owner_left",
                "EXISTS (SELECT FROM accounts_user g WHERE g.id = {old} AND NOT g.is_active)",
            ),
            "deleted_at": RESTORED_TWICE,
        },
        together={"department_id": "owner_id"},
    )

    objects = OwnedQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        abstract = True


def build_owned_indexes(table: str, with_shared: Sequence[str] = ()) -> list[models.Index]:
    """The indexes for the list of every kind of owned record; indexes for its sorts are derived from the field types.

    A sort collects what is shared with everyone. The index has the most frequent columns `with_shared` records, so that
    these aren't read one by one. Together they must stay below 2,700 bytes, the most that an entry can have.
    """
    return [
        build_sort_index(f"{table}_created", "created_at"),  # the default order of the list
        build_sort_index(f"{table}_number"),
        # IS NULL on the leading column of an index doesn't preserve its order, so <table>_owner can't be used for
        # these.
        build_sort_index(f"{table}_unassigned", "created_at", filled=models.Q(owner__isnull=True)),
        models.Index(
            fields=["created_at", "id"],
            name=f"{table}_shared",
            include=["deleted_at", "department", "owner", *with_shared],
            condition=models.Q(shared=True) & PRESENT,
        ),
        models.Index(
            fields=["deleted_at", "id"],
            name=f"{table}_deleted",
            condition=models.Q(deleted_at__isnull=False),
        ),
        GinIndex(fields=["tags"], name=f"{table}_tags", condition=~models.Q(tags=[])),  # tag filter, search
    ]


def record_permissions(one: str, many: str) -> list[tuple[str, Any]]:
    """The permissions of a kind of owned records in addition to Django's four, for its Meta; with the kind's wording."""
    return [
        (f"take_{one}", f"take an unassigned {one}"),
        (f"assign_{one}", f"assign {many}"),
        (f"bulk_{one}", f"change many {many} at once"),
        (f"export_{one}", f"export {many}"),
        (f"import_{one}", f"import {many}"),
        (f"purge_{one}", f"delete {many} permanently"),
    ]
