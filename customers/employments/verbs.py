"""What is done with employments: adding one to contacts; editing and removing any number of them."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _lazy

from crm.models import Operation
from crm.records.change import Refusal, Verb, carry_out, operation
from crm.records.results import Outcome, keep_verdicts
from crm.web.transactions import retried_once
from customers.models import Company, Contact, Employment


def hold_company(values: dict[str, Any]) -> None:
    """It can't be deleted permanently until the end of the transaction."""
    if company := values.get("company"):
        Company.objects.all().locked(company.pk)


def company_is_gone(values: dict[str, Any]) -> list[Refusal]:
    company = values.get("company")
    gone = company is not None and not Company.objects.filter(pk=company.pk).exists()
    return [Refusal("link_gone", ~Q(pk=None))] if gone else []


@dataclass(frozen=True)
class AddEmployment(Verb):
    """Add the same employment to each of these contacts."""

    kind = "add_employment"
    title = _lazy("Add an employment")
    icon = "plus"

    by: Any = None
    employment: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def words(cls, parameters, kind):
        return cls.title

    def hold(self):
        hold_company(self.employment)

    def refusals(self):
        return company_is_gone(self.employment)

    def values(self):
        return {}

    def write(self, rows):
        ids = rows.order_by("pk").values_list("pk", flat=True)
        Employment.objects.bulk_create(
            Employment(contact_id=pk, created_by=self.by, **self.employment) for pk in ids
        )


class OfEmployments:
    """What the verbs for employments share: they need the permission to change the contact."""

    @classmethod
    def right(cls, model):
        return Contact.right("change")

    @classmethod
    def words(cls, parameters, kind):
        return cls.title  # type: ignore[attr-defined]


@dataclass(frozen=True)
class EditEmployment(OfEmployments, Verb):
    kind = "edit_employment"
    title = _lazy("Edit an employment")

    changes: dict[str, Any] = field(default_factory=dict)

    def hold(self):
        hold_company(self.changes)

    def same(self):
        return Q(**self.changes)

    def refusals(self):
        return company_is_gone(self.changes)

    def values(self):
        return self.changes


@dataclass(frozen=True)
class RemoveEmployment(OfEmployments, Verb):
    kind = "remove_employment"
    title = _lazy("Remove an employment")
    icon = "bin"

    def values(self):
        return {"deleted_at": Now()}


@retried_once
def change_employments(verb: Verb, ids: list[int], *, by, channel: str = Operation.Channel.WEB) -> Outcome:
    """Carry out the verb on these employments, as one operation on their contacts. If nothing changes, no operation is
    kept."""
    rows = Employment.objects.present().changeable_by(by)
    contacts = Employment.objects.filter(pk__any=ids).values("contact")
    with operation(verb.kind, table=Contact.table, by=by, channel=channel) as record:
        # The company and the contacts before their employments, as the verbs for contacts do.
        verb.hold()
        Contact.objects.lock_all(Contact.objects.filter(pk__in=contacts).values_list("pk", flat=True))
        outcome = carry_out(verb, rows, by=by, wanted=ids, joined=record)
        changed = Employment.objects.filter(pk__any=outcome.changed).values_list("contact", flat=True)
        found = sorted(set(changed))
        keep_verdicts(record, Outcome(Contact.table, changed=found))
        record.changed = record.matched = len(found)
        record.save(update_fields=["changed", "matched"])
    if not outcome.changed:
        record.delete()
        outcome.operation = None
    return outcome
