"""The Settings pages about leads."""

from django.utils.translation import gettext_lazy as _

from accounts.navigation import Tab

TABS = [
    Tab(_("Statuses"), "leads:statuses", "leads.view_status"),
    Tab(_("Sources"), "leads:sources", "leads.view_source"),
    Tab(_("Tags"), "leads:tags", "crm.view_tag"),
    Tab(_("Lost reasons"), "leads:lost_reasons", "leads.view_lostreason"),
    Tab(_("Fields"), "leads:fields", "crm.view_customfield"),
    Tab(_("Exchange rates"), "leads:rates", "leads.change_rate"),
    Tab(_("Pipelines"), "leads:pipelines", "leads.view_pipeline"),
]
