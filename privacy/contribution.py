"""What privacy adds to the product."""

from django.utils.translation import gettext_lazy as _

from accounts.settings_pages import SettingsPage
from leads.kind import LEAD
from privacy import events, verbs
from privacy.permissions import RETENTION_PERMISSION, ROWS
from privacy.person_link import build_privacy_link
from privacy.repeated_erasure import repeat_after_restore
from privacy.retention import list_filter
from privacy.retention.page_card import build_retention_card
from privacy.settings_pages import SETTINGS_PAGES
from product.contribution import Contribution, Navigation

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
)
