"""Add: any number of new records in one operation."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from crm.fields.custom.values.stored_values import split_custom_values_of_rows, write_values_of_new_records
from crm.models import Operation
from crm.platform.web.transactions import Busy
from crm.records.history.link_locks import has_gone_links, lock_linked_records
from crm.records.history.operation_results import Outcome, write_verdicts
from crm.records.history.verb_execution import Verb, check_right, operation
from crm.records.history.verbs.edit import run_value_followers


@dataclass(frozen=True)
class Add(Verb):
    """`rows` are cleaned model values, one dictionary per record; `model` is their model. `way` is how the records come in,
    such as "api", if no one chose their owner; `owned` are the places of the rows whose owner was chosen even so."""

    kind = "add"
    title = _lazy("Add")
    icon = "plus"
    action = "add"

    model: Any = None
    rows: Sequence[dict[str, Any]] = field(default_factory=list)
    way: str = ""
    owned: Collection[int] = ()

    @classmethod
    def get_label(cls, parameters, kind):
        return kind.words.added if kind else _("Add")

    def lock_settings(self):
        lock_linked_records(self.rows)

    def write_consequences(self, record, changed):
        run_value_followers([(values, [pk]) for pk, values in zip(changed, self.rows, strict=True)], record)

    def write_records(self, by) -> list[Any]:
        """The new records, written; their custom values beside them."""
        parts = split_custom_values_of_rows(self.model.table, self.rows)
        made = self.model.objects.bulk_create(self.model(created_by=by, **own) for own, _custom in parts)
        write_values_of_new_records(
            self.model, [(row.pk, custom) for row, (_own, custom) in zip(made, parts, strict=True)]
        )
        return made


def add_records(verb: Add, *, by, channel: str = Operation.Channel.WEB) -> list[Any]:
    """Create the records in one operation, and return them.

    The caller has checked the rules of the kind, such as the contract of a lead's status (leads/statuses/status_contract.py). Raises
    PermissionDenied without the permission to add, Busy if the rules have changed since they were checked or if a linked
    record has been deleted permanently.
    """
    return add_records_in_operation(verb, by=by, channel=channel)[0]


def add_records_in_operation(verb: Add, *, by: Any, channel: str) -> tuple[list[Any], Operation]:
    """The same, with the operation."""
    check_right(verb, verb.model, by)
    number = len(verb.rows)
    with operation(
        verb.kind, table=verb.model.table, by=by, channel=channel, matched=number, changed=number
    ) as record:
        verb.lock_settings()
        if has_gone_links(verb.rows):
            raise Busy
        made = verb.write_records(by)
        ids = [row.pk for row in made]
        write_verdicts(record, Outcome(verb.model.table, changed=ids))
        verb.write_consequences(record, ids)
    return made, record
