"""What automations did with the records of a person: the log has only their ids, and they leave it."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from automations.models import AutomationRun, WaitingRecord
from privacy.holders.data_holder import DataHolder, DataSection
from privacy.person import PERSON_TABLES, Person


def person_runs_queryset(person: Person) -> QuerySet[AutomationRun]:
    found = Q(pk__in=[])
    for table in PERSON_TABLES:
        found |= Q(automation__table_of=table, record__in=person.get_ids(table))
    return AutomationRun.objects.filter(found)


def build_sections(person: Person, viewer: User) -> list[DataSection]:
    rows = [
        {
            _("Date"): run.at.isoformat(),
            _("Automation"): run.automation.name,
            _("Outcome"): str(run.get_outcome_display()),
        }
        for run in person_runs_queryset(person).select_related("automation").order_by("pk")
    ]
    return [DataSection(_("What automations did with these records"), rows)]


def erase(person: Person) -> int:
    for table in PERSON_TABLES:
        WaitingRecord.objects.of_records(table, person.get_ids(table)).delete()
    return person_runs_queryset(person).delete()[0]


HOLDERS = [
    DataHolder(
        ("automations.AutomationRun", "automations.WaitingRecord"), build_sections, erase, "automation_runs"
    )
]
