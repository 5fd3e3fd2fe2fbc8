"""The entry "Merge" in the menu of selected records."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.records.editing.selection_pages import SetPage
from duplicates.record_graph import COMPARED_TABLES

MERGE = SetPage(
    "merge",
    _("Merge"),
    lambda kind: [kind.get_right(action) for action in ("change", "delete", "bulk")],
    lambda kind, frozen: f"{reverse(f'duplicates:merge_{kind.name}')}?set={frozen.pk}",
    "merge",
    COMPARED_TABLES,
)
