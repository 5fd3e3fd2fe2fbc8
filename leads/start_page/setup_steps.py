"""The steps of the checklist "Set up Leadwell" about leads: the pipeline, and the first leads."""

from django.utils.translation import gettext_lazy as _

from crm.platform.web.start_page.setup_steps import SetupPage, SetupStep
from leads.initial_data import is_as_shipped
from leads.models import Lead

STEPS = (
    SetupStep(
        30,
        "pipeline",
        _("Fit statuses and sources to your sales"),
        _("Choose a ready-made pipeline, or change each status and what it requires."),
        [
            SetupPage(_("Ready-made pipelines"), "leads:ready_pipelines", "leads.change_pipeline"),
            SetupPage(_("Statuses"), "leads:statuses", "leads.view_status"),
            SetupPage(_("Sources"), "leads:sources", "leads.view_source"),
            SetupPage(_("Lost reasons"), "leads:lost_reasons", "leads.view_lostreason"),
            SetupPage(_("Pipelines"), "leads:pipelines", "leads.view_pipeline"),
        ],
        lambda: not is_as_shipped(),
        confirmation=_("Keep as it is"),
    ),
    SetupStep(
        40,
        "leads",
        _("Bring in your leads"),
        _("Import a file, or let a form on your website or a mailbox add them."),
        [
            SetupPage(_("Import"), "leads:import", "leads.import_lead"),
            SetupPage(_("New lead"), "leads:new", "leads.add_lead"),
        ],
        lambda: Lead.objects.present().exists(),
    ),
)
