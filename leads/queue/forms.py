"""The forms of the queue: what is added to an outcome, why a lead is skipped, whose queue is shown, and the weights."""

from functools import cached_property
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from crm.models import Operation
from crm.platform.sql.cache_keys import Reader
from crm.platform.sql.compiled_querysets import get_records_compiled_once
from crm.platform.web.rendering.day_input import TimeInput
from crm.platform.web.rendering.form_rendering import Form
from crm.records.editing.settings_form import SettingsForm
from crm.work.models.activity import LONGEST_TEXT
from crm.work.models.task import is_past
from crm.work.tasks.call_backs import CallBackMoment, build_call_back_moments
from leads.models import QueueRules, QueueStep
from leads.models.queue import WEIGHTS
from leads.queue.outcomes import get_code_groups, get_optional_outcomes
from leads.queue.waiting_leads import get_local_now, get_local_today

# The menu names this many colleagues; ?of= opens the queue of any of them.
MOST_COLLEAGUES = 200


PICK = "pick"


class OutcomeForm(Form):
    """What is added to an outcome. Cleans to the note, and the day and the time of the next action, if one was chosen."""

    note = forms.CharField(
        label=_("How did it go?"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": _("A sentence is enough")}),
    )
    when = forms.ChoiceField(label=_("Next call"), required=False, widget=forms.RadioSelect)
    day = forms.DateField(label=_("Day"), required=False, widget=forms.DateInput)
    at = forms.TimeField(label=_("Time"), required=False, widget=TimeInput)

    def __init__(self, *arguments, user: User, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.user = user
        self.fields["when"].choices = self._get_choices

    @cached_property
    def moments(self) -> list[CallBackMoment]:
        """Those that are offered; a page without outcomes doesn't ask for them."""
        return build_call_back_moments(self.user)

    @property
    def offered(self) -> list[tuple[str, str, str]]:
        """The code, the words and the clock of each choice: first the plan of the outcome, last a moment of one's own."""
        found = [(moment.code, moment.label, moment.clock) for moment in self.moments]
        return [("", _now("As planned"), ""), *found, (PICK, _now("Pick…"), "")]

    def _get_choices(self) -> list[tuple[str, str]]:
        return [(code, label) for code, label, _clock in self.offered]

    @property
    def chosen(self) -> str:
        """A day or a time with an error was picked, whatever was chosen beside it."""
        return PICK if {"day", "at"} & set(self.errors) else self["when"].value() or ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        chosen = data.pop("when", "")
        moment = next((moment for moment in self.moments if moment.code == chosen), None)
        if moment:
            # What is left in the hidden fields doesn't count.
            for name in ("day", "at"):
                self.errors.pop(name, None)
            return {**data, "day": moment.day, "at": moment.at}
        self._check_picked(data, required=chosen == PICK)
        return data

    def _check_picked(self, data: dict[str, Any], *, required: bool) -> None:
        if {"day", "at"} & set(self.errors):
            return
        day, at = data.get("day"), data.get("at")
        if day is None and (required or at):
            self.add_error("day", _now("Choose a day."))
        elif day and is_past(day, at, get_local_now(self.user)):
            self.add_error("day", _now("Choose a moment that hasn’t passed."))
        elif day and at is None and day == get_local_today(self.user):
            self.add_error("at", _now("Choose a time, or a day after today."))


class SkipForm(Form):
    reason = forms.ChoiceField(
        label=_("Reason"), choices=QueueStep.Reason.choices, initial=QueueStep.Reason.LATER
    )


def get_viewable_colleagues(viewer: User | Reader) -> Any:
    """The users whose queues this user may view: those in their departments, or all, as for their leads."""
    if not (viewer.has_perm("accounts.see_departments") or viewer.has_perm("accounts.see_all")):
        return User.objects.none()
    return User.objects.active().visible_to(viewer).exclude(pk=viewer.pk).by_name()


def get_named_colleagues(viewer: User) -> list[User]:
    """Those that the menu names, with their names only."""
    return get_records_compiled_once(_colleague_names_queryset, [], Reader.from_user(viewer))


def _colleague_names_queryset(_ids: list[int], viewer: Reader) -> Any:
    """Kept (crm/platform/sql/compiled_querysets.py)."""
    return get_viewable_colleagues(viewer).only("name")[:MOST_COLLEAGUES]


class RulesForm(SettingsForm):
    """The weights, the minutes and the outcomes. While they are as delivered, there is no row, and the form has the version 0."""

    table = QueueRules.table
    new_title = _("Queue")
    unmarked = True
    outcomes_off = forms.MultipleChoiceField(
        choices=get_optional_outcomes,
        required=False,
        label=capfirst(QueueRules._meta.get_field("outcomes_off").verbose_name),
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = QueueRules
        fields = (*WEIGHTS, "score", "hold_minutes", "retry_days", "outcomes_off")

    def get_translated_texts(self) -> dict[str, str]:
        return {}

    def clean_outcomes_off(self) -> list[str]:
        off = self.cleaned_data["outcomes_off"]
        if any(set(category) <= set(off) for category in get_code_groups()):
            raise forms.ValidationError(_now("Keep at least one outcome for each category."))
        return off

    def write(self, by) -> Operation:
        self.instance.version = max(self.instance.version, 1)
        return super().write(by)
