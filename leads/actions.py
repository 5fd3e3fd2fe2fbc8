"""The bulk actions of leads, each a small form and a verb; crm/records/editing/actions.py has those of every record type."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from accounts.ownership.actions import ASSIGN, CHANGE_DEPARTMENT, SHARE, UNSHARE
from crm.platform.web.rendering.form_rendering import ChoiceOfLabels, Form
from crm.records.editing.actions import ADD_TAGS, DELETE, PURGE, REMOVE_TAGS, RESTORE
from crm.records.editing.bulk_actions import BulkAction, NoForm
from crm.records.editing.set_field import build_set_field_action
from crm.work.activities.actions import ADD_NOTE, LOG_CALL
from crm.work.tasks.actions import ADD_TASK
from leads import verbs
from leads.forms import NO_REASON, check_next_action_day
from leads.models import AssignmentRule, LostReason, Pipeline, Source, Status
from leads.settings.forms.pipelines import PipelineForm
from leads.statuses.reference_tables import get_all_statuses, has_several_pipelines
from leads.statuses.status_select import ReasonChoice, StatusSelect


def build_reason_field() -> ReasonChoice:
    return ReasonChoice(LostReason.objects.for_people().in_order(), label=_("Reason"), required=False)


class StatusForm(Form):
    purpose: str = Pipeline.Purpose.LEADS
    label: Any = _("Status")

    status = ChoiceOfLabels(Status.objects.none(), widget=StatusSelect)
    reason = build_reason_field()
    remark = forms.CharField(label=_("Details"), max_length=500, required=False)

    def __init__(self, *arguments, user, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        rows = Status.objects.active().filter(pipeline__purpose=self.purpose)
        self.fields["status"].queryset, self.fields["status"].label = rows.in_order(), self.label
        asked = get_all_statuses().get(self.initial.get("status", 0))
        if asked and asked.needs_reason:
            self.fields["reason"].widget.attrs["autofocus"] = True

    def clean(self):
        status = self.cleaned_data.get("status")
        if status and status.needs_reason and not self.cleaned_data.get("reason"):
            self.add_error("reason", NO_REASON % {"status": status.label})
        return self.cleaned_data


class SourceForm(Form):
    source = ChoiceOfLabels(Source.objects.active().in_order(), label=_("Source"))

    def __init__(self, *arguments, user, **keywords) -> None:
        super().__init__(*arguments, **keywords)


class CountryForm(Form):
    country = forms.ChoiceField(label=_("Country"))

    def __init__(self, *arguments, user, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.fields["country"].choices = [("", _("Choose…")), ("none", _("none")), *countries]

    def clean_country(self) -> str:
        value = self.cleaned_data["country"]
        return "" if value == "none" else value


class ByRulesForm(Form):
    owned = forms.ChoiceField(
        label=_("Leads that have an owner"),
        choices=[("keep", _("keep their owner")), ("reassign", _("are reassigned"))],
    )

    def __init__(self, *arguments, user, **keywords) -> None:
        super().__init__(*arguments, **keywords)

    def clean(self):
        """Asked here, because the list would have to ask for each page."""
        if not AssignmentRule.get_all_in_use():
            raise forms.ValidationError(
                _("There are no assignment rules yet. Administrators add them in Settings.")
            )
        return self.cleaned_data


class NextActionForm(Form):
    text = forms.CharField(label=_("Next action"), max_length=200, required=False)
    day = forms.DateField(label=_("Date"), required=False, widget=forms.DateInput)

    def __init__(self, *arguments, user, **keywords) -> None:
        super().__init__(*arguments, **keywords)

    def clean(self):
        check_next_action_day(self, "text", "day")
        return self.cleaned_data


STATUS = BulkAction(
    "status",
    _("Change status"),
    "flag",
    "change",
    StatusForm,
    lambda data, user: verbs.Move(data["status"], data["reason"], data["remark"]),
    front=True,
)
BY_RULES = BulkAction(
    "rules",
    _("Assign by rules"),
    "person",
    "assign",
    ByRulesForm,
    lambda data, user: verbs.AssignByRules(data["owned"] == "reassign"),
)
VIP = BulkAction(
    "vip", _("Mark as VIP"), "star", "change", NoForm, lambda data, user: verbs.SetVip(True), front=True
)
NO_VIP = BulkAction(
    "unvip", _("Remove VIP"), "star", "change", NoForm, lambda data, user: verbs.SetVip(False)
)
SOURCE = BulkAction(
    "source",
    _("Set source"),
    "request",
    "change",
    SourceForm,
    lambda data, user: verbs.SetSource(data["source"]),
)
COUNTRY = BulkAction(
    "country",
    _("Set country"),
    "globe",
    "change",
    CountryForm,
    lambda data, user: verbs.SetCountry(data["country"]),
    in_menu=False,
)
NEXT_ACTION = BulkAction(
    "next-action",
    _("Set next action"),
    "calendar",
    "change",
    NextActionForm,
    lambda data, user: verbs.SetNextAction(data["text"], data["day"]),
)
PIPELINE = BulkAction(
    "pipeline",
    _("Move to another pipeline"),
    "arrow",
    "change",
    PipelineForm,
    lambda data, user: verbs.ChangePipeline(data["mapping"]),
    makes_sense=has_several_pipelines,
)

ACTIONS = [
    STATUS,
    ASSIGN,
    BY_RULES,
    VIP,
    NO_VIP,
    CHANGE_DEPARTMENT,
    SOURCE,
    COUNTRY,
    ADD_TAGS,
    REMOVE_TAGS,
    build_set_field_action("lead"),
    NEXT_ACTION,
    ADD_NOTE,
    LOG_CALL,
    ADD_TASK,
    PIPELINE,
    SHARE,
    UNSHARE,
    DELETE,
    RESTORE,
    PURGE,
]
