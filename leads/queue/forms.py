"""The forms of the queue: what is added to an outcome, why a lead is skipped, whose queue is shown, and the weights."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from crm.models import Operation
from crm.platform.sql.cache_keys import Reader
from crm.platform.sql.compiled_querysets import get_records_compiled_once
from crm.platform.web.rendering.form_rendering import Form
from crm.records.editing.settings_form import SettingsForm
from crm.work.models.activity import LONGEST_TEXT
from leads.models import QueueRules, QueueStep
from leads.queue.outcomes import codes_by_category, outcomes_that_can_be_off

# The menu names this many colleagues; ?of= opens the queue of any of them.
MOST_COLLEAGUES = 200


class OutcomeForm(Form):
    note = forms.CharField(
        label=_("How did it go?"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": _("A sentence is enough")}),
    )
    day = forms.DateField(label=_("Next action on"), required=False, widget=forms.DateInput)

    def clean_day(self):
        day = self.cleaned_data["day"]
        if day and day <= timezone.localdate():
            raise forms.ValidationError(_now("Choose a day after today."))
        return day


class SkipForm(Form):
    reason = forms.ChoiceField(
        label=_("Reason"), choices=QueueStep.Reason.choices, initial=QueueStep.Reason.LATER
    )


def get_viewable_colleagues(viewer: Any) -> Any:
    """The users whose queues this user may view: those in their departments, or all, as for their leads."""
    if not (viewer.has_perm("accounts.see_departments") or viewer.has_perm("accounts.see_all")):
        return User.objects.none()
    return User.objects.active().visible_to(viewer).exclude(pk=viewer.pk).by_name()


def get_named_colleagues(viewer: Any) -> list[User]:
    """Those that the menu names, with their names only."""
    return get_records_compiled_once(_colleague_names_queryset, [], Reader.of(viewer))


def _colleague_names_queryset(_ids: list[int], viewer: Reader) -> Any:
    """Kept (crm/platform/sql/compiled_querysets.py)."""
    return get_viewable_colleagues(viewer).only("name")[:MOST_COLLEAGUES]


class RulesForm(SettingsForm):
    """The weights, the minutes and the outcomes. While they are as delivered, there is no row, and the form has the version 0."""

    table = QueueRules.table
    new_title = _("Queue")
    unmarked = True
    outcomes_off = forms.MultipleChoiceField(
        choices=outcomes_that_can_be_off,
        required=False,
        label=capfirst(QueueRules._meta.get_field("outcomes_off").verbose_name),
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = QueueRules
        fields = [
            "contact_overdue",
            "task_overdue",
            "contact_today",
            "task_today",
            "new",
            "stuck",
            "vip",
            "hold_minutes",
            "retry_days",
            "outcomes_off",
        ]

    def shipped_texts(self) -> dict[str, str]:
        return {}

    def clean_outcomes_off(self) -> list[str]:
        off = self.cleaned_data["outcomes_off"]
        if any(set(category) <= set(off) for category in codes_by_category()):
            raise forms.ValidationError(_now("Keep at least one outcome for each category."))
        return off

    def write(self, by) -> Operation:
        self.instance.version = max(self.instance.version, 1)
        return super().write(by)
