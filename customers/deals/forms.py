"""The form of a deal."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.ownership.record_form import RecordForm, get_initial_ownership
from crm.platform.web.rendering.form_rendering import ChoiceOfLabels
from customers.deals import fields
from customers.models import Deal
from leads.forms import check_status, get_first_status, offer_statuses
from leads.models import LostReason, Pipeline, Status
from leads.statuses.status_select import ReasonChoice, StatusSelect

DEALS = Pipeline.Purpose.DEALS


def get_initial_values(user: User) -> dict[str, Any]:
    """The user, their first department, and the first stage of its pipeline."""
    values = get_initial_ownership(user)
    return values | {"status": get_first_status(values["department"], DEALS)}


class DealForm(RecordForm):
    status = ChoiceOfLabels(Status.objects.none(), label=_("Stage"), widget=StatusSelect)
    lost_reason = ReasonChoice(LostReason.objects.none(), label=_("Lost reason"), required=False)
    currency = forms.ChoiceField(label=_("Currency"))

    class Meta:
        model = Deal
        fields = fields.FORM_FIELDS
        widgets = {"expected_close": forms.DateInput, "description": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *arguments, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        offer_statuses(self, DEALS)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        check_status(self, data)
        return data
