"""The lead forms: a lead, and moving it. Deals are moved by the same form."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from accounts.ownership.record_form import RecordForm, get_initial_ownership
from crm.fields.custom.values.field_registry import get_custom_fields, get_editable_custom_fields
from crm.fields.custom.values.record_form_fields import build_form_field
from crm.fields.types.phones import normalize_phones
from crm.platform.configuration.company import get_company_currency
from crm.platform.sql.compiled_querysets import get_records_compiled_once
from crm.platform.web.rendering.form_rendering import ChoiceOfLabels, Form, is_offered, prepare_widgets
from crm.records.kinds.kind_registry import KINDS
from leads import fields
from leads.models import Lead, LostReason, Pipeline, Rate, Source, Status
from leads.statuses import reference_tables, status_contract
from leads.statuses.status_select import ReasonChoice, StatusSelect

NO_REASON = _("Choose a reason for %(status)s.")


def get_first_status(department: Any, purpose: str) -> Status | None:
    """Where new leads or deals of a department start."""
    found = get_records_compiled_once(
        _first_statuses_queryset, [], department.pk if department else None, purpose
    )
    return found[0] if found else None


def _first_statuses_queryset(_ids: list[int], department: int | None, purpose: str) -> Any:
    """Kept (crm/platform/sql/compiled_querysets.py)."""
    pipeline = Pipeline.objects.for_department_first(department, purpose).values("pk")[:1]
    return Status.objects.active().of_pipeline(pipeline).select_related("pipeline").defaults_first()[:1]


def get_default_values(user) -> dict[str, Any]:
    """The defaults for a new lead: the user, their first department, and the first status of its pipeline."""
    values = get_initial_ownership(user)
    return values | get_initial_values(values["department"])


def get_initial_values(department: Department | None) -> dict[str, Any]:
    """The same without the owner: what a new lead of this department starts with."""
    status = get_first_status(department, Pipeline.Purpose.LEADS)
    source = Source.objects.active().get_shipped("other")
    country = department.country if department else ""
    return {"status": status, "source": source, "country": country}


def offer_statuses(form: RecordForm, purpose: str) -> None:
    """The statuses that the record may have, the reasons why it was lost, and the currencies of its value."""
    record: Any = form.instance
    if is_offered(form, "status"):
        statuses = Status.objects.active().filter(pipeline__purpose=purpose).in_order()
        if not form.is_new:
            own = Status.objects.filter(pk=record.status_id)
            statuses = statuses.reachable_from(record.status) | own
        form.fields["status"].queryset = statuses
    if is_offered(form, "lost_reason"):
        form.fields["lost_reason"].queryset = LostReason.objects.active_or(record.lost_reason_id).in_order()
    if is_offered(form, "currency"):
        codes = Rate.objects.get_available_currencies(record.currency)
        form.fields["currency"].choices = [(code, code) for code in codes]
    if form.is_new:
        form.initial.setdefault("currency", get_company_currency())


def check_status(form: RecordForm, data: dict[str, Any]) -> None:
    """An open record has no lost reason, and one that enters a status has what it requires."""
    status: Status | None = data.get("status")
    if status is None:
        return
    if not status.needs_reason:
        data["lost_reason"], data["lost_remark"] = None, ""
    entering = form.is_new or status.pk != form.initial.get("status")
    for name in status_contract.get_missing_fields(status, data, form._meta.model) if entering else []:
        if name in form.fields and name not in form.errors:
            words = NO_REASON if name == "lost_reason" else _("Required for %(status)s.")
            form.add_error(name, words % {"status": status.label})


def check_next_action_day(form: Any, text: str, day: str) -> None:
    """`text` and `day` are the names of its fields. A plan without a day would never appear in any list of what is due."""
    data = form.cleaned_data
    if data.get(text) and day in data and not data[day]:
        form.add_error(day, _now("Choose a day for the next action."))


class LeadForm(RecordForm):
    status = ChoiceOfLabels(Status.objects.none(), label=_("Status"), widget=StatusSelect)
    source = ChoiceOfLabels(Source.objects.none(), label=_("Source"))
    lost_reason = ReasonChoice(LostReason.objects.none(), label=_("Lost reason"), required=False)
    currency = forms.ChoiceField(label=_("Currency"))

    class Meta:
        model = Lead
        fields = fields.FORM_FIELDS
        widgets = {"next_action_on": forms.DateInput, "description": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *arguments, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        lead: Lead = self.instance
        offer_statuses(self, Pipeline.Purpose.LEADS)
        if is_offered(self, "source"):
            self.fields["source"].queryset = Source.objects.active_or(lead.source_id).in_order()

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        check_status(self, data)
        # A program may plan without a day, and a lead that has such a plan keeps it.
        if self.sent is None and {"next_action", "next_action_on"} & {*self.changed_data}:
            check_next_action_day(self, "next_action", "next_action_on")
        return data


class MoveForm(Form):
    """Entering a status: the reason if it requires one, and the fields that are empty but required by its contract."""

    def __init__(
        self, *arguments, record: Any, status: Status, user, only: list[str] | None = None, **keywords
    ) -> None:
        """With `only`, just these fields are asked for, and no reason."""
        super().__init__(*arguments, **keywords)
        self.record, self.status, self.model = record, status, type(record)
        table, asked = self.model.table, KINDS[self.model.table].fields.CONTRACT
        whole = forms.modelform_factory(self.model, fields=asked)(instance=record)
        held = {field.name for field in get_custom_fields(table)}
        custom = {field.name: field for field in get_editable_custom_fields(table, user)}
        required = status_contract.get_required_fields(status, self.model)
        read = {*asked, *held, *status_contract.get_deciding_field_names(required, self.model)}
        values = {name: getattr(record, name) for name in read}
        for name in status_contract.get_missing_fields(status, values, self.model) if only is None else only:
            found = build_form_field(custom[name], user) if name in custom else whole.fields.get(name)
            if found:
                self.fields[name] = found
                self.fields[name].required = only is None
        if status.needs_reason and only is None:
            self.fields["lost_reason"] = ReasonChoice(
                LostReason.objects.for_people().in_order(), label=_("Reason")
            )
            self.fields["lost_remark"] = forms.CharField(label=_("Details"), max_length=500, required=False)
        prepare_widgets(self)

    @property
    def labels(self) -> list[str]:
        return [reference_tables.get_field_label(name, self.model) for name in self.fields]

    def get_changes(self) -> dict[str, Any]:
        cleared = {} if self.status.needs_reason else {"lost_reason": None, "lost_remark": ""}
        return {**cleared, **self.get_filled_values(), "status": self.status}

    def get_filled_values(self) -> dict[str, Any]:
        """The fields that were asked for, and what is derived from them."""
        data = self.cleaned_data
        return data | normalize_phones(self.model, data, str(self.record.department.country))
