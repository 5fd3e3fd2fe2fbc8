"""The forms of leads: a lead, moving it, a saved view."""

from contextlib import suppress
from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, Role, User
from crm.forms import Form, ModelForm, dress
from leads import contract, fields
from leads.bulk import ChoiceOfLabels, owner_choices
from leads.choices import StatusSelect
from leads.columns import columns_of
from leads.models import Lead, LostReason, Rate, SavedView, Source, Status, Tag
from leads.phones import normal_phones
from leads.verbs.assign import department_with


class LeadForm(ModelForm):
    """A new lead or all fields of one. `changes()` are the values that differ from what the form was drawn from."""

    status = ChoiceOfLabels(Status.objects.none(), label=_("Status"), widget=StatusSelect)
    source = ChoiceOfLabels(Source.objects.none(), label=_("Source"))
    lost_reason = ChoiceOfLabels(LostReason.objects.none(), label=_("Lost reason"), required=False)
    currency = forms.ChoiceField(label=_("Currency"))
    tags = forms.TypedMultipleChoiceField(
        label=_("Tags"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Lead
        fields = fields.FORM_FIELDS
        widgets = {"next_action_on": forms.DateInput, "description": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *arguments, user: User, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.user = user
        lead: Lead = self.instance
        self._offer(lead)
        if not user.has_perm("leads.assign_lead"):
            self._keep_owner(lead)

    def _offer(self, lead: Lead) -> None:
        """The choices: what is active, and what this lead has already."""
        new = lead.pk is None
        statuses = Status.objects.active().in_order().select_related("pipeline")
        if not new:
            statuses = statuses.of_pipeline(lead.status.pipeline_id) | Status.objects.filter(
                pk=lead.status_id
            )
        self.fields["status"].queryset = statuses
        self.fields["source"].queryset = Source.objects.active_or(lead.source_id).by_name()
        self.fields["lost_reason"].queryset = LostReason.objects.active().in_order()
        self.fields["tags"].choices = [
            (tag.pk, tag.name) for tag in Tag.objects.by_name() if not tag.retired or tag.pk in lead.tags
        ]
        self.fields["currency"].choices = [
            (code, code) for code in Rate.objects.currencies_with(lead.currency)
        ]
        departments = Department.objects.active().by_name()
        if not self.user.has_perm("leads.assign_lead"):
            departments = departments.visible_to(self.user)
        self.fields["department"].queryset = departments
        self.fields["owner"].queryset = User.objects.active().filter(
            pk__in=[int(value) for value, _label in owner_choices(self.user)] + [lead.owner_id or 0]
        )
        if new:
            self.initial.setdefault("currency", settings.BASE_CURRENCY)

    def _keep_owner(self, lead: Lead) -> None:
        """Without the right to assign, a new lead is one's own or nobody's, and an old one stays whose it is."""
        if lead.pk is None:
            self.fields["owner"].queryset = User.objects.filter(pk=self.user.pk)
        else:
            self.fields["owner"].disabled = self.fields["department"].disabled = True

    def clean_tags(self) -> list[int]:
        return sorted(self.cleaned_data["tags"])

    def clean_email(self) -> str:
        return tidy_email(self.cleaned_data["email"])

    def clean_second_email(self) -> str:
        return tidy_email(self.cleaned_data["second_email"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        status: Status | None = data.get("status")
        if status is None:
            return data
        if not status.needs_reason:
            data["lost_reason"], data["lost_remark"] = None, ""
        entering = self.instance.pk is None or status.pk != self.initial.get("status")
        for name in contract.missing(status, data) if entering else []:
            if name in self.fields and name not in self.errors:
                self.add_error(name, _now("Needed to enter %(status)s.") % {"status": status.label})
        owner, department = data.get("owner"), data.get("department")
        if owner and department and department.pk not in owner.department_ids and "owner" not in self.errors:
            self._settle(owner, department)
        return data

    def _settle(self, owner: User, department: Department) -> None:
        """A new owner brings their department; a new department alone does not lose its lead to the old owner."""
        if self.instance.pk and self.initial.get("owner") == owner.pk and "department" in self.changed_data:
            words = _now("%(owner)s is not in this department. Choose another owner, or nobody.")
            self.add_error("department", words % {"owner": owner})
        else:
            self.cleaned_data["department"] = department_with(owner, department)

    def values(self) -> dict[str, Any]:
        """All cleaned values of a new lead, with the normal forms of its phones."""
        data = {name: self.cleaned_data[name] for name in self.Meta.fields}
        return data | normal_phones(data, str(data["department"].country))

    def changes(self) -> dict[str, Any]:
        """Only what differs from what the form was drawn from."""
        data = {name: self.cleaned_data[name] for name in self.changed_fields()}
        return data | normal_phones(data, str(self.cleaned_data["department"].country))

    def changed_fields(self) -> list[str]:
        drawn = {name: self.initial.get(name) for name in self.Meta.fields}
        return [name for name in self.Meta.fields if key_of(self.cleaned_data[name]) != key_of(drawn[name])]


def key_of(value: Any) -> Any:
    """A value as it can be compared: a row by its id, a country by its code, nothing as nothing."""
    value = getattr(value, "pk", None) or getattr(value, "code", value)
    return None if value in ("", []) else value


def tidy_email(text: str) -> str:
    """Trimmed; a domain in its ASCII form (xn--…) as people read it."""
    name, at, domain = text.strip().rpartition("@")
    with suppress(UnicodeError):
        domain = domain.encode("ascii").decode("idna") if "xn--" in domain.lower() else domain
    return f"{name}{at}{domain}"


class MoveForm(Form):
    """Entering a status: the reason where it needs one, and the fields that its contract finds empty."""

    def __init__(self, *arguments, lead: Lead, status: Status, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.lead, self.status = lead, status
        whole = forms.modelform_factory(Lead, fields=fields.CONTRACT)(instance=lead)
        values = {name: getattr(lead, name) for name in fields.CONTRACT}
        for name in contract.missing(status, values):
            if name in whole.fields:
                self.fields[name] = whole.fields[name]
                self.fields[name].required = True
        if status.needs_reason:
            self.fields["lost_reason"] = ChoiceOfLabels(
                LostReason.objects.for_people().in_order(), label=_("Reason")
            )
            self.fields["lost_remark"] = forms.CharField(
                label=_("What happened"), max_length=500, required=False
            )
        dress(self)

    def changes(self) -> dict[str, Any]:
        cleared = {} if self.status.needs_reason else {"lost_reason": None, "lost_remark": ""}
        data = {**cleared, **self.cleaned_data, "status": self.status}
        return data | normal_phones(data, str(self.lead.department.country))


class SavedViewForm(ModelForm):
    audience = forms.ChoiceField(label=_("Shown to"))
    keep_columns = forms.BooleanField(label=_("Keep the columns that I see now"), required=False)

    class Meta:
        model = SavedView
        fields = ["name"]

    def __init__(self, *arguments, user, query: str, seen: SavedView | None, **keywords) -> None:
        """`query` is the set to keep; `seen` is the view whose columns the user looks at, if they opened one."""
        super().__init__(*arguments, **keywords)
        self.user, self.query, self.seen = user, query, seen
        choices: list[tuple[str, Any]] = [("", _("only me"))]
        if user.has_perm("leads.share_view"):
            departments = Department.objects.visible_to(user).active().by_name()
            choices += [(f"department-{row.pk}", row.name) for row in departments]
            choices += [
                (f"role-{row.pk}", _("everyone with the role %(role)s") % {"role": row.label})
                for row in Role.objects.active().by_name()
            ]
        self.fields["audience"].choices = choices
        self.fields["audience"].required = False
        if self.instance.department_id:
            self.initial["audience"] = f"department-{self.instance.department_id}"
        elif self.instance.role_id:
            self.initial["audience"] = f"role-{self.instance.role_id}"
        self.initial["keep_columns"] = bool(self.instance.columns)

    def save(self, commit=True) -> SavedView:
        view: SavedView = super().save(commit=False)
        kind, _dash, number = self.cleaned_data["audience"].partition("-")
        view.department_id = int(number) if kind == "department" else None
        view.role_id = int(number) if kind == "role" else None
        view.query = self.query
        if not view.owner_id:
            view.owner = self.user
            view.position = SavedView.objects.visible_to(self.user).next_place()
        view.columns = columns_of(self.user, self.seen) if self.cleaned_data["keep_columns"] else []
        view.save()
        return view


def as_data(values: dict) -> QueryDict:
    """A dictionary as a form reads it; used to carry a form's answers through a job."""
    data = QueryDict(mutable=True)
    for name, value in values.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data
