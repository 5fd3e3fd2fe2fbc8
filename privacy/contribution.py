"""What privacy adds to the product."""

from django.utils.translation import gettext_lazy as _

from accounts.settings_pages import LEADS, SettingsPage
from leads.kind import LEAD
from privacy import events, verbs
from privacy.permissions import PROCESSING_PERMISSION, RETENTION_PERMISSION, ROWS, VIEW_PERMISSION
from privacy.person_link import build_privacy_link
from privacy.repeated_erasure import repeat_after_restore
from privacy.retention import list_filter
from privacy.retention.demo import PART
from privacy.retention.page_card import build_retention_card
from product.contribution import Contribution, Navigation

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

CONTRIBUTION = Contribution(
    jobs=(
        "privacy.jobs",
        "privacy.retention.nightly_run",
        "privacy.retention.rule_erasure",
        "privacy.uploaded_files",
    ),
    notifications=("privacy.retention.notifications",),
    verbs=("privacy.person_erasure", "privacy.verbs"),
    list_filters={LEAD.name: {list_filter.NAME: list_filter.RetentionFilter()}},
    page_links=(build_privacy_link,),
    webhook_events=(*events.EVENTS, *verbs.EVENTS),
    permission_rows=ROWS,
    navigation=Navigation(
        security_settings=SETTINGS_PAGES,
        new_settings=[SettingsPage(_("New retention rule"), "privacy:rule_new", RETENTION_PERMISSION)],
    ),
    lead_cards=(build_retention_card,),
    restore_followers=(repeat_after_restore,),
    demo_parts=(PART,),
)
