"""What duplicates add to the product: warnings, merging, and the record that a program or a file means."""

from django.utils.translation import gettext_lazy as _

from accounts.settings_pages import SettingsPage, ShownOn
from duplicates.api.duplicate_lists import RESOURCES
from duplicates.demo import PART
from duplicates.events import EVENTS
from duplicates.existing_record_policies import get_initial_choice, look_for_known_records
from duplicates.form_warnings import get_duplicate_warning
from duplicates.merging import reasons
from duplicates.merging.selection_pages import MERGE
from duplicates.merging.undo import write_merge_undo_consequences
from duplicates.permissions import OF_STEERING, ROWS, RULES_PERMISSION, VIEW_PERMISSION
from product.contribution import Contribution, Navigation

RULES_PAGE = SettingsPage(
    _("Duplicates"),
    "duplicates:rules",
    RULES_PERMISSION,
    purpose=_(
        "These rules decide when two records count as the same: what forms warn about, what scans find, and what imports and programs do."
    ),
    other_names=_("deduplication, matching, merge, double entries"),
    shown_on=ShownOn(_("Duplicates"), "duplicates:list", VIEW_PERMISSION),
)

CONTRIBUTION = Contribution(
    jobs=("duplicates.exact.jobs", "duplicates.nightly_scan", "duplicates.scanning.scan"),
    verbs=("duplicates.verbs",),
    form_warnings=(get_duplicate_warning,),
    selection_pages=(MERGE,),
    reasons=reasons.REASONS,
    counted_reasons=reasons.COUNTED,
    undo_followers=(write_merge_undo_consequences,),
    first_import_choice=get_initial_choice,
    token_resources=RESOURCES,
    webhook_events=EVENTS,
    existing_records=(look_for_known_records,),
    permission_rows=ROWS,
    manager_permissions=OF_STEERING,
    demo_parts=(PART,),
    navigation=Navigation(
        rail=[SettingsPage(_("Duplicates"), "duplicates:list", VIEW_PERMISSION, "merge")],
        rule_settings=[RULES_PAGE],
    ),
)
