"""Companies as a record type: the classes that make up its screens, files and APIs."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.ownership.actions import ASSIGN
from accounts.ownership.record_form import get_initial_ownership
from accounts.ownership.verbs import Take
from crm.platform.record_types import RecordWords
from crm.records.editing.inline_editing import build_inline_of_action
from crm.records.history.verbs import Add
from crm.records.kinds.kind_registry import Kind, RowRequirements
from crm.records.listing.search.phone_lookup import build_phone_condition
from crm.records.listing.search.search import Search
from crm.templatetags.look import number
from customers.actions import get_bulk_actions
from customers.companies import fields
from customers.companies.excel import CompanyResource
from customers.companies.forms import CompanyForm
from customers.companies.lists import SORTS, CompanyFilter, CompanyTable
from customers.companies.page import get_page_context
from customers.companies.timeline import CompanyTimeline
from customers.companies.verbs import Edit
from customers.converted_leads import get_converted_leads_of
from customers.models import Company, CompanySearch


def describe_company_count(count: int) -> str:
    return ngettext("%(number)s company", "%(number)s companies", count) % {"number": number(count)}


COMPANY = Kind(
    model=Company,
    urls="companies",
    icon="company",
    words=RecordWords(
        one=_("company"),
        many=_("companies"),
        counted=describe_company_count,
        open=describe_company_count,
        new=_("New company"),
        all=_("All companies"),
        added=_("Add a company"),
        found_by=_("name, domain, tax ID, phone"),
    ),
    fields=fields,
    identified_by=("domains", "tax_id", "name"),
    sorts=SORTS,
    filters=CompanyFilter,
    table=CompanyTable,
    drawing=RowRequirements(
        every=["name", "domain", "owner__name", "owner__hue"],
        joined=["owner"],
        columns={"owner": (), "created_at": ("created_at",), "id": ()},
    ),
    search=Search(CompanySearch, country="country"),
    form=CompanyForm,
    cards={"what": _("Company"), "where": _("Location"), "stand": _("Owner and department")},
    first_values=get_initial_ownership,
    add=Add,
    edit=Edit,
    take=Take,
    actions=get_bulk_actions("company"),
    inline={
        "owner": build_inline_of_action(ASSIGN, lambda company: {"owner": str(company.owner_id or "none")}),
    },
    resource=CompanyResource,
    timeline=CompanyTimeline,
    page=get_page_context,
    along=get_converted_leads_of,
    by_phone=build_phone_condition,
    json={"url": f"'{settings.SITE_URL}/admin/companies/' || customers_company.id"},
)
