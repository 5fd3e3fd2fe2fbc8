"""The operations on duplicates that webhooks can be notified of."""

from django.utils.translation import gettext_lazy as _

EVENTS = [
    (
        _("Duplicates"),
        [
            ("merge", _("records merged")),
            ("mark_as_different", _("records marked as not duplicates")),
            ("edit_duplicate_rules", _("rules of duplicates edited")),
        ],
    ),
]
