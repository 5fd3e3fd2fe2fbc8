"""The Settings pages about leads, and what can be added there."""

from django.utils.translation import gettext_lazy as _

from accounts.navigation import SettingsPage

TABS = [
    SettingsPage(_("Statuses"), "leads:statuses", "leads.view_status"),
    SettingsPage(_("Sources"), "leads:sources", "leads.view_source"),
    SettingsPage(_("Tags"), "leads:tags", "crm.view_tag"),
    SettingsPage(_("Lost reasons"), "leads:lost_reasons", "leads.view_lostreason"),
    SettingsPage(_("Fields"), "leads:fields", "crm.view_customfield"),
    SettingsPage(_("Exchange rates"), "leads:rates", "leads.change_rate"),
    SettingsPage(_("Pipelines"), "leads:pipelines", "leads.view_pipeline"),
    SettingsPage(_("Assignment rules"), "assignment:rules", "leads.view_assignmentrule"),
    SettingsPage(_("Queue"), "leads:queue_rules", "leads.change_queuerules"),
]
ADD_PAGES = [
    SettingsPage(_("New status"), "leads:status_new", "leads.add_status"),
    SettingsPage(_("New source"), "leads:source_new", "leads.add_source"),
    SettingsPage(_("New tag"), "leads:tag_new", "crm.add_tag"),
    SettingsPage(_("New lost reason"), "leads:lost_reason_new", "leads.add_lostreason"),
    SettingsPage(_("New pipeline"), "leads:pipeline_new", "leads.add_pipeline"),
    SettingsPage(_("New assignment rule"), "leads:rule_conditions", "leads.add_assignmentrule"),
]
