"""The permissions for companies: for the role editor, and for tokens."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.permissions import Row
from crm.api.rights import Resource

COMPANY_ROW = Row(
    _("Companies"),
    "customers",
    "company",
    special=[
        ("customers.take_company", _("take an unassigned company")),
        ("customers.assign_company", _("assign, change department")),
        ("customers.bulk_company", _("change in bulk")),
        ("customers.import_company", pgettext_lazy("may", "import")),
        ("customers.export_company", pgettext_lazy("may", "export")),
        ("customers.purge_company", _("delete permanently")),
    ],
    hint=_("Delete moves a company to Trash."),
)
SEES = "customers.view_company"
COMPANIES = Resource(
    "companies",
    _("Companies"),
    {
        "get": SEES,
        "search": SEES,
        "post": "customers.add_company",
        "put": "customers.change_company",
        "delete": "customers.delete_company",
    },
    SEES,
)
