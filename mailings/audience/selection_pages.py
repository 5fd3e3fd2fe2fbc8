"""The entry "New mailing" in the menu of selected records."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.records.editing.selection_pages import SetPage
from mailings.audience.audience import KINDS_OF_AUDIENCES

NEW_MAILING = SetPage(
    "mailing",
    _("New mailing"),
    lambda kind: ["mailings.add_mailing", "mailings.send_mailing"],
    lambda kind, frozen: f"{reverse('mailings:new')}?of={kind.name}&set={frozen.pk}",
    "mail",
    KINDS_OF_AUDIENCES,
)
