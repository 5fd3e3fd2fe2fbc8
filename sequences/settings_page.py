"""The page of sequences in Settings."""

from django.utils.translation import gettext_lazy as _

from accounts.settings_pages import LEADS, SettingsPage

SEQUENCES = SettingsPage(
    _("Sequences"),
    "sequences:list",
    "sequences.view_sequence",
    purpose=_(
        "Emails, calls and tasks for a person over some days, one after the other. A sequence stops by itself when the person replies."
    ),
    other_names=_(
        "cadence, cadences, drip, follow-up, follow-ups, campaign, email sequence, playbook, outreach"
    ),
    shown_on=LEADS,
)
NEW_SEQUENCE = SettingsPage(_("New sequence"), "sequences:new", "sequences.add_sequence")
