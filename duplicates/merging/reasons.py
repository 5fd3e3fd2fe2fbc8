"""Why records can't be merged, and what stays after an undo, as sentences."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

REASONS = {
    "merge_several_clients": _(
        "These leads were converted to different companies or contacts. Merge their companies or contacts first."
    ),
    "merge_into_converted": _(
        "One of these leads was converted. Keep that one, and merge the others into it."
    ),
    "merge_incomplete": _("The other records of its group can’t be merged, so this one stays as it is."),
}


def get_added_since_sentence(number: int) -> str:
    return ngettext(
        "%(number)s activity or task was added after the merge, so it stays with this record.",
        "%(number)s activities and tasks were added after the merge, so they stay with this record.",
        number,
    ) % {"number": number}


COUNTED = {"added_since_merge": get_added_since_sentence}
