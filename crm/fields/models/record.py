"""What every record type has: who created it and when, its version, Trash, and the querysets that screens start
from."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Func, Q, Value
from django.db.models.functions import Least, Now
from django.utils.translation import gettext_lazy as _

from crm.fields.scope import Scope
from crm.platform.models.undo_rules import UndoRules

# Not in Trash: also the condition of the list indexes.
PRESENT = Q(deleted_at__isnull=True)


def build_added_condition(first, before) -> Q:
    """Added from one time on and before another; None is open."""
    since = Q(created_at__gte=first) if first else Q()
    return since & Q(created_at__lt=before) if before else since


def build_before_added_condition(*columns: str) -> Q:
    """One of these times, which may be empty, is before the record was added."""
    return Q(created_at__gt=Least(*columns))


class RecordQuerySet(models.QuerySet):
    @property
    def scope(self) -> Any:
        """Decides who sees which records (crm/fields/scope.py)."""
        return self.model.scope  # type: ignore[attr-defined]

    def present(self):
        return self.filter(PRESENT)

    def in_trash(self):
        return self.filter(deleted_at__isnull=False)

    def visible_to(self, user):
        return self.filter(self.scope.build_visible_condition(user))

    def changeable_by(self, user):
        return self.filter(self.scope.build_changeable_condition(user))

    def lock_one(self, pk: int) -> None:
        """Lock this one until the end of the transaction, if it is in the set."""
        list(self.filter(pk=pk).select_for_update(no_key=True, of=("self",)).order_by().values_list("pk"))

    def lock_all(self, ids: Iterable[int]) -> None:
        """Lock these in the order of their IDs until the end of the transaction."""
        rows = self.filter(pk__any=list(ids)).select_for_update(no_key=True, of=("self",)).order_by("pk")
        list(rows.values_list("pk"))

    def added_between(self, first, before):
        """Added from one time on and before another; None is open."""
        return self.filter(build_added_condition(first, before))

    def changed_since(self, at):
        return self.filter(updated_at__gte=at)

    def in_order_of(self, ids: list[int]):
        """In the order of these ids."""
        place = Func(Value(ids), "pk", function="array_position", output_field=models.IntegerField())
        return self.order_by(place)

    # Called by verbs and undo for a tracked table (crm/records/history/verb_execution.py, crm/records/history/undo/field_reversal.py)

    def get_ids_by_missing_reason(self, ids: list[int], user) -> dict[str, list[int]]:
        """Why the user can't change these records: ids by reason; "hidden" are those that they can't see."""
        rows = self.filter(pk__any=ids)
        visible = set(rows.visible_to(user).values_list("pk", flat=True))
        changeable = set(rows.changeable_by(user).values_list("pk", flat=True))
        deleted = dict(rows.values_list("pk", "deleted_at"))
        reasons: dict[str, list[int]] = {}
        for pk in ids:
            if pk not in deleted:
                reason = "gone"
            elif pk not in visible:
                reason = "hidden"
            elif pk not in changeable:
                reason = "not_changeable"
            else:
                reason = "binned" if deleted[pk] else "not_binned"
            reasons.setdefault(reason, []).append(pk)
        return reasons

    def remove_undone_creations(self) -> list[int]:
        """Records that an undone operation created go to Trash. Those that are in use by now aren't among them."""
        ids = list(self.filter(deleted_at=None).values_list("pk", flat=True))
        self.filter(pk__any=ids).update(deleted_at=Now())
        return ids


class Record(models.Model):
    """`table` is the name of the kind in history, verdicts and URLs; `scope` decides who sees and changes which
    records.

    `undo` is what an undo does with its rows. `named_by` are the fields of its name on screens, `unshown` the columns that its
    history doesn't show. `read_only` are the records that only notes and tasks are added to, with the reason
    (crm/records/kinds/reasons.py). `never_before_added` are columns whose time is never before `created_at`,
    `seldom_before_added` those for which an index has the records where one of them is.
    """

    table: ClassVar[str]
    scope: ClassVar[Scope]
    undo: ClassVar[UndoRules]
    unshown: ClassVar[frozenset[str]] = frozenset()
    named_by: ClassVar[tuple[str, ...]] = ("name",)
    read_only: ClassVar[tuple[str, Q] | None] = None
    never_before_added: ClassVar[tuple[str, ...]] = ()
    seldom_before_added: ClassVar[tuple[str, ...]] = ()
    # Annotated by drawn() (crm/records/listing/record_list.py).
    may_change: bool

    created_at = models.DateTimeField(_("date added"), db_default=Now(), editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+", db_index=False
    )
    updated_at = models.DateTimeField(_("last change"), db_default=Now(), editable=False)
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)

    objects = RecordQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def is_read_only(self) -> bool:
        """The same as `read_only` for a loaded record, or whether it is about an erased person."""
        return self.is_erased

    @property
    def is_erased(self) -> bool:
        return getattr(self, "erased_at", None) is not None

    @property
    def subtitle(self) -> str:
        """Distinguishes it from another record of the same name."""
        return ""

    @classmethod
    def name_sql(cls, row: str) -> str:
        """The SQL of its name, for the table row that is called `row`."""
        return f'{row}."{cls.named_by[0]}"'

    @classmethod
    def get_right(cls, action: str) -> str:
        """The permission to "view", "change", "assign" … such records: "leads.view_lead"."""
        return f"{cls._meta.app_label}.{action}_{cls._meta.model_name}"
