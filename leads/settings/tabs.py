"""The Settings pages about leads, and what can be added there."""

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
    Tab(_("Assignment rules"), "assignment:rules", "leads.view_assignmentrule"),
    Tab(_("Queue"), "leads:queue_rules", "leads.change_queuerules"),
]
ADDED = [
    Tab(_("New status"), "leads:status_new", "leads.add_status"),
    Tab(_("New source"), "leads:source_new", "leads.add_source"),
    Tab(_("New tag"), "leads:tag_new", "crm.add_tag"),
    Tab(_("New lost reason"), "leads:lost_reason_new", "leads.add_lostreason"),
    Tab(_("New pipeline"), "leads:pipeline_new", "leads.add_pipeline"),
    Tab(_("New assignment rule"), "leads:rule_conditions", "leads.add_assignmentrule"),
]
