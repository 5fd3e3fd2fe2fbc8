"""The form that visitors fill in: only its own questions are read, each with the rules of the lead's field."""

import json
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from accounts.ownership.record_form import FEWEST_DIGITS
from crm.fields.types.phones import get_phone_field_names
from crm.platform.files.forms import FilesField
from crm.platform.text.email_addresses import tidy_email
from crm.platform.web.rendering.form_rendering import prepare_widgets
from crm.platform.web.rendering.html_building import html
from intake.forms.questions import (
    FILES,
    NAMES,
    FormQuestion,
    build_question_input,
    get_deciding_values,
    get_model_field,
    get_usable_questions,
    is_asked,
)
from intake.models import WebForm
from leads.models import Lead

# How static/js/shown-if.js reads inputs for yes and no.
SPOKEN = {"true": "yes", "false": "no", "on": "yes"}
EMPTY: tuple[Any, ...] = (None, "", [])


class PublicForm(forms.Form):
    """The questions up to a step. `raw` are the texts by input name, of this and the earlier steps; without them it is
    a new form, filled from `touch`, the parameters of its page."""

    fields: dict[str, Any]
    use_required_attribute = False

    def __init__(
        self,
        web_form: WebForm,
        raw: dict[str, list[str]] | None = None,
        files: Any = None,
        *,
        step: int = 1,
        touch: dict[str, str] | None = None,
        checked: bool = True,
    ) -> None:
        self.web_form, self.raw, self.step = web_form, raw or {}, step
        self.questions = get_usable_questions(web_form.questions)
        data = _build_query_dict(self.raw) if checked and raw is not None else None
        super().__init__(data, files, auto_id="form_%s")
        self.by_field = {question.field: question for question in self.questions}
        for question in self.questions:
            if question.step <= step:
                self._add_field(question, touch or {})
        prepare_widgets(self, for_visitors=True)

    def _add_field(self, question: FormQuestion, touch: dict[str, str]) -> None:
        name = question.field
        found: Any
        if question.is_consent:
            found = forms.BooleanField()
        elif name == FILES:
            found = FilesField()
        else:
            found = build_question_input(name)
        found.label, found.required = question.shown_label, question.required
        found.help_text = question.help or found.help_text
        if question.hidden:
            found.required, found.widget = False, forms.HiddenInput()
            found.initial = touch.get(question.parameter) or question.default
        elif question.default:
            found.initial = question.default
        found.when = self._render_condition(question)
        self.fields[name] = found
        if name in self.raw and not self.is_bound:
            texts = self.raw[name]
            self.initial[name] = texts if isinstance(found, forms.MultipleChoiceField) else texts[0]

    def _render_condition(self, question: FormQuestion) -> str:
        """The attribute by which the page shows the question as soon as its answer is given."""
        decider = self.by_field.get(question.if_field)
        if decider is None or decider.step != question.step:
            return ""
        wanted = [SPOKEN.get(value, value) for value in get_deciding_values(question)]
        return html(' data-shown-if="{}"', json.dumps({question.if_field: wanted}))

    def is_asked(self, question: FormQuestion) -> bool:
        return is_asked(question, lambda name: self.raw.get(name, []), self.by_field)

    # What the page shows

    @cached_property
    def steps(self) -> list[int]:
        """The numbers of the steps."""
        return sorted({question.step for question in self.questions if not question.hidden})

    def get_step_after(self, step: int) -> int | None:
        """The next step with a question for these answers; None if this is the last one."""
        later = [q.step for q in self.questions if q.step > step and not q.hidden and self._can_be_asked(q)]
        return min(later, default=None)

    def get_step_before(self, step: int) -> int:
        earlier = [q.step for q in self.questions if q.step < step and not q.hidden and self.is_asked(q)]
        return max(earlier, default=step)

    def _can_be_asked(self, question: FormQuestion) -> bool:
        """A question whose answer decides may be in the same step."""
        decider = self.by_field.get(question.if_field)
        return (decider is not None and decider.step >= question.step) or self.is_asked(question)

    @property
    def shown(self) -> list[Any]:
        """The inputs of the step."""
        found = [q for q in self.questions if q.step == self.step and not q.hidden and self._can_be_asked(q)]
        for question in found:
            replace_empty_choice(self.fields[question.field])
        return [self[question.field] for question in found]

    @property
    def hidden(self) -> list[Any]:
        return [self[q.field] for q in self.questions if q.hidden and q.step == self.step]

    def get_first_wrong_step(self) -> int:
        return min(
            (self.by_field[name].step for name in self.errors if name in self.by_field), default=self.step
        )

    # What was sent

    def _clean_fields(self) -> None:
        """A question that isn't asked isn't checked; a hidden value that no visitor can correct is dropped."""
        super()._clean_fields()  # type: ignore[misc]
        for question in self.questions:
            name = question.field
            if name not in self.fields:
                continue
            if not self.is_asked(question) or (question.hidden and name in self.errors):
                self.errors.pop(name, None)
                self.cleaned_data.pop(name, None)
            elif name not in self.errors and question.is_of_lead:
                self._check(name)
                if question.hidden:
                    self.errors.pop(name, None)

    def _check(self, name: str) -> None:
        """The rules of the model, besides those of its input."""
        field, value = get_model_field(name), self.cleaned_data.get(name)
        if value in EMPTY:
            return
        try:
            if isinstance(self.fields[name], forms.EmailField):
                value = self.cleaned_data[name] = tidy_email(str(value))
            field.run_validators(value)
            few = sum(letter.isdecimal() for letter in str(value)) < FEWEST_DIGITS
            if name in get_phone_field_names(Lead) and few:
                raise ValidationError(_("Enter a phone number, like +40 722 123 456."))
        except ValidationError as error:
            self.add_error(name, error)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        last = max((q.step for q in self.questions), default=1)
        if self.step >= last and not self.errors and not any(data.get(name) for name in NAMES):
            raise ValidationError(_("Enter at least a name, company, email or phone."))
        return data

    @property
    def lead_values(self) -> dict[str, Any]:
        """The cleaned values of the lead's fields, without the empty ones."""
        asked_for = [q.field for q in self.questions if q.is_of_lead]
        data = {name: self.cleaned_data.get(name) for name in asked_for}
        return {name: value for name, value in data.items() if value not in EMPTY}

    @property
    def consents(self) -> list[dict[str, Any]]:
        """The texts that were shown, with their versions, and whether the visitor agreed."""
        found = [q for q in self.questions if q.is_consent and self.is_asked(q)]
        return [
            {"text": q.shown_label, "version": q.version, "given": bool(self.cleaned_data.get(q.field))}
            | ({"purpose": q.purpose} if q.purpose else {})
            for q in found
        ]

    @property
    def uploads(self) -> Sequence[Any]:
        return self.cleaned_data.get(FILES) or []


def replace_empty_choice(field: Any) -> None:
    """For a visitor, "None" isn't an answer."""
    if isinstance(field.widget, forms.Select) and not field.widget.allow_multiple_selected:
        first, *others = [*field.widget.choices] or [("-", "")]
        if first[0] == "":
            field.widget.choices = [("", _("Choose")), *others]


def get_raw_values(web_form: WebForm, sent: QueryDict) -> dict[str, list[str]]:
    """The texts that were sent for the form's own questions; everything else is never read."""
    names = [
        question.field for question in get_usable_questions(web_form.questions) if question.field != FILES
    ]
    return {name: sent.getlist(name) for name in names if name in sent}


def _build_query_dict(raw: dict[str, list[str]]) -> QueryDict:
    found = QueryDict(mutable=True)
    for name, texts in raw.items():
        found.setlist(name, texts)
    return found
