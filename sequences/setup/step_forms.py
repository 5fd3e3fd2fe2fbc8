"""The steps of a sequence in its form: when each one comes, and what it is. The buttons are those of crm/records/editing/step_order.py."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from crm.models import Template
from crm.platform.web.id_parsing import parse_number
from crm.platform.web.rendering.day_input import TimeInput
from crm.platform.web.rendering.form_rendering import Form
from crm.platform.web.rendering.html_building import html
from crm.records.editing.step_order import SentStep, build_step_prefix, get_sent_steps
from sequences.models import Sequence, SequenceStep
from sequences.models.sequence import LONGEST_TITLE, LONGEST_WAIT, MOST_STEPS, build_step_key

Kind = SequenceStep.Kind


class StepForm(Form):
    """What all kinds of steps have. `key` is that of a step that the sequence has already."""

    unmarked = True

    key = forms.CharField(required=False, widget=forms.HiddenInput)
    after = forms.IntegerField(label=_("After working days"), min_value=0, max_value=LONGEST_WAIT, initial=2)
    at = forms.TimeField(
        label=_("Time of day"),
        required=False,
        widget=TimeInput,
        help_text=_("Empty means that of the step before."),
    )


class EmailStepForm(StepForm):
    template = forms.ModelChoiceField(
        Template.objects.active().of_type(Template.Type.EMAIL).shared().by_name(),
        label=_("Template"),
        help_text=_("Email templates that are shared with everyone, in Settings → Templates."),
    )
    in_thread = forms.BooleanField(
        label=_("In the thread of the email before, with its subject"), required=False, initial=True
    )

    def __init__(self, *arguments, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        # Not by the bound field, which would keep the help that it has now.
        sent = self.data.get(self.add_prefix("template")) if self.is_bound else self.initial.get("template")
        chosen = parse_number(str(sent or ""))
        if chosen and self.fields["template"].queryset.filter(pk=chosen).exists():
            link = html(
                '<a class="link" href="{}">{}</a>',
                reverse("template", args=[chosen]),
                _now("View the template"),
            )
            self.fields["template"].help_text = link


class TaskStepForm(StepForm):
    title = forms.CharField(label=_("Title of the task"), max_length=LONGEST_TITLE)
    note = forms.CharField(
        label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}), max_length=1_000
    )


FORMS: dict[str, type[StepForm]] = {
    Kind.EMAIL: EmailStepForm,
    Kind.CALL: TaskStepForm,
    Kind.TASK: TaskStepForm,
}


@dataclass(frozen=True)
class StepChoice:
    code: str
    label: Any


@dataclass
class StepRow:
    """A step on the page; `number` stays the same when it is moved. `day` is the day that it comes on, from 1, if that is known."""

    number: int
    code: str
    form: Any
    day: int | None

    @property
    def key(self) -> str:
        return f"{self.number}-{self.code}"

    @property
    def label(self) -> str:
        return str(capfirst(Kind(self.code).label))

    @property
    def aside(self) -> str:
        return _now("Day %(number)s") % {"number": self.day} if self.day else ""


class SequenceStepForms:
    """The steps as they were sent or, without data, as the sequence has them."""

    def __init__(self, sequence: Sequence, data: QueryDict | None, act: str = "") -> None:
        self.is_bound = data is not None and not act
        if data is None:
            stored = enumerate(sequence.parsed_steps)
            given = [SentStep(number, step.kind, _get_form_values(step)) for number, step in stored]
        else:
            given = get_sent_steps(data, act, FORMS, most=MOST_STEPS)
        self.keys = {step.key for step in sequence.parsed_steps}
        self.rows: list[StepRow] = []
        day: int | None = 1
        for number, code, values in given:
            form = self._build_form(number, code, values)
            day = _add_days(day, form["after"].value())
            if not self.rows:
                form.fields["at"].help_text = _now("Empty means when the sequence is started.")
            if code == Kind.EMAIL and not any(row.code == Kind.EMAIL for row in self.rows):
                # There is no email before it.
                del form.fields["in_thread"]
            self.rows.append(StepRow(number, code, form, day))

    @property
    def actions(self) -> list[StepChoice]:
        """The kinds of steps that can be added, in the language of the reader."""
        return [StepChoice(kind.value, str(capfirst(kind.label))) for kind in Kind]

    @property
    def may_add(self) -> bool:
        return len(self.rows) < MOST_STEPS

    @property
    def last_day(self) -> int | None:
        return self.rows[-1].day if self.rows else None

    def _build_form(self, number: int, code: str, values: dict[str, Any]) -> StepForm:
        prefix = build_step_prefix(number)
        if self.is_bound:
            form = FORMS[code]({f"{prefix}-{name}": value for name, value in values.items()}, prefix=prefix)
        else:
            # A step that was just added starts with what its form proposes; the first one comes at once.
            proposed = {} if values or self.rows else {"after": 0}
            form = FORMS[code](prefix=prefix, initial={**proposed, **values})
        return form

    def is_valid(self) -> bool:
        return all(row.form.is_valid() for row in self.rows)

    def get_stored_steps(self) -> list[dict[str, Any]]:
        """A step that the sequence has already keeps its key, so that records in it go on after an edit."""
        stored, taken = [], set(self.keys)
        for row in self.rows:
            data = row.form.cleaned_data
            key = data["key"] if data["key"] in self.keys and data["key"] in taken else build_step_key()
            taken.discard(key)
            template = data.get("template")
            step = SequenceStep(
                key=key,
                kind=row.code,
                after=data["after"],
                at=data["at"].strftime("%H:%M") if data["at"] else "",
                template=template.pk if template else None,
                in_thread=data.get("in_thread", False),
                title=data.get("title", ""),
                note=data.get("note", ""),
            )
            stored.append(step.as_json)
        return stored


def _get_form_values(step: SequenceStep) -> dict[str, Any]:
    names = ("key", "after", "at", "template", "in_thread", "title", "note")
    return {name: getattr(step, name) for name in names}


def _add_days(day: int | None, after: Any) -> int | None:
    """The day of the next step; None once a number of days can't be read."""
    text = str(after).strip()
    return day + int(text) if day is not None and text.isdecimal() and len(text) < 4 else None
