"""The bulk action that converts leads by the stored rules."""

from django.utils.translation import gettext_lazy as _

from crm.records.editing.bulk_actions import BulkAction, NoForm
from customers.conversion.conversion_preview import describe_conversions
from customers.conversion.conversion_verb import RIGHTS, Convert

CONVERT = BulkAction(
    "convert",
    _("Convert"),
    "company",
    "change",
    NoForm,
    lambda data, user: Convert(),
    also=RIGHTS,
    foretold=lambda verb, outcome: describe_conversions({pk: verb.run.plans[pk] for pk in outcome.changed}),
)
