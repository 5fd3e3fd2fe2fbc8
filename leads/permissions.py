"""The permissions for leads and their settings, for the role editor."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.roles.permissions import PermissionRow

# What the shipped role Company Manager may do, beyond records. Reports show costs to those who may see sources.
COMPANY_MANAGER_PERMISSIONS = [
    "leads.view_source",
    *(f"leads.{act}_assignmentrule" for act in ("view", "add", "change", "delete")),
    *(f"leads.{act}_scorerule" for act in ("view", "add", "change", "delete")),
]
LEAD_ROWS = [
    PermissionRow(
        _("Leads"),
        "leads",
        "lead",
        special=[
            ("leads.take_lead", _("take an unassigned lead")),
            ("leads.assign_lead", _("assign, change department")),
            ("leads.bulk_lead", _("change in bulk")),
            ("leads.import_lead", pgettext_lazy("may", "import")),
            ("leads.export_lead", pgettext_lazy("may", "export")),
            ("crm.share_view", _("share saved views")),
            ("leads.purge_lead", _("delete permanently")),
        ],
        hint=_("Delete moves a lead to Trash."),
    ),
    PermissionRow(_("Statuses"), "leads", "status"),
    PermissionRow(_("Pipelines"), "leads", "pipeline"),
    PermissionRow(_("Sources"), "leads", "source"),
    PermissionRow(_("Lost reasons"), "leads", "lostreason", standard=("view", "add", "change")),
    PermissionRow(_("Exchange rates"), "leads", "rate", standard=("change",)),
    PermissionRow(_("Assignment rules"), "leads", "assignmentrule"),
    PermissionRow(_("Scores"), "leads", "scorerule"),
    PermissionRow(
        _("Queue"),
        "leads",
        "queuerules",
        standard=("change",),
        hint=_(
            "The order of leads, the outcomes, the day of a retry, and how long a lead is kept for a user."
        ),
    ),
]
