"""The permissions for customers and their requests: for the role editor, and for tokens."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.roles.permissions import PermissionRow
from crm.api.token_scopes import TokenResource


def build_permission_row(title: Any, model: str, hint: Any, take: Any) -> PermissionRow:
    """The row of a record type in the grid of a role."""
    special = [
        (f"customers.take_{model}", take),
        (f"customers.assign_{model}", _("assign, change department")),
        (f"customers.bulk_{model}", _("change in bulk")),
        (f"customers.import_{model}", pgettext_lazy("may", "import")),
        (f"customers.export_{model}", pgettext_lazy("may", "export")),
        (f"customers.purge_{model}", _("delete permanently")),
    ]
    return PermissionRow(title, "customers", model, special=special, hint=hint)


def build_token_resource(name: str, title: Any, model: str) -> TokenResource:
    """The same for tokens."""
    sees = f"customers.view_{model}"
    calls = {
        "get": sees,
        "search": sees,
        "post": f"customers.add_{model}",
        "put": f"customers.change_{model}",
        "delete": f"customers.delete_{model}",
    }
    return TokenResource(name, title, calls, sees)


CONSENT = "customers.change_consentpurpose"
ROWS = [
    build_permission_row(
        _("Companies"), "company", _("Delete moves a company to Trash."), _("take an unassigned company")
    ),
    build_permission_row(
        _("Contacts"), "contact", _("Delete moves a contact to Trash."), _("take an unassigned contact")
    ),
    build_permission_row(
        _("Requests"), "request", _("Delete moves a request to Trash."), _("take an unassigned request")
    ),
    PermissionRow(
        _("Conversion"),
        "customers",
        "conversionrules",
        standard=("change",),
        hint=_("How won leads become companies and contacts."),
    ),
    PermissionRow(
        _("Consent"),
        "customers",
        "consentpurpose",
        standard=("change",),
        hint=_("What people can agree to, and the texts that they read."),
    ),
    build_permission_row(
        _("Deals"), "deal", _("Delete moves a deal to Trash."), _("take an unassigned deal")
    ),
]
RESOURCES = [
    build_token_resource("companies", _("Companies"), "company"),
    build_token_resource("contacts", _("Contacts"), "contact"),
    build_token_resource("deals", _("Deals"), "deal"),
    build_token_resource("requests", _("Requests"), "request"),
]
