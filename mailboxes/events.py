"""The operations of mailboxes that webhooks can be notified of."""

from django.utils.translation import gettext_lazy as _

EVENTS = [
    (
        _("Emails received"),
        [
            ("receive_email", _("email received")),
            ("bounce_email", _("email bounced")),
            ("remove_mailbox", _("mailbox removed")),
        ],
    ),
]
