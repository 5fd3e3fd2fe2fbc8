"""Delete: move records to Trash, restore them, delete them permanently."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from crm.fields.custom.links.incoming_links import clear_links_to
from crm.fields.custom.unique.taken_values import (
    build_value_taken_condition,
    get_trashed_ids_with_repeated_values,
)
from crm.fields.types.record_links import get_links_to
from crm.platform.record_types import RECORD_TYPES
from crm.records.history.verb_execution import Refusal, Verb
from crm.records.models.merged_record import MergedRecord

# What else goes with records that are deleted permanently, from floors and apps above: called with their table and IDs.
ALSO_PURGED: list[Callable[[str, list[int]], None]] = []


@dataclass(frozen=True)
class Delete(Verb):
    kind = "bin"
    on_read_only = on_erased = True
    title = _lazy("Delete")
    icon = "bin"
    action = "delete"

    @classmethod
    def get_label(cls, parameters, kind):
        return _("Delete")

    def get_values(self):
        return {"deleted_at": Now()}


@dataclass(frozen=True)
class Restore(Verb):
    kind = "restore"
    on_read_only = on_erased = True
    title = _lazy("Restore")
    icon = "undo"
    action = "delete"
    # Two deleted records with the same unique value don't both come back.
    judges_together = 200_000

    @classmethod
    def get_label(cls, parameters, kind):
        return _("Restore")

    def annotate_for_judgment(self, rows):
        merged = MergedRecord.objects.filter(table=rows.model.table, record=OuterRef("pk"))
        return rows.annotate(value_taken=build_value_taken_condition(rows.model.table), merged=Exists(merged))

    def get_refusals(self):
        return [Refusal("merged", Q(merged=True)), Refusal("value_taken", Q(value_taken=True))]

    def refuse_conflicting_rows(self, outcome, by):
        outcome.refuse("value_taken", get_trashed_ids_with_repeated_values(outcome.table, outcome.changed))

    def get_values(self):
        return {"deleted_at": None}


@dataclass(frozen=True)
class Purge(Verb):
    """Remove deleted records with everything that belongs to them. The history keeps the whole row until the undo
    expires."""

    kind = "purge"
    on_read_only = on_erased = True
    title = _lazy("Delete permanently")
    icon = "bin"
    action = "purge"

    @classmethod
    def get_label(cls, parameters, kind):
        return _("Delete permanently")

    def get_values(self):
        return {}

    def write(self, rows):
        ids = list(rows.values_list("pk", flat=True))
        for model, name in get_links_to(rows.model, [found.model for found in RECORD_TYPES.values()]):
            linked = Q(**{f"{name}__in": ids})
            # Of two deleted records that are linked, an undo links them when both are there again.
            own = Q(pk__in=ids, **{f"{name}__isnull": False}) if model is rows.model else Q(pk__in=[])
            model._default_manager.filter(linked | own).update(**{name: None})
        clear_links_to(rows.model.table, ids)
        # The records first, so that they keep the next action that follows from their tasks.
        rows.delete()
        for clear in ALSO_PURGED:
            clear(rows.model.table, ids)
