"""What is true of an address once it is off the suppression list, in a sentence: an unsubscribe stays, and only its person takes it back."""

from django.utils.translation import gettext as _

from leads.models import Unsubscribe
from mailings.models import Suppression
from mailings.suppression.rule_recipients import find_forgotten


def describe_removed_address(row: Suppression) -> str:
    forgotten = find_forgotten([row.email_key])
    if "email_unsubscribed" in forgotten or Unsubscribe.objects.filter(email_key=row.email_key).exists():
        words = _("Removed %(address)s. It still receives no mailings, because this person has unsubscribed.")
    elif forgotten:
        words = _(
            "Removed %(address)s. It still receives no mailings, because it was suppressed before it was erased."
        )
    else:
        words = _("Removed %(address)s. It can receive mailings again.")
    return words % {"address": row.address}
