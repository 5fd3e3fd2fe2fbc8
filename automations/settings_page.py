"""The page of automations in Settings."""

from django.utils.translation import gettext_lazy as _

from accounts.settings_pages import SettingsPage, ShownOn

AUTOMATIONS = SettingsPage(
    _("Automations"),
    "automations:list",
    "automations.view_automation",
    purpose=_(
        "When something happens to a record that meets your conditions, Leadwell does the steps that you choose. Try an automation "
        "on past changes before you turn it on, and undo what it did."
    ),
    other_names=_(
        "workflow, workflows, rules, triggers, automatic actions, if this then that, macros, sequences"
    ),
    shown_on=ShownOn(_("Changes"), "operations", "leads.view_lead"),
)
NEW_AUTOMATION = SettingsPage(_("New automation"), "automations:new", "automations.add_automation")
# The record types that have a page to compose conditions.
CONDITION_PAGES = {
    name: [f"automations:{name}_conditions"] for name in ("lead", "company", "contact", "deal", "request")
}
