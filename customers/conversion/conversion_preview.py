"""What the preview of many conversions says: how many records will be added, and how many known ones will be linked."""

from collections.abc import Iterable, Mapping

from django.db.models import Count
from django.utils.translation import gettext as _

from accounts.models import Department
from crm.platform.sql.chunks import split_into_chunks
from crm.records.kinds.kind_counts import describe_counts
from customers.companies.kind import COMPANY
from customers.contacts.kind import CONTACT
from customers.conversion.conversion_plan import NEW, ConversionPlan
from customers.conversion.new_companies import get_company_keys, get_first_leads
from customers.deals.forms import DEALS
from customers.deals.kind import DEAL
from leads.forms import get_first_status
from leads.models import Lead
from leads.statuses.won_leads import READ


def describe_conversions(plans: Mapping[int, ConversionPlan]) -> list[str]:
    """One sentence each, none for what doesn't happen."""
    new = describe_counts(
        {
            COMPANY: _count_new_companies(plans),
            CONTACT: sum(plan.contact == NEW for plan in plans.values()),
            DEAL: _count_new_deals(plans),
        }
    )
    known = describe_counts(
        {
            COMPANY: _count_distinct(plan.company for plan in plans.values()),
            CONTACT: _count_distinct(plan.contact for plan in plans.values()),
        }
    )
    found = [_("Will be added: %(records)s.") % {"records": new}] if new else []
    return [*found, *([_("Already exist: %(records)s.") % {"records": known}] if known else [])]


def _count_distinct(chosen: Iterable[int | str]) -> int:
    return len({one for one in chosen if isinstance(one, int)})


def _count_new_companies(plans: Mapping[int, ConversionPlan]) -> int:
    """Leads of one new company share it, wherever they are in the set."""
    number, known = 0, set[str]()
    for some in split_into_chunks([pk for pk, plan in plans.items() if plan.company == NEW]):
        leads = list(Lead.objects.filter(pk__any=some).only(*READ).order_by("pk"))
        keys = get_company_keys(leads, plans)
        new = get_first_leads(leads, keys, known)
        number += len({lead.pk for lead in new.values()})
        known.update(new)
    return number


def _count_new_deals(plans: Mapping[int, ConversionPlan]) -> int:
    """Those in departments with a stage that takes new deals."""
    leads = Lead.objects.filter(pk__any=[pk for pk, plan in plans.items() if plan.deal_name])
    numbers = dict(leads.order_by().values_list("department").annotate(Count("pk")))
    departments = Department.objects.in_bulk(numbers)
    return sum(number for pk, number in numbers.items() if get_first_status(departments[pk], DEALS))
