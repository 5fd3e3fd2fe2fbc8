"""Texts about other records, settings and saved filters, in which an address, a number or the name may be written."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm.models import (
    Activity,
    FrozenSet,
    Invitation,
    InvitationAnswer,
    Job,
    SavedView,
    Task,
    WebhookDelivery,
)
from customers.models import Company, Deal
from customers.models.company import CompanyValues
from customers.models.deal import DealValues
from duplicates.models import Distinction, Likeness
from leads.models import AssignmentRule
from privacy.holders.holder import Holder, Section
from privacy.person import Person
from privacy.sweep import matching, sweep
from reports.models import KeptNumbers, Pin, ReadReport, Report, ReportSchedule


@dataclass(frozen=True)
class Texts:
    """The columns of a table that are looked through. `own` are the rows in which the name counts too, as ids."""

    model: Any
    columns: list[str]
    own: Callable[[Person], list[int]] = lambda person: []
    # Whether full names go from all rows, if that was chosen.
    everywhere: bool = False

    def parts(self, person: Person) -> list[tuple[str, str]]:
        """Patterns, each with a condition on the rows."""
        texts = person.spellings
        if self.everywhere and person.everywhere:
            return [(texts.named, "true")]
        ids = ", ".join(map(str, self.own(person)))
        return [(texts.addresses, "true"), *([(texts.named, f"t.id IN ({ids})")] if ids else [])]

    def held(self, person: Person, viewer: Any) -> list[Section]:
        title = capfirst(str(self.model._meta.verbose_name_plural))
        rows = [row for part in self.parts(person) for row in matching(self.model, self.columns, *part)]
        unique = {str(key): values for key, values in rows}
        told = [
            {_("Text"): "\n".join(str(one) for one in values.values() if one)} for values in unique.values()
        ]
        return [Section(_("Mentioned in: %(where)s") % {"where": title}, told)]

    def erase(self, person: Person) -> int:
        return sum(sweep(self.model, self.columns, *part) for part in self.parts(person))

    @property
    def holder(self) -> Holder:
        return Holder((self.model._meta.label,), self.held, self.erase, "mentions")


TEXTS = [
    Texts(Deal, ["name", "description", "lost_remark"], own=lambda person: person.deals),
    Texts(Company, ["description", "phone", "phone_normal"], own=lambda person: person.companies),
    Texts(Activity, ["text", "subject", "address", "problem", "place", "invited"], everywhere=True),
    Texts(Task, ["title", "description"], everywhere=True),
    Texts(Invitation, ["addresses", "subject", "place", "problem"], everywhere=True),
    Texts(FrozenSet, ["query"]),
    Texts(SavedView, ["name", "query"]),
    Texts(Job, ["arguments", "problem"]),
    Texts(AssignmentRule, ["name", "conditions"]),
    Texts(WebhookDelivery, ["problem"]),
    Texts(Report, ["name", "query"]),
    Texts(ReadReport, ["query"]),
    Texts(Pin, ["query"]),
    Texts(ReportSchedule, ["query", "title"]),
]


# What someone has written with an answer.
OF_ANSWERS = Texts(InvitationAnswer, ["address", "comment"], everywhere=True)


def erase_values(person: Person) -> int:
    """Custom values of companies and deals."""
    pattern = person.spellings.addresses
    return sum(sweep(model, ["values"], pattern) for model in (CompanyValues, DealValues))


def erase_answers(person: Person) -> int:
    found = matching(InvitationAnswer, ["address"], person.spellings.addresses)
    own = InvitationAnswer.objects.filter(pk__in=[key[0] for key, _values in found]).delete()[0]
    return own + OF_ANSWERS.erase(person)


def erase_alike(person: Person) -> int:
    """What a scan found, and what users said of it."""
    both = person.of("first_table", "first_record") | person.of("second_table", "second_record")
    groups = Likeness.objects.filter(person.of("table", "record")).values("block")
    return (
        Likeness.objects.filter(block__in=groups).delete()[0] + Distinction.objects.filter(both).delete()[0]
    )


def erase_kept_numbers(person: Person) -> int:
    """All: what they were counted from can't be seen in them."""
    return KeptNumbers.objects.all().delete()[0]


def _none(person: Person, viewer: Any) -> list[Section]:
    return []


HOLDERS = [
    *(texts.holder for texts in TEXTS),
    Holder(("customers.CompanyValues", "customers.DealValues"), _none, erase_values, "mentions"),
    Holder(("crm.InvitationAnswer",), OF_ANSWERS.held, erase_answers, "mentions"),
    Holder(("duplicates.Likeness", "duplicates.Distinction"), _none, erase_alike, "duplicates"),
    Holder(("reports.KeptNumbers",), _none, erase_kept_numbers, "numbers"),
]
