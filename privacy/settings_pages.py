"""The Settings pages about privacy."""

from django.utils.translation import gettext_lazy as _

from accounts.settings_pages import LEADS, SettingsPage
from privacy.permissions import PROCESSING_PERMISSION, RETENTION_PERMISSION, VIEW_PERMISSION

SETTINGS_PAGES = [
    SettingsPage(
        _("Privacy"),
        "privacy:start",
        VIEW_PERMISSION,
        purpose=_(
            "Find a person to see all that Leadwell stores about them, to download it for them, or to erase it."
        ),
        other_names=_(
            "GDPR, personal data, data subject, access request, right to be forgotten, erase a person, data protection"
        ),
    ),
    SettingsPage(
        _("Retention"),
        "privacy:retention",
        RETENTION_PERMISSION,
        purpose=_(
            "Leads that have been in a status for a long time without any activity are deleted or erased at night."
        ),
        other_names=_("GDPR, data retention, storage period, delete old leads, cleanup, expiry"),
        shown_on=LEADS,
    ),
    SettingsPage(
        _("Record of processing"),
        "privacy:processing",
        PROCESSING_PERMISSION,
        purpose=_("Record of processing activities (GDPR, article 30), from the present settings."),
        other_names=_("GDPR, article 30, ROPA, data protection, processing activities"),
    ),
]
