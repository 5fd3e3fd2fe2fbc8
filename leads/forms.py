"""The lead forms: a lead, and moving it."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from accounts.record_form import RecordForm, owned_at_first
from crm.custom.fields import edited_fields_of, fields_of
from crm.custom.forms import form_field
from crm.fields.phones import normal_phones
from crm.web.forms import ChoiceOfLabels, Form, dress
from leads import contract, fields, names
from leads.choices import StatusSelect
from leads.models import Lead, LostReason, Pipeline, Rate, Source, Status


def first_values(user) -> dict[str, Any]:
    """The defaults for a new lead: the user, their first department, and the first status of its pipeline."""
    values = owned_at_first(user)
    return values | values_in(values["department"])


def values_in(department: Department | None) -> dict[str, Any]:
    """The same without the owner: what a new lead of this department starts with."""
    pipeline = Pipeline.objects.for_department(department)
    status = Status.objects.active().of_pipeline(pipeline.pk).defaults_first().first() if pipeline else None
    source = Source.objects.active().shipped("other")
    country = department.country if department else ""
    return {"status": status, "source": source, "country": country}


class LeadForm(RecordForm):
    status = ChoiceOfLabels(Status.objects.none(), label=_("Status"), widget=StatusSelect)
    source = ChoiceOfLabels(Source.objects.none(), label=_("Source"))
    lost_reason = ChoiceOfLabels(LostReason.objects.none(), label=_("Lost reason"), required=False)
    currency = forms.ChoiceField(label=_("Currency"))

    class Meta:
        model = Lead
        fields = fields.FORM_FIELDS
        widgets = {"next_action_on": forms.DateInput, "description": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *arguments, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        lead: Lead = self.instance
        statuses = Status.objects.active().in_order().select_related("pipeline")
        if not self.is_new:
            own = Status.objects.filter(pk=lead.status_id)
            statuses = statuses.following(lead.status) | own
        self.fields["status"].queryset = statuses
        self.fields["source"].queryset = Source.objects.active_or(lead.source_id).in_order()
        self.fields["lost_reason"].queryset = LostReason.objects.active().in_order()
        codes = Rate.objects.currencies_with(lead.currency)
        self.fields["currency"].choices = [(code, code) for code in codes]
        if self.is_new:
            self.initial.setdefault("currency", settings.BASE_CURRENCY)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        status: Status | None = data.get("status")
        if status is None:
            return data
        if not status.needs_reason:
            data["lost_reason"], data["lost_remark"] = None, ""
        entering = self.is_new or status.pk != self.initial.get("status")
        for name in contract.missing(status, data) if entering else []:
            if name in self.fields and name not in self.errors:
                self.add_error(name, _now("Required for %(status)s.") % {"status": status.label})
        return data


class MoveForm(Form):
    """Entering a status: the reason if it requires one, and the fields that are empty but required by its contract."""

    def __init__(
        self, *arguments, lead: Lead, status: Status, user, only: list[str] | None = None, **keywords
    ) -> None:
        """With `only`, just these fields are asked for, and no reason."""
        super().__init__(*arguments, **keywords)
        self.lead, self.status = lead, status
        whole = forms.modelform_factory(Lead, fields=fields.CONTRACT)(instance=lead)
        held = {field.name for field in fields_of(Lead.table)}
        custom = {field.name: field for field in edited_fields_of(Lead.table, user)}
        read = {*fields.CONTRACT, *held, *contract.reads_also(contract.required(status))}
        values = {name: getattr(lead, name) for name in read}
        for name in contract.missing(status, values) if only is None else only:
            asked = form_field(custom[name], user) if name in custom else whole.fields.get(name)
            if asked:
                self.fields[name] = asked
                self.fields[name].required = only is None
        if status.needs_reason and only is None:
            self.fields["lost_reason"] = ChoiceOfLabels(
                LostReason.objects.for_people().in_order(), label=_("Reason")
            )
            self.fields["lost_remark"] = forms.CharField(label=_("Details"), max_length=500, required=False)
        dress(self)

    @property
    def labels(self) -> list[str]:
        return [names.field_label(name) for name in self.fields]

    def changes(self) -> dict[str, Any]:
        cleared = {} if self.status.needs_reason else {"lost_reason": None, "lost_remark": ""}
        return {**cleared, **self.filled(), "status": self.status}

    def filled(self) -> dict[str, Any]:
        """The fields that were asked for, and what is derived from them."""
        data = self.cleaned_data
        return data | normal_phones(Lead, data, str(self.lead.department.country))
