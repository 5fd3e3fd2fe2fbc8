"""Edit: any fields of records at once, from a form, an inline edit or an API call."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from crm.fields.custom.definitions.field_visibility import filter_used_in_department
from crm.fields.custom.unique.taken_values import build_has_another_condition, get_unique_changes
from crm.fields.custom.values.field_registry import get_field_by_key, is_edited_by
from crm.fields.custom.values.stored_values import (
    annotate_custom_values,
    fits_field_type,
    get_json_value,
    split_custom_values,
    write_custom_values,
)
from crm.fields.types.field_type import EMPTY_VALUES
from crm.models import Operation
from crm.platform.web.transactions import Busy
from crm.records.history.link_locks import get_names_of_gone_links, lock_linked_records
from crm.records.history.verb_execution import Refusal, Verb

# Values with the ids of the records that have them now.
NewValues = tuple[Mapping[str, Any], list[int]]
# What else new values trigger, such as notifications: called once for each operation.
FOLLOWERS: list[Callable[[Sequence[NewValues], Operation], None]] = []


def run_value_followers(written: Sequence[NewValues], record: Operation) -> None:
    for follow in FOLLOWERS:
        follow(written, record)


@dataclass(frozen=True)
class Edit(Verb):
    """`changes` are model field names with cleaned values."""

    kind = "edit"
    keeps_required = True
    title = _lazy("Edit")
    # The fields whose new value is judged by rules of its own, such as the contract of a status. Records that get other values
    # in them aren't edited together (crm/records/history/verbs/edit_each.py).
    ruled: ClassVar[frozenset[str]] = frozenset()

    changes: dict[str, Any] = field(default_factory=dict)

    def get_parameters(self):
        return {"fields": sorted(self.changes)}

    @classmethod
    def get_label(cls, parameters, kind):
        names = [name for name in parameters.get("fields", []) if not name.endswith("_normal")]
        if not names:
            return _("Edit")
        return _("Edit %(fields)s") % {"fields": kind.get_joined_labels(names) if kind else ", ".join(names)}

    def is_beyond(self, by):
        fields = [get_field_by_key(name) for name in self.changes]
        return not all(is_edited_by(field, by) for field in fields if field)

    def lock_settings(self):
        lock_linked_records([self.changes])

    def annotate_for_judgment(self, rows):
        return annotate_custom_values(rows, self.changes)

    def build_unchanged_condition(self):
        same = Q()
        for name, value in self.changes.items():
            custom = get_field_by_key(name)
            if custom and not fits_field_type(custom, get_json_value(value)):
                # The type of the field was changed after the value was read: the request can be sent again.
                raise Busy
            same &= custom.type.build_same_value_condition(custom, value) if custom else Q(**{name: value})
        return same

    def get_refusals(self) -> list[Refusal]:
        """A link to a record that is gone, a value of a field that the record's department doesn't use, and a second record
        with a value of a unique one."""
        gone = [Refusal(f"link_gone:{name}", ~Q(pk=None)) for name in get_names_of_gone_links(self.changes)]
        fields = [get_field_by_key(name) for name, value in self.changes.items() if value not in EMPTY_VALUES]
        limited = [field for field in fields if field and field.definition.departments]
        used = [filter_used_in_department(field, self.changes) for field in limited]
        found = [Refusal("other_department", ~condition) for condition in used if condition]
        return [*gone, *found] + [
            Refusal(f"value_taken:{field.name}", build_has_another_condition(field, value))
            for field, value in get_unique_changes(self.changes)
        ]

    def refuse_conflicting_rows(self, outcome, by):
        if len(outcome.changed) > 1 and (unique := get_unique_changes(self.changes)):
            outcome.refuse(f"value_once:{unique[0][0].name}", outcome.changed)

    def get_values(self):
        return self.changes

    def write(self, rows):
        own, custom = split_custom_values(rows.model.table, self.get_values())
        if own:
            rows.update(**own)
        if custom:
            write_custom_values(rows.model, list(rows.values_list("pk", flat=True)), custom)

    def write_consequences(self, record, changed):
        run_value_followers([(self.changes, changed)], record)
