"""What is done with records between two kinds: adding one to records; editing and removing any number of them.

An area's own verbs name the model in `between`.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.db.models import Q
from django.db.models.functions import Now

from accounts.models import User
from crm.models import Operation
from crm.platform.web.transactions import retry_once
from crm.records.history.link_locks import get_names_of_gone_links, lock_linked_records
from crm.records.history.operation_results import Outcome, write_verdicts
from crm.records.history.verb_execution import Refusal, carry_out, operation


class OfBetween:
    """They need the permission to change the record that they belong to."""

    between: ClassVar[Any]
    title: ClassVar[Any]

    @classmethod
    def get_right(cls, model):
        return cls.between.get_owning_model().get_right("change")

    @classmethod
    def get_label(cls, parameters, kind):
        return cls.title

    def _get_refusals(self, values: dict[str, Any]) -> list[Refusal]:
        return [Refusal(f"link_gone:{name}", ~Q(pk=None)) for name in get_names_of_gone_links(values)]


@dataclass(frozen=True)
class AddBetween(OfBetween):
    """Add the same one to each of these records."""

    icon: ClassVar[str] = "plus"

    by: User | None = None
    given: dict[str, Any] = field(default_factory=dict)

    def lock_settings(self):
        lock_linked_records([self.given])

    def get_refusals(self):
        return self._get_refusals(self.given)

    def get_values(self):
        return {}

    def write(self, rows):
        ids = rows.order_by("pk").values_list("pk", flat=True)
        belongs_to = f"{self.between.belongs_to}_id"
        self.between.objects.bulk_create(
            self.between(**{belongs_to: pk}, created_by=self.by, **self.given) for pk in ids
        )


@dataclass(frozen=True)
class EditBetween(OfBetween):
    changes: dict[str, Any] = field(default_factory=dict)

    def lock_settings(self):
        lock_linked_records([self.changes])

    def build_unchanged_condition(self):
        return Q(**self.changes)

    def get_refusals(self):
        return self._get_refusals(self.changes)

    def get_values(self):
        return self.changes


@dataclass(frozen=True)
class RemoveBetween(OfBetween):
    icon: ClassVar[str] = "bin"

    def get_values(self):
        return {"deleted_at": Now()}


@retry_once
def carry_out_on_items(verb: Any, ids: list[int], *, by, channel: str = Operation.Channel.WEB) -> Outcome:
    """Carry out the verb on these records, as one operation on those that they belong to. If nothing changes, no operation is
    kept."""
    between, belongs_to = verb.between, verb.between.belongs_to
    owner = between.get_owning_model()
    rows = between.objects.present().changeable_by(by)
    owners = between.objects.filter(pk__any=ids).values(belongs_to)
    with operation(verb.kind, table=owner.table, by=by, channel=channel) as record:
        # What they lead to and what they belong to are locked before them, as the verbs for these records do.
        verb.lock_settings()
        owner.objects.lock_all(owner.objects.filter(pk__in=owners).values_list("pk", flat=True))
        outcome = carry_out(verb, rows, by=by, wanted=ids, joined=record)
        changed = between.objects.filter(pk__any=outcome.changed).values_list(belongs_to, flat=True)
        found = sorted(set(changed))
        write_verdicts(record, Outcome(owner.table, changed=found))
        record.changed = record.matched = len(found)
        record.save(update_fields=["changed", "matched"])
    if not outcome.changed:
        record.delete()
        outcome.operation = None
    return outcome
