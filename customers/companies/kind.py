"""Companies as a record type: the classes that make up its screens, files and APIs."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.actions import ASSIGN
from accounts.record_form import owned_at_first
from accounts.verbs import Take
from crm.records.inline import of_action, of_field
from crm.records.kinds import Drawing, Kind
from crm.records.phones import with_phone
from crm.records.search import Search
from crm.records.timeline import Timeline
from crm.records.verbs import Add
from crm.templatetags.look import number
from crm.web.record_types import Words
from customers.actions import actions_of
from customers.became import along
from customers.companies import fields
from customers.companies.excel import CompanyResource
from customers.companies.forms import CompanyForm
from customers.companies.lists import SORTS, CompanyFilter, CompanyTable
from customers.companies.page import page_of
from customers.companies.verbs import Edit
from customers.models import Company, CompanySearch


def counted(count: int) -> str:
    return ngettext("%(number)s company", "%(number)s companies", count) % {"number": number(count)}


COMPANY = Kind(
    model=Company,
    urls="companies",
    icon="company",
    words=Words(
        one=_("company"),
        many=_("companies"),
        counted=counted,
        open=counted,
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
    drawing=Drawing(
        every=["name", "domain", "owner__name", "owner__hue"],
        joined=["owner"],
        columns={"owner": (), "created_at": ("created_at",), "id": ()},
    ),
    search=Search(CompanySearch, country="country"),
    form=CompanyForm,
    cards={"what": _("Company"), "where": _("Location"), "stand": _("Owner and department")},
    first_values=owned_at_first,
    add=Add,
    edit=Edit,
    take=Take,
    actions=actions_of("company"),
    inline={
        "owner": of_action(ASSIGN, lambda company: {"owner": str(company.owner_id or "none")}),
        "domain": of_field(Company, "domain", Edit),
    },
    resource=CompanyResource,
    timeline=Timeline,
    page=page_of,
    along=along,
    by_phone=with_phone,
    json={"url": f"'{settings.SITE_URL}/admin/companies/' || customers_company.id"},
)
