"""The bulk action that converts leads by the stored rules."""

from django.utils.translation import gettext_lazy as _

from crm.records.bulk import Action, NoForm
from customers.conversion.verb import RIGHTS, Convert

CONVERT = Action(
    "convert", _("Convert"), "company", "change", NoForm, lambda data, user: Convert(), also=RIGHTS
)
